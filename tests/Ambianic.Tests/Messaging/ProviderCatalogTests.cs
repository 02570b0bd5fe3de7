using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Messaging;
using Ambianic.Tests.Media.Sources.Tls;

namespace Ambianic.Tests.Messaging;

public sealed class ProviderCatalogTests : IDisposable
{
    private readonly ProviderCatalog _catalog = new(TimeProvider.System);

    public void Dispose() => _catalog.Dispose();

    [Theory]
    [InlineData("json://localhost")]
    [InlineData("jsons://user:pass@host:8443/path/?+X-Token=abcdefg&method=PUT")]
    [InlineData("xml://user@hostname:8080")]
    [InlineData("form://hostname/?attach-as=file*")]
    [InlineData("ntfy://mytopic")]
    [InlineData("ntfys://user:pass@host/topic1/topic2?priority=high")]
    [InlineData("ntfy://host/?to=topic1,topic2")]
    [InlineData("gotify://hostname/AbCdEf.GhIjKl")]
    [InlineData("gotifys://hostname:8443/path/AbCdEf.GhIjKl?priority=high")]
    [InlineData("pover://uaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@abbbbbbbbbbbbbbbbbbbbbbbbbbbbb")]
    [InlineData("pover://uaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@abbbbbbbbbbbbbbbbbbbbbbbbbbbbb/phone/my_tablet?priority=emergency&interval=30&expire=300")]
    [InlineData("apprise://localhost:8080/token?tags=family")]
    [InlineData("apprises://user:pass@host/path/token")]
    [InlineData("ifttt://a3nHB7gA9TfBQSqJAHklod@EventID/EventID2")]
    [InlineData("ifttt://a3nHB7gA9TfBQSqJAHklod/EventID?+TemplateKey=TemplateVal&-Value1=Title")]
    [InlineData("hassio://localhost:8123/long-lived-access-token")]
    [InlineData("hassios://user@hostname/eyJhbGciOiJI.eyJpc3MiOiJh.c2lnbmF0dXJl/mobile_app_phone?verify=no")]
    [InlineData("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js?avatar=no&tts=yes&image=no")]
    [InlineData("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#nuxref")]
    [InlineData("slack://botname@T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#nuxref/@user")]
    [InlineData("slack://?token=T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ&to=#chan")]
    [InlineData("slack://xoxb-1234-1234-abc124/#nuxref?footer=no&image=yes")]
    [InlineData("https://discordapp.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js")]
    [InlineData("https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ")]
    [InlineData("https://ntfy.sh/mytopic/?priority=high")]
    [InlineData("https://maker.ifttt.com/use/a3nHB7gA9TfBQSqJAHklod/EventID")]
    [InlineData("http://localhost:8080/base/notify/token")]
    public async Task Check_AddressOfApprise_HasNoProblem(string address)
    {
        Assert.Null(_catalog.Check(address));
        await using var provider = _catalog.Create(address);
        Assert.DoesNotContain("pass", provider.Name, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("json://", "names no host; the form is json(s)://")]
    [InlineData("json://host/?method=FETCH", "write one of POST, GET")]
    [InlineData("json://host/?+X%0AY=1", "has a header that HTTP does not allow")]
    [InlineData("xml://host/?+X-Y=1%0D%0AHost:%20evil", "has a header that HTTP does not allow")]
    [InlineData("json://host/?+Content-Length=1", "has a header that HTTP does not allow")]
    [InlineData("form://host/?attach-as=%22", "attach-as")]
    [InlineData("ntfy://", "has no topic")]
    [InlineData("ntfy://host/se%2Fcret1", "has no topic")]
    [InlineData("gotify://host", "has no token")]
    [InlineData("pover://token1", "has no user key before the @")]
    [InlineData("pover://secret1@", "has no token")]
    [InlineData("pover://secret1@tok-en", "letters and digits only")]
    [InlineData("pover://secret1@token1/a%20b", "has a device that is none")]
    [InlineData("pover://secret1@token1?interval=5", "between 30 and 10800")]
    [InlineData("apprise://host", "has no key")]
    [InlineData("ifttt://secret1", "names no event")]
    [InlineData("ifttt://", "has no key")]
    [InlineData("hassio://host", "has no long-lived access token")]
    [InlineData("hassio://host/eyJhbGciOiJI.eyJpc3MiOiJh.c2lnbmF0dXJl/not%20a%20service", "has a service that is none")]
    [InlineData("discord://secret1", "has no id and token of a webhook")]
    [InlineData("discord://123/se%20cret1", "has no id and token of a webhook")]
    [InlineData("slack://secret1/b", "has no three tokens")]
    [InlineData("slack://xoxb-1/%20", "has a channel that is none")]
    [InlineData("slack://xox-secret1/#a", "has a token that is none")]
    [InlineData("slack://T1/A1/secret1?mode=workflow", "has a mode")]
    public void Check_WrongAddress_SaysWhatIsWrongAndRepeatsNoSecret(string address, string reason)
    {
        var problem = _catalog.Check(address);

        Assert.Contains(reason, problem!.Message, StringComparison.Ordinal);
        Assert.Contains("; the form is ", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret1", problem.Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => _catalog.Create(address));
    }

    [Fact]
    public void Form_OfEveryProvider_IsNotMaskedWhenItIsShown() =>
        Assert.All(ProviderCatalog.Known, known => Assert.Equal($"the form is {known.Form}", Credentials.Mask($"the form is {known.Form}")));

    [Fact]
    public void Check_UnknownScheme_NamesAllAndSuggestsOne()
    {
        var problem = _catalog.Check("gotfy://secret1");

        Assert.Equal("gotify", problem!.Suggestion);
        Assert.Contains("ntfys, gotify, ", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret1", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("?verify=yes", false)]
    [InlineData("?verify=no", true)]
    public async Task Send_ServerWithACertificateOfItsOwn_IsUsedWhenTheAddressSaysSo(string query, bool isDelivered)
    {
        using var certificate = TestCertificates.Make();
        await using var server = new RecordingServer(certificate);
        await using var provider = _catalog.Create($"gotifys://{server.Authority}/AbCdEf123{query}");

        var outcome = await provider.SendAsync(Messages.Fall, TestContext.Current.CancellationToken);

        Assert.Equal(isDelivered, outcome.Kind == DeliveryOutcomeKind.Delivered);
        Assert.Equal(isDelivered ? 1 : 0, server.Requests.Count);
    }

    [Theory]
    [InlineData("ntfy://topic", true)]
    [InlineData("JSON://host", false)]
    [InlineData("https://ntfy.sh/topic", true)]
    [InlineData("nothing://host", false)]
    public void SendsLinks_Address_SaysWhetherAPersonOpensThem(string address, bool sendsLinks) => Assert.Equal(sendsLinks, _catalog.SendsLinks(address));
}

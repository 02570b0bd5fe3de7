using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Ambianic.Core.Alerts;
using Ambianic.Messaging;
using Ambianic.Messaging.Http;
using Ambianic.Messaging.Providers;
using Ambianic.Tests.Media.Sources.Tls;

namespace Ambianic.Tests.Messaging.Providers;

public sealed class WorkflowsProviderTests : ProviderTest
{
    private static readonly X509Certificate2 Certificate = TestCertificates.Make();

    private readonly RecordingServer _server = new(Certificate);
    private readonly ProviderHttp _http;

    public WorkflowsProviderTests() => _http = new ProviderHttp(Time, verifiesCertificates: false);

    [Theory]
    [InlineData("workflows://HOST/643e69f8/DuRdGw", "/workflows/643e69f8/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=DuRdGw")]
    [InlineData("workflow://HOST/643e69f8/?sig=a%2Bb&ver=2024-01-01", "/workflows/643e69f8/triggers/manual/paths/invoke?api-version=2024-01-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=a%2Bb")]
    [InlineData("workflows://HOST/643e69f8/DuRdGw?pa=yes&route=07", "/powerautomate/automations/direct/cu/07/workflows/643e69f8/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=DuRdGw")]
    [InlineData("workflows://HOST/powerautomate/automations/direct/workflows/643e/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=DuR-dGw", "/powerautomate/automations/direct/workflows/643e/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=DuR-dGw")]
    public async Task Send_EveryForm_CallsTheWorkflow(string address, string target)
    {
        _server.Answer = _ => new CannedAnswer(202);

        await DeliverAsync(Provider(address), Messages.Person);

        Assert.Equal(("POST", target), (_server.Request.Method, _server.Request.Target));
    }

    [Fact]
    public async Task Send_AFall_IsAnAdaptiveCardWithAButton()
    {
        await DeliverAsync(Provider("workflows://HOST/a/b"), Messages.Fall with { Text = "One *bold* [link](x)\r\n\r\n🚨 נפילה" });

        var attachment = _server.Request.Json.GetProperty("attachments")[0];
        Assert.Equal("message", _server.Request.Json.GetProperty("type").GetString());
        Assert.Equal("application/vnd.microsoft.card.adaptive", attachment.GetProperty("contentType").GetString());
        Assert.Equal(JsonValueKind.Null, attachment.GetProperty("contentUrl").ValueKind);
        var card = attachment.GetProperty("content");
        Assert.Equal("AdaptiveCard", card.GetProperty("type").GetString());
        var runs = card.GetProperty("body").EnumerateArray().Select(block => block.GetProperty("inlines")[0]).ToList();
        Assert.Equal(["Fall in the living room", "One *bold* [link](x)", "🚨 נפילה"], runs.Select(run => run.GetProperty("text").GetString()));
        Assert.Equal("Attention", runs[0].GetProperty("color").GetString());
        var action = Assert.Single(card.GetProperty("actions").EnumerateArray());
        Assert.Equal(("Action.OpenUrl", "Answer", Messages.Fall.AnswerUrl!.AbsoluteUri), (action.GetProperty("type").GetString(), action.GetProperty("title").GetString(), action.GetProperty("url").GetString()));
    }

    [Fact]
    public async Task Send_ALongText_StaysBelow28Kilobytes()
    {
        await DeliverAsync(Provider("workflows://HOST/a/b"), Messages.Fall with { Text = string.Concat(Enumerable.Repeat("Küche 🙂\n", 4000)) });

        Assert.InRange(_server.Request.Body.Length, 5000, 28_000);
    }

    [Theory]
    [InlineData(401, DeliveryOutcomeKind.Permanent)]
    [InlineData(404, DeliveryOutcomeKind.Permanent)]
    [InlineData(429, DeliveryOutcomeKind.Passing)]
    [InlineData(502, DeliveryOutcomeKind.Passing)]
    public async Task Send_WhatTheWorkflowRefuses_IsJudgedByItsStatus(int status, DeliveryOutcomeKind kind)
    {
        _server.Answer = _ => CannedAnswer.Json("""{"error":{"code":"No","message":"The workflow hush12345 is off."}}""", status);

        var outcome = await Provider("workflows://HOST/hush12345/b").SendAsync(Messages.Fall, Cancellation);

        Assert.Equal(kind, outcome.Kind);
        Assert.DoesNotContain("hush", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_NoAnswer_PassesAtTheLimitOfTime()
    {
        _server.Answer = _ => new CannedAnswer { NeverBegins = true };
        var sending = Provider("workflows://HOST/a/b").SendAsync(Messages.Fall, Cancellation);
        await Eventually.TrueAsync(() => _server.Requests.Count == 1);

        Time.Advance(TimeSpan.FromSeconds(29));

        Assert.Equal(DeliveryOutcomeKind.Passing, (await sending).Kind);
    }

    [Theory]
    [InlineData("msteams://hush12345@Team/Token/AbC/1", "switched those off")]
    [InlineData("workflows://example.org/hush12345", "signature")]
    [InlineData("workflows://example.org/workflows/a/triggers/manual/paths/invoke?hush=12345", "sig")]
    [InlineData("workflows:///hush12345/b", "host")]
    public void Create_AWrongAddress_SaysWhatIsWrongAndNoSecret(string address, string what)
    {
        using var catalog = new ProviderCatalog(Time);

        var problem = catalog.Check(address);

        Assert.Contains(what, problem!.Message, StringComparison.Ordinal);
        Assert.Contains("workflows://", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", problem.Message, StringComparison.Ordinal);
    }

    private WorkflowsProvider Provider(string address) => new(ProviderAddress.Parse(address.Replace("HOST", _server.Authority, StringComparison.Ordinal)), _http);
}

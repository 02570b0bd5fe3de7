using Ambianic.Messaging.Providers;

namespace Ambianic.Tests.Messaging.Providers;

public sealed class ProviderAddressTests
{
    [Fact]
    public void Parse_WholeAddress_TakesItApart()
    {
        var address = ProviderAddress.Parse(" JSONS://us%40er:p%2Fa@ss@Host.example:8443/A%20b//c/?Key=v+1&key=2&+X-Name=%C3%BC&:chatId=&-q ");

        Assert.Equal(("jsons", "us@er", "p/a@ss", "Host.example", 8443), (address.Scheme, address.User, address.Password, address.Host, address.Port));
        Assert.Equal(["A b", "c"], address.Path);
        Assert.True(address.EndsInSlash);
        Assert.Equal("v+1", address.Parameter("key"));
        Assert.Equal(KeyValuePair.Create("X-Name", "ü"), Assert.Single(address.Marked('+')));
        Assert.Equal(KeyValuePair.Create("chatId", ""), Assert.Single(address.Marked(':')));
        Assert.Equal(KeyValuePair.Create("q", ""), Assert.Single(address.Marked('-')));
        Assert.Equal("https://host.example:8443/A%20b/c", address.Url(address.Path).AbsoluteUri);
    }

    [Theory]
    [InlineData("gotify://[fe80::1]:8080/t", "http://[fe80::1]:8080/")]
    [InlineData("gotify://[fe80::1]/t", "http://[fe80::1]/")]
    [InlineData("gotifys://192.168.1.5/t", "https://192.168.1.5/")]
    [InlineData("gotify://my_service:80/t", "http://my_service/")]
    [InlineData("gotify://bücher.example/t", "http://xn--bcher-kva.example/")]
    public void Url_Host_IsThatOfTheAddress(string address, string url)
    {
        var made = ProviderAddress.Parse(address).Url([]);
        Assert.Equal(url, $"{made.Scheme}://{(made.HostNameType == UriHostNameType.IPv6 ? made.Host : made.IdnHost)}{(made.IsDefaultPort ? "" : $":{made.Port}")}/");
    }

    [Theory]
    [InlineData("", "must begin with a scheme")]
    [InlineData("just text", "must begin with a scheme")]
    [InlineData("ntfy", "must begin with a scheme")]
    [InlineData("json://host:99999/", "port")]
    [InlineData("json://host:0/", "port")]
    public void Parse_NoAddress_SaysWhy(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => ProviderAddress.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("json://")]
    [InlineData("json:///path")]
    [InlineData("json://a%20b/")]
    [InlineData("json://a%2Fb/")]
    [InlineData("json://user@/path")]
    public void Url_NoHost_IsAnError(string address) => Assert.Throws<FormatException>(() => ProviderAddress.Parse(address).Url([]));
}

using System.Net;
using Ambianic.Messaging.Http;
using Ambianic.Tests.Media.Sources;

namespace Ambianic.Tests.Messaging.Http;

public sealed class GuardedConnectionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("93.184.216.34", true)]
    [InlineData("2606:4700::6810:1", true)]
    [InlineData("64:ff9b::5db8:d822", true)]
    [InlineData("::ffff:93.184.216.34", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.0.1", false)]
    [InlineData("192.168.178.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("::ffff:192.168.1.1", false)]
    [InlineData("64:ff9b::c0a8:101", false)]
    [InlineData("2002:c0a8:101::1", false)]
    public void Is_AnAddress_TellsTheInternetFromTheHouse(string address, bool expected) =>
        Assert.Equal(expected, PublicAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    public async Task Send_NameLeadsIntoTheHouse_DoesNotConnect(string host)
    {
        await using var server = new LoopbackServer((_, stream, cancellation) => stream.WriteAsync(LoopbackServer.Http("200 OK", "text/plain", []), cancellation).AsTask());
        using var http = new ProviderHttp(TimeProvider.System, isAllowed: PublicAddress.Is);

        var outcome = await http.SendAsync("the service", new HttpRequestMessage(HttpMethod.Post, $"http://{host}:{server.Port}/"), Cancellation);

        Assert.Contains("private network", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(0, server.Requests);
    }

    [Fact]
    public async Task Send_AddressIsAllowed_Connects()
    {
        await using var server = new LoopbackServer((_, stream, cancellation) => stream.WriteAsync(LoopbackServer.Http("200 OK", "text/plain", []), cancellation).AsTask());
        using var http = new ProviderHttp(TimeProvider.System, isAllowed: IPAddress.IsLoopback);

        var outcome = await http.SendAsync("the service", new HttpRequestMessage(HttpMethod.Post, $"http://localhost:{server.Port}/"), Cancellation);

        Assert.Null(outcome.Reason);
        Assert.Equal(1, server.Requests);
    }
}

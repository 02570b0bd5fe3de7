using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Ambianic.Core.Configuration;
using Ambianic.Core.Mqtt;
using Ambianic.Messaging.Mqtt;
using Ambianic.Tests.Media.Sources.Tls;
using Ambianic.Tests.Messaging.Providers;

namespace Ambianic.Tests.Messaging.Mqtt;

[Slow]
public sealed class BrokerConnectorTests : IDisposable
{
    private static readonly MqttMessage Will = MqttMessage.Of("home/available", "offline", isRetained: true);

    private readonly ConcurrentQueue<MqttMessage> _received = new();
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Connect_ToABroker_PublishesAndReceives()
    {
        await using var broker = await Broker.StartAsync();
        await broker.SendAsync("home/kept", "from before", isRetained: true);

        await using var connection = await ConnectAsync(Options(broker));
        await connection.SubscribeAsync(["home/#"], Cancellation);
        Assert.Null(await connection.PublishAsync(MqttMessage.Of("home/state", "running", isRetained: true), Cancellation));
        await broker.SendAsync("home/front/set", "ON");
        await Eventually.TrueAsync(() => _received.Count == 3);
        await connection.UnsubscribeAsync(["home/#"], Cancellation);

        Assert.Equal([("home/kept", "from before", true), ("home/state", "running", false), ("home/front/set", "ON", false)], _received.Select(message => (message.Topic, message.Text, message.IsRetained)));
        Assert.Equal("running", System.Text.Encoding.UTF8.GetString((await broker.KeptAsync())["home/state"].Payload.First.Span));
        Assert.False(connection.WhenEnded.IsCompleted);
    }

    [Fact]
    public async Task Connect_TheBrokerIsKilled_SaysThatItHasEnded()
    {
        await using var broker = await Broker.StartAsync();
        await using var connection = await ConnectAsync(Options(broker));

        broker.Kill();
        var reason = await connection.WhenEnded.WaitAsync(Eventually.Patience, Cancellation);

        Assert.NotEmpty(reason);
        await Assert.ThrowsAsync<IOException>(() => connection.PublishAsync(Will, Cancellation));
        await Assert.ThrowsAsync<IOException>(() => ConnectAsync(Options(broker)));
    }

    [Fact]
    public async Task Connect_Twice_TheFirstIsToldWhatToDo()
    {
        await using var broker = await Broker.StartAsync();
        await using var first = await ConnectAsync(Options(broker));
        await using var second = await ConnectAsync(Options(broker));

        Assert.Contains("topic_prefix of its own", await first.WhenEnded.WaitAsync(Eventually.Patience, Cancellation), StringComparison.Ordinal);
        Assert.False(second.WhenEnded.IsCompleted);
    }

    [Theory]
    [InlineData("", "refuses user or password")]
    [InlineData("me:hush12345@", "refuses user or password")]
    [InlineData("me:right@", null)]
    public async Task Connect_WithAUser_IsJudgedByTheBroker(string user, string? refusal)
    {
        await using var broker = await Broker.StartAsync(
            "allow_anonymous false\npassword_file DIR/passwords\nacl_file DIR/acl", ("passwords", "me:right\n"), ("acl", "user me\ntopic home/state\n"));
        var options = new MqttOptions { Uri = $"mqtt://{user}127.0.0.1:{broker.Port}" };

        if (refusal is not null)
        {
            var error = await Assert.ThrowsAsync<IOException>(() => ConnectAsync(options));
            Assert.Contains(refusal, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("hush", error.Message, StringComparison.Ordinal);
            return;
        }

        await using var connection = await ConnectAsync(options);
        Assert.Null(await connection.PublishAsync(MqttMessage.Of("home/state", "x", true), Cancellation));
        Assert.Contains("not allowed", await connection.PublishAsync(MqttMessage.Of("home/other", "x", true), Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_ByTls_TrustsTheAuthorityAndShowsItsCertificate()
    {
        using var authority = TestCertificates.MakeAuthority();
        using var server = TestCertificates.MakeSigned(authority, IPAddress.Loopback);
        using var client = TestCertificates.MakeSigned(authority, IPAddress.Loopback);
        using var serverKey = server.GetRSAPrivateKey()!;
        using var clientKey = client.GetRSAPrivateKey()!;
        await using var broker = await Broker.StartAsync(
            "allow_anonymous true\nrequire_certificate true\ncafile DIR/ca.pem\ncertfile DIR/server.pem\nkeyfile DIR/key.pem",
            ("ca.pem", authority.ExportCertificatePem()), ("server.pem", server.ExportCertificatePem()), ("key.pem", serverKey.ExportPkcs8PrivateKeyPem()));
        await File.WriteAllTextAsync(_folder["ca.pem"], authority.ExportCertificatePem(), Cancellation);
        await File.WriteAllTextAsync(_folder["client.pem"], client.ExportCertificatePem(), Cancellation);
        await File.WriteAllTextAsync(_folder["client.key"], clientKey.ExportPkcs8PrivateKeyPem(), Cancellation);
        var options = new MqttOptions { Uri = $"mqtts://127.0.0.1:{broker.Port}", CaFile = _folder["ca.pem"], CertificateFile = _folder["client.pem"], KeyFile = _folder["client.key"] };

        await using (var connection = await ConnectAsync(options))
        {
            Assert.Null(await connection.PublishAsync(Will, Cancellation));
        }

        var untrusted = await Assert.ThrowsAsync<IOException>(() => ConnectAsync(options with { CaFile = null }));
        Assert.Contains("no secure connection", untrusted.Message, StringComparison.Ordinal);
        var missing = await Assert.ThrowsAsync<IOException>(() => ConnectAsync(options with { CertificateFile = _folder["none.pem"] }));
        Assert.Contains("mqtt.certificate_file", missing.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            await using var anonymous = await ConnectAsync(options with { CertificateFile = null, KeyFile = null });
            await anonymous.PublishAsync(Will, Cancellation);
            throw new IOException(await anonymous.WhenEnded);
        });
    }

    [Fact]
    public async Task Connect_TheBrokersOwnCertificateIsGiven_IsTrustedWhateverItsName()
    {
        using var own = TestCertificates.Make();
        using var key = own.GetRSAPrivateKey()!;
        await using var broker = await Broker.StartAsync(
            "allow_anonymous true\ncertfile DIR/server.pem\nkeyfile DIR/key.pem", ("server.pem", own.ExportCertificatePem()), ("key.pem", key.ExportPkcs8PrivateKeyPem()));
        await File.WriteAllTextAsync(_folder["own.pem"], own.ExportCertificatePem(), Cancellation);

        await using var connection = await ConnectAsync(new MqttOptions { Uri = $"mqtts://localhost:{broker.Port}", CaFile = _folder["own.pem"] });

        Assert.Null(await connection.PublishAsync(Will, Cancellation));
    }

    [Fact]
    public async Task Connect_GivenUp_SaysSo()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var stop = new CancellationTokenSource();

        var connecting = new BrokerConnector().ConnectAsync(new MqttOptions { Uri = $"mqtt://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}" }, Will, _received.Enqueue, stop.Token);
        using var client = await silent.AcceptTcpClientAsync(Cancellation);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
    }

    private static MqttOptions Options(Broker broker) => new() { Uri = $"mqtt://127.0.0.1:{broker.Port}" };

    private Task<IMqttConnection> ConnectAsync(MqttOptions options) => new BrokerConnector().ConnectAsync(options, Will, _received.Enqueue, Cancellation);
}

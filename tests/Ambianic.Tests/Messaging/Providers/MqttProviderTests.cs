using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Ambianic.Core.Alerts;
using Ambianic.Messaging;
using Ambianic.Tests.Media.Sources.Tls;
using Microsoft.Extensions.Time.Testing;
using MQTTnet.Protocol;

namespace Ambianic.Tests.Messaging.Providers;

[Slow]
public sealed class MqttProviderTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(Messages.Fall.At);
    private readonly ProviderCatalog _catalog;

    public MqttProviderTests() => _catalog = new ProviderCatalog(_time);

    public void Dispose() => _catalog.Dispose();

    [Fact]
    public async Task Send_AFallWithPicture_PublishesThePictureAndTheJson()
    {
        await using var broker = await Broker.StartAsync();
        await broker.SubscribeAsync();
        var message = Messages.FallWithPicture with { Title = "Fall 🚨 נפילה", Text = new string('x', 10_000) };

        var outcome = await SendAsync($"mqtt://127.0.0.1:{broker.Port}/home/alerts", message);
        await Eventually.TrueAsync(() => broker.Published.Count == 2);

        Assert.Equal(DeliveryOutcome.Delivered, outcome);
        var (picture, json) = (broker.Published[0], broker.Published[1]);
        Assert.Equal(("home/alerts/picture", "home/alerts"), (picture.Topic, json.Topic));
        Assert.Equal(Messages.Picture.Jpeg.ToArray(), picture.Payload.ToArray());
        Assert.Equal(("image/jpeg", "application/json"), (picture.ContentType, json.ContentType));
        Assert.Equal((MqttQualityOfServiceLevel.AtLeastOnce, false), (json.QualityOfServiceLevel, json.Retain));
        var fields = JsonDocument.Parse(json.Payload.ToArray()).RootElement;
        Assert.Equal((message.Title, message.Text), (fields.GetProperty("title").GetString(), fields.GetProperty("message").GetString()));
        Assert.Equal((Messages.Fall.IdempotencyKey, "critical"), (fields.GetProperty("idempotency_key").GetString(), fields.GetProperty("severity").GetString()));
        Assert.Equal(0, fields.GetProperty("attachments").GetArrayLength());
    }

    [Theory]
    [InlineData("qos=0", MqttQualityOfServiceLevel.AtMostOnce)]
    [InlineData("qos=2&version=v3.1.1", MqttQualityOfServiceLevel.ExactlyOnce)]
    public async Task Send_WithQualityAndTopics_PublishesAsAsked(string query, MqttQualityOfServiceLevel quality)
    {
        await using var broker = await Broker.StartAsync();
        await broker.SubscribeAsync();

        var outcome = await SendAsync($"mqtt://127.0.0.1:{broker.Port}/a?to=b/c&client_id=me&{query}", Messages.Person);
        await Eventually.TrueAsync(() => broker.Published.Count == 2);

        Assert.Equal(DeliveryOutcomeKind.Delivered, outcome.Kind);
        Assert.Equal(["a", "b/c"], broker.Published.Select(published => published.Topic));
        Assert.Equal(quality, broker.Published[0].QualityOfServiceLevel);
    }

    [Fact]
    public async Task Send_Retained_IsThereForWhoeverComesLater()
    {
        await using var broker = await Broker.StartAsync();

        await SendAsync($"mqtt://127.0.0.1:{broker.Port}/a?retain=yes", Messages.Person);
        await broker.SubscribeAsync();
        await Eventually.TrueAsync(() => broker.Published.Count == 1);

        Assert.True(broker.Published[0].Retain);
    }

    [Fact]
    public async Task Send_NobodyListens_IsDeliveredAndSaysSo()
    {
        await using var broker = await Broker.StartAsync();

        var outcome = await SendAsync($"mqtt://127.0.0.1:{broker.Port}/a", Messages.Person);

        Assert.Equal(DeliveryOutcomeKind.Delivered, outcome.Kind);
        Assert.Contains("nobody listens", outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mqtt://me:hush12345@127.0.0.1:{0}/a", DeliveryOutcomeKind.Permanent, "refused user or password")]
    [InlineData("mqtt://127.0.0.1:{0}/a", DeliveryOutcomeKind.Permanent, "refused user or password")]
    [InlineData("mqtt://me:hush12345@127.0.0.1:{0}/a?version=3.1.1", DeliveryOutcomeKind.Permanent, "refused user or password")]
    [InlineData("mqtt://me:right@127.0.0.1:{0}/forbidden", DeliveryOutcomeKind.Permanent, "does not allow")]
    [InlineData("mqtt://me:right@127.0.0.1:{0}/a", DeliveryOutcomeKind.Delivered, "nobody listens")]
    [InlineData("mqtts://me:right@127.0.0.1:{0}/a", DeliveryOutcomeKind.Passing, "MQTT at")]
    public async Task Send_WhatTheBrokerRefuses_IsJudged(string address, DeliveryOutcomeKind kind, string reason)
    {
        await using var broker = await Broker.StartAsync(
            "allow_anonymous false\npassword_file DIR/passwords\nacl_file DIR/acl", ("passwords", "me:right\n"), ("acl", "user me\ntopic a\n"));

        var outcome = await SendAsync(address.Replace("{0}", $"{broker.Port}", StringComparison.Ordinal), Messages.Fall);

        Assert.Equal(kind, outcome.Kind);
        Assert.Contains(reason, outcome.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_ByTls_TrustsOnlyWhatItShould()
    {
        using var certificate = TestCertificates.Make();
        using var key = certificate.GetRSAPrivateKey()!;
        await using var broker = await Broker.StartAsync(
            "allow_anonymous true\ncertfile DIR/server.pem\nkeyfile DIR/key.pem", ("server.pem", certificate.ExportCertificatePem()), ("key.pem", key.ExportPkcs8PrivateKeyPem()));

        var refused = await SendAsync($"mqtts://127.0.0.1:{broker.Port}/a", Messages.Fall);
        var accepted = await SendAsync($"mqtts://127.0.0.1:{broker.Port}/a?verify=no", Messages.Fall);

        Assert.Equal(DeliveryOutcomeKind.Passing, refused.Kind);
        Assert.Contains("no secure connection", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(DeliveryOutcomeKind.Delivered, accepted.Kind);
    }

    [Fact]
    public async Task Send_NoAnswer_PassesAtTheLimitOfTime()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        var sending = SendAsync($"mqtt://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/a", Messages.Fall);
        using var client = await silent.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(29));

        Assert.Equal(DeliveryOutcomeKind.Passing, (await sending).Kind);
    }

    [Fact]
    public async Task Send_Cancelled_SaysSo()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var stop = new CancellationTokenSource();
        await using var provider = _catalog.Create($"mqtt://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/a");

        var sending = provider.SendAsync(Messages.Fall, stop.Token);
        using var client = await silent.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task Send_NobodyAtThePort_Passes()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();

        var outcome = await SendAsync($"mqtt://127.0.0.1:{port}/a", Messages.Fall);

        Assert.Equal(DeliveryOutcomeKind.Passing, outcome.Kind);
        Assert.Contains("cannot be reached", outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mqtt:///a", "host")]
    [InlineData("mqtt://me:hush12345@example.org", "topic")]
    [InlineData("mqtt://me:hush12345@example.org/a/#", "subscribers")]
    [InlineData("mqtt://me:hush12345@example.org/a?qos=3", "qos")]
    [InlineData("mqtt://me:hush12345@example.org/a?version=4", "version")]
    public void Check_AWrongAddress_SaysWhatIsWrongAndNoSecret(string address, string what)
    {
        var problem = _catalog.Check(address);

        Assert.Contains(what, problem!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", problem.Message, StringComparison.Ordinal);
    }

    private async Task<DeliveryOutcome> SendAsync(string address, AlertMessage message)
    {
        await using var provider = _catalog.Create(address);
        return await provider.SendAsync(message, TestContext.Current.CancellationToken);
    }
}

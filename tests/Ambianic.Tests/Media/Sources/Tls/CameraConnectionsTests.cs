using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Media.Sources.Tls;
using Ambianic.Storage.Files;

namespace Ambianic.Tests.Media.Sources.Tls;

public sealed class CameraConnectionsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly LogRecorder<CameraConnections> _log = new();
    private readonly X509Certificate2 _certificate = TestCertificates.Make();
    private readonly X509Certificate2 _authority = TestCertificates.MakeAuthority();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Pins => _directory["camera-certificates.txt"];

    [Fact]
    public async Task OpenAsync_Pin_TakesOverTheFirstCertificateAndSaysSoOnce()
    {
        await using var server = Server(_certificate);

        await OpenAsync(server.Port, TlsRule.Pin);
        await OpenAsync(server.Port, TlsRule.Pin);

        var told = Assert.Single(_log.Lines);
        Assert.Contains(TestCertificates.Fingerprint(_certificate), told, StringComparison.Ordinal);
        Assert.Contains("no authority that this computer trusts", told, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{server.Port} {TestCertificates.Fingerprint(_certificate)} ", await File.ReadAllTextAsync(Pins, Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_PinAndAnotherCertificate_NamesBothAndTheWayOut()
    {
        await using var server = Server(_certificate);
        var other = "sha256:" + new string('0', 64);
        await File.WriteAllTextAsync(Pins, $"127.0.0.1:{server.Port} {other}\n", Cancellation);

        var error = await Assert.ThrowsAsync<SourceException>(() => OpenAsync(server.Port, TlsRule.Pin));

        Assert.All(
            [other, TestCertificates.Fingerprint(_certificate), Pins, "tls: accept", $"127.0.0.1:{server.Port}"],
            word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
        await OpenAsync(server.Port, TlsRule.Accept);
        File.Delete(Pins);
        await OpenAsync(server.Port, TlsRule.Pin);
    }

    [Fact]
    public async Task OpenAsync_PinAndExpired_IsTakenOver()
    {
        using var expired = TestCertificates.Make(years: 1);
        await using var server = Server(expired);

        await OpenAsync(server.Port, TlsRule.Pin);

        Assert.Contains("valid from 2024-01-01 to 2025-01-01", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_Verify_RefusesAndSaysWhy()
    {
        await using var server = Server(_certificate);

        var error = await Assert.ThrowsAsync<SourceException>(() => OpenAsync(server.Port, TlsRule.Verify));

        Assert.Contains("is not trusted (no authority that this computer trusts has signed it), and tls is verify", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Pins));
    }

    [Fact]
    public async Task OpenAsync_Trusted_IsGoodAndRememberedWithPin()
    {
        using var trusted = TestCertificates.MakeSigned(_authority, IPAddress.Loopback);
        await using var server = Server(trusted);

        await OpenAsync(server.Port, TlsRule.Verify);
        Assert.False(File.Exists(Pins));
        await OpenAsync(server.Port, TlsRule.Pin);

        Assert.Contains($"127.0.0.1:{server.Port} trusted ", await File.ReadAllTextAsync(Pins, Cancellation), StringComparison.Ordinal);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task OpenAsync_TrustedOnceAndNotAnyMore_IsAFaultUntilItsLineIsDeleted()
    {
        await using var server = Server(_certificate);
        await File.WriteAllTextAsync(Pins, $"127.0.0.1:{server.Port} trusted 2026-01-02\r\n", Cancellation);

        var error = await Assert.ThrowsAsync<SourceException>(() => OpenAsync(server.Port, TlsRule.Pin));

        Assert.All(
            ["is not trusted", "before it showed one that was", TestCertificates.Fingerprint(_certificate), Pins],
            word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
        File.Delete(Pins);
        await OpenAsync(server.Port, TlsRule.Pin);
    }

    [Fact]
    public async Task OpenAsync_PinnedOnceAndNowTrusted_IsGood()
    {
        using var trusted = TestCertificates.MakeSigned(_authority, IPAddress.Loopback);
        await using var server = Server(trusted);
        await File.WriteAllTextAsync(Pins, $"127.0.0.1:{server.Port} sha256:{new string('0', 64)}\n", Cancellation);

        await OpenAsync(server.Port, TlsRule.Pin);
    }

    [Fact]
    public async Task OpenAsync_TrustedForAnotherName_IsRefusedByVerifyAndPinnedByPin()
    {
        using var other = TestCertificates.MakeSigned(_authority, IPAddress.Parse("192.168.1.20"));
        await using var server = Server(other);

        var error = await Assert.ThrowsAsync<SourceException>(() => OpenAsync(server.Port, TlsRule.Verify));
        Assert.Contains("is not trusted (it is for another name)", error.Message, StringComparison.Ordinal);
        await OpenAsync(server.Port, TlsRule.Pin);

        Assert.Contains(TestCertificates.Fingerprint(other), await File.ReadAllTextAsync(Pins, Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_SignedByAnAuthorityAndExpired_IsRefusedByVerify()
    {
        using var expired = TestCertificates.MakeSigned(_authority, IPAddress.Loopback, years: 1);
        await using var server = Server(expired);

        var error = await Assert.ThrowsAsync<SourceException>(() => OpenAsync(server.Port, TlsRule.Verify));

        Assert.Contains("is not trusted (it is valid from 2024-01-01 to 2025-01-01)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_SeveralSourcesOfACameraAtOnce_WriteOneLine()
    {
        await using var server = Server(_certificate);
        var connections = Connections();

        var opened = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => connections.OpenAsync("127.0.0.1", server.Port, TlsRule.Pin, Cancellation)));

        Assert.Single(_log.Lines);
        Assert.Single(await File.ReadAllLinesAsync(Pins, Cancellation), line => !line.StartsWith('#'));
        foreach (var stream in opened)
        {
            await stream.DisposeAsync();
        }
    }

    [Fact]
    public async Task OpenAsync_Accept_WritesNothingDown()
    {
        await using var server = Server(_certificate);

        await OpenAsync(server.Port, TlsRule.Accept);

        Assert.False(File.Exists(Pins));
    }

    [Fact]
    public async Task OpenAsync_PinsCannotBeRead_IsAFaultAndNotATrust()
    {
        await using var server = Server(_certificate);
        Directory.CreateDirectory(Pins); // a folder in the place of the file

        var error = await Assert.ThrowsAsync<SourceException>(() => OpenAsync(server.Port, TlsRule.Pin));

        Assert.Contains("can neither be compared nor written down", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Slow]
    public async Task OpenAsync_NoTlsThere_SaysSo()
    {
        await using var plain = new PlainServer();

        var error = await Assert.ThrowsAsync<SourceException>(() => OpenAsync(plain.Port, TlsRule.Pin));

        Assert.Contains("is it a port for TLS?", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-tls1")]
    [InlineData("-tls1_1")]
    public async Task OpenAsync_CameraSpeaksOldTlsOnly_IsReadAndToldUnlessVerified(string version)
    {
        using var camera = await OldTlsCamera.StartAsync(_certificate, _directory, version, "ALL:@SECLEVEL=0");

        await OpenAsync(camera.Port, TlsRule.Pin);

        Assert.Contains(_log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("old TLS", StringComparison.Ordinal));
        var error = await Assert.ThrowsAsync<SourceException>(() => OpenAsync(camera.Port, TlsRule.Verify));
        Assert.Contains("no secure connection", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_CameraEncryptsNothing_IsRefused()
    {
        using var camera = await OldTlsCamera.StartAsync(_certificate, _directory, "-tls1_2", "eNULL:@SECLEVEL=0");

        await Assert.ThrowsAsync<SourceException>(() => OpenAsync(camera.Port, TlsRule.Accept));
    }

    public void Dispose()
    {
        _directory.Dispose();
        _certificate.Dispose();
        _authority.Dispose();
    }

    private static LoopbackServer Server(X509Certificate2 certificate) => new((_, _, _) => Task.CompletedTask, certificate);

    private CameraConnections Connections() => new(CertificatePins.In(_directory.Path), TimeProvider.System, _log, [_authority]);

    private async Task OpenAsync(int port, TlsRule rule)
    {
        await using var stream = await Connections().OpenAsync("127.0.0.1", port, rule, Cancellation);
        Assert.IsType<SslStream>(stream);
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Ambianic.Media.Processes;

namespace Ambianic.Tests.Media.Sources.Tls;

/// <summary>A camera that speaks an old TLS: OpenSSL's own server, as .NET's would refuse to.</summary>
internal sealed class OldTlsCamera : IDisposable
{
    private readonly Process _process;

    private OldTlsCamera(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    /// <summary>Starts it; skips the test when OpenSSL is not installed.</summary>
    public static async Task<OldTlsCamera> StartAsync(X509Certificate2 certificate, TemporaryDirectory directory, string version, string ciphers)
    {
        if (Executables.OfThisProcess.Find("openssl") is not { } openssl)
        {
            Assert.Skip("openssl is not installed");
            return null!;
        }

        await File.WriteAllTextAsync(
            directory["camera.pem"],
            certificate.ExportCertificatePem() + "\n" + certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem(),
            TestContext.Current.CancellationToken);
        var port = FreePort();
        var process = Process.Start(new ProcessStartInfo(
            openssl, ["s_server", "-accept", $"127.0.0.1:{port}", "-cert", directory["camera.pem"], version, "-cipher", ciphers])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && line != "ACCEPT")
        {
        }

        process.BeginErrorReadLine();
        return new OldTlsCamera(process, port);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

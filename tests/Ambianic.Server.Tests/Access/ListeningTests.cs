using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Ambianic.Configuration;
using Ambianic.Core;
using Ambianic.Core.Pipelines;
using Ambianic.Inference.Models;
using Ambianic.Server.Access;
using Ambianic.Storage.Access;
using Ambianic.Tests;

namespace Ambianic.Server.Tests.Access;

/// <summary>At which addresses the program answers, and with which certificate.</summary>
public sealed class ListeningTests : IDisposable
{
    /// <summary>Of this computer, and not the address at which the program answers anyway.</summary>
    private static readonly IPAddress Other = IPAddress.Parse("127.0.0.2");

    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Listen_OtherAddress_IsAnsweredOnlyOnceThereIsAnAdministrator(bool hasAdministrator)
    {
        if (hasAdministrator)
        {
            AddAdministrator();
        }

        var port = FreePort();
        await using var application = AmbianicHost.Build(Configure("listen: 127.0.0.2"), port);
        _ = await AmbianicHost.StartAsync(application);
        using var client = new HttpClient();

        if (hasAdministrator)
        {
            using var answer = await client.GetAsync(new Uri($"http://{Other}:{port}/api/timeline"), Cancellation);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
        else
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri($"http://{Other}:{port}/api/ping"), Cancellation));
        }

        await application.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Tls_Generated_IsKeptForItsOwnerAndTheSameAfterARestart()
    {
        var first = await CertificateOfStartAsync();
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_directory["data/tls.pem"], (UnixFileMode)0b110_100_100); // as a restore may leave it
        }

        var second = await CertificateOfStartAsync();

        Assert.Equal(first, second);
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(_directory["data/tls.pem"]) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public void Tls_FilesThatAreNotThere_SayWhichAndWhatToDo()
    {
        var certificate = new TlsCertificate(new Core.Configuration.TlsOptions { CertificateFile = _directory["a.pem"], KeyFile = _directory["b.pem"] }, _directory.Path, TimeProvider.System);

        var error = Assert.Throws<IOException>(certificate.Current);
        Assert.Contains(_directory["a.pem"], error.Message, StringComparison.Ordinal);
        Assert.Contains("PEM", error.Message, StringComparison.Ordinal);
    }

    private async Task<string> CertificateOfStartAsync()
    {
        await using var application = AmbianicHost.Build(Configure("tls: {generate: true}"), 0);
        var address = await AmbianicHost.StartAsync(application);
        var seen = "";
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, certificate, _, _) => (seen = TlsCertificate.FingerprintOf(certificate!)).Length > 0 },
        };
        using var client = new HttpClient(handler);
        Assert.Equal("https", address.Scheme);
        Assert.Contains("pong", await client.GetStringAsync(new Uri(address, "/api/ping"), Cancellation), StringComparison.Ordinal);
        await application.StopAsync(Cancellation);
        return seen;
    }

    private void AddAdministrator()
    {
        using var database = new AccessDatabase(_directory["data"], TimeProvider.System);
        Assert.Null(database.Add(new UserAccount("ann", "no hash", AccessRole.Admin, TimeProvider.System.GetUtcNow())));
    }

    private Core.Configuration.ConfigurationResult Configure(string ui)
    {
        File.WriteAllText(
            _directory["config.yaml"],
            $"data_dir: {_directory["data"]}\nlogging: {{console_level: ERROR}}\nui: {{{ui}}}\nsources: {{door: {{uri: 'rtsp://127.0.0.1:9/door'}}}}\npipelines: {{broken: [source: nowhere]}}\n");
        return new ConfigurationLoader(BuiltInElements.AddTo(new ElementRegistry()), ModelCatalog.Known).Load(ConfigurationFiles.Locate(_directory["config.yaml"], _directory.Path, _ => null));
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}

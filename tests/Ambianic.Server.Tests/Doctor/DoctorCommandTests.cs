using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Ambianic.Tests;

namespace Ambianic.Server.Tests.Doctor;

/// <summary>The command, as a person or a program calls it.</summary>
[Slow]
public sealed class DoctorCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Doctor_NoConfiguration_SaysSoAndExaminesTheRest()
    {
        var doctor = await RunAsync("doctor");

        Assert.Equal(1, doctor.ExitCode);
        Assert.Contains("PROBLEM  configuration: config.yaml: does not exist; create it", doctor.Output, StringComparison.Ordinal);
        Assert.Contains("disk: fsync", doctor.Output, StringComparison.Ordinal);
        Assert.Contains("port: ", doctor.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Path));
    }

    [Fact]
    public async Task Doctor_BrokenConfiguration_NamesTheProblemAndExaminesTheCameras()
    {
        Write("sources: {a: {uri: \"rtsp://127.0.0.1:9/a\"}}\npipelines:\n  a: [{source: a}, {detect_object: }]\n");

        var doctor = await RunAsync("doctor");

        Assert.Equal(1, doctor.ExitCode);
        Assert.Contains("PROBLEM  configuration: config.yaml:3:", doctor.Output, StringComparison.Ordinal);
        Assert.Contains("PROBLEM  camera a: nothing answers at this address and port", doctor.Output, StringComparison.Ordinal);
        Assert.Contains("         -> ", doctor.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_Json_HasTheDocumentedShapeAndNothingElse()
    {
        Write("sources: {a: {uri: \"rtsp://127.0.0.1:9/a\"}}\npipelines:\n  a: [{source: a}]\n");

        var doctor = await RunAsync("doctor", "--json");

        var report = JsonNode.Parse(doctor.Output)!.AsObject();
        Assert.Equal(["version", "program", "at", "level", "findings"], report.Select(pair => pair.Key));
        Assert.Equal((1, "problem"), ((int)report["version"]!, (string?)report["level"]));
        var findings = report["findings"]!.AsArray();
        Assert.NotEmpty(findings);
        Assert.All(findings, finding => Assert.Equal(["check", "subject", "level", "found", "advice", "values"], finding!.AsObject().Select(pair => pair.Key)));
        var checks = findings.Select(finding => (string)finding!["check"]!).Distinct().ToList();
        Assert.Equal(["configuration", "clock", "time_zone", "permissions", "disk", "ffmpeg", "model", "capacity", "camera", "broker", "provider", "port"], checks.Where(check => check != "service"));
        var document = await File.ReadAllTextAsync(ProjectFiles.Locate("docs/reference/commands.md"), Cancellation);
        Assert.All(checks, check => Assert.Contains($"| `{check}` |", document, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Doctor_BesideTheRunningProgram_KnowsItAndChangesNothing()
    {
        Write("pipelines:\n  a: [{source: \"rtsp://127.0.0.1:9/a\"}]\n");
        await using var program = AmbianicProgram.Start(_directory.Path, "run", "--port", "0");
        var port = (await program.AddressAsync(Cancellation)).Port;
        var before = Directory.GetFileSystemEntries(_directory.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();

        var doctor = await RunAsync("doctor", "--port", $"{port}", "--bundle", _directory["bundle.zip"]);

        Assert.Contains($"OK       port: Ambianic runs, answers at {port}, and is well", doctor.Output, StringComparison.Ordinal);
        Assert.Equal(before.Append(_directory["bundle.zip"]).Order(StringComparer.Ordinal), Directory.GetFileSystemEntries(_directory.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
        Assert.Contains("\"supervisor_is_alive\": true", Bundle.Read(_directory["bundle.zip"])["health.json"], StringComparison.Ordinal);
        Assert.Equal(0, await program.TerminateAsync(Cancellation));
    }

    [Fact]
    public async Task Doctor_PortOfAnotherProgram_IsAProblem()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var answering = AnswerAsync(other);

        var doctor = await RunAsync("doctor", "--port", $"{((IPEndPoint)other.LocalEndpoint).Port}");

        Assert.Contains("is taken by another program", doctor.Output, StringComparison.Ordinal);
        other.Stop();
        await answering;
    }

    [Fact]
    public async Task Doctor_BundleThatCannotBeWritten_SaysSo()
    {
        var doctor = await RunAsync("doctor", "--bundle", _directory["not/there/bundle.zip"]);

        Assert.Equal(1, doctor.ExitCode);
        Assert.Contains("cannot be written", doctor.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", doctor.Errors, StringComparison.Ordinal);
    }

    private static async Task AnswerAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(Cancellation);
                await client.GetStream().WriteAsync("SSH-2.0-other\r\n"u8.ToArray(), Cancellation);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException or IOException)
        {
            // the test is over
        }
    }

    private void Write(string text) => File.WriteAllText(_directory["config.yaml"], text);

    private Task<AmbianicProgram.Finished> RunAsync(params string[] arguments) => AmbianicProgram.RunAsync(_directory.Path, Cancellation, arguments);
}

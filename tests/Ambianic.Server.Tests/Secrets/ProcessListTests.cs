using System.Text.Json.Nodes;
using Ambianic.Tests;
using Ambianic.Tests.Media.Processes;
using Ambianic.Tests.Media.Sources;

namespace Ambianic.Server.Tests.Secrets;

/// <summary>What every user of the computer may read: the command lines of the running program and of all that it starts.</summary>
[Slow]
public sealed class ProcessListTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Run_CameraWithAPassword_IsReadAndTheProcessListDoesNotShowIt()
    {
        using var camera = await RtspCamera.StartAsync(0, "joe", "Wren9Owl77");
        await File.WriteAllTextAsync(
            _directory["config.yaml"],
            $"logging: {{console_level: ERROR}}\npipelines:\n  a: [{{source: {{uri: \"rtsp://joe:Wren9Owl77@127.0.0.1:{camera.Port}/camera\"}}}}, {{save_detections: }}]\n",
            Cancellation);
        await using var program = AmbianicProgram.Start(_directory.Path, "run", "--port", "0");
        using var client = new HttpClient { BaseAddress = await program.AddressAsync(Cancellation) };

        for (var looks = 0; !await SeesAsync(client); looks++)
        {
            Assert.True(looks < 1200, $"the camera was not read:\n{program.Output}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
        }

        var lines = RunningProcesses.Descendants(program.Id).Append(program.Id).Select(process => File.ReadAllText($"/proc/{process}/cmdline").Replace('\0', ' ')).ToList();
        Assert.Contains(lines, line => line.Contains("-i pipe:0", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.DoesNotContain("Wren9Owl77", line, StringComparison.Ordinal));
    }

    private static async Task<bool> SeesAsync(HttpClient client) =>
        JsonNode.Parse(await client.GetStringAsync("api/health", Cancellation))!["pipelines"]!.AsArray() is [{ } pipeline] && (long)pipeline["processed"]! > 0;
}

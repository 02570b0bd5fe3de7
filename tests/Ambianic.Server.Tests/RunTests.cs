using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ambianic.Tests;
using Ambianic.Tests.Media.Processes;

namespace Ambianic.Server.Tests;

/// <summary>The real program in its own process, watching a looping recording and saving every picture.</summary>
[Slow]
public sealed class RunTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // a decoder that hangs cannot notice a broken pipe
    public async Task Run_Killed_LeavesNoDecoderAndEveryAnnouncedEvent(bool decoderHangs)
    {
        var clip = await ConfigureAsync();
        List<JsonNode> announced;
        await using (var program = AmbianicProgram.Start(_directory.Path, "run", "--port", "0"))
        {
            using var client = new HttpClient { BaseAddress = await program.AddressAsync(Cancellation) };
            announced = await EventsAsync(client, atLeast: 4);
            if (decoderHangs)
            {
                RunningProcesses.Signal(RunningProcesses.WithArgument($"file:{clip}"), RunningProcesses.Halt);
            }

            await program.KillAsync(Cancellation);
        }

        await Eventually.TrueAsync(() => RunningProcesses.WithArgument($"file:{clip}").Count == 0);

        await using var again = AmbianicProgram.Start(_directory.Path, "run", "--port", "0");
        using var later = new HttpClient { BaseAddress = await again.AddressAsync(Cancellation) };
        var remembered = await EventsAsync(later, atLeast: announced.Count);
        Assert.Superset(announced.Select(Id).ToHashSet(), remembered.Select(Id).ToHashSet());
        foreach (var args in announced.Select(entry => entry["args"]!))
        {
            using var picture = await later.GetAsync($"/api/data/{args["rel_dir"]}/{args["image_file_name"]}", Cancellation);
            Assert.Equal(HttpStatusCode.OK, picture.StatusCode);
        }
    }

    [Fact]
    public async Task Run_Terminated_StopsCleanly()
    {
        var clip = await ConfigureAsync();
        await using var program = AmbianicProgram.Start(_directory.Path, "run", "--port", "0");
        using var client = new HttpClient { BaseAddress = await program.AddressAsync(Cancellation) };
        await EventsAsync(client, atLeast: 1);
        using var listener = await client.GetAsync("/api/timeline/live", HttpCompletionOption.ResponseHeadersRead, Cancellation);

        var exitCode = await program.TerminateAsync(Cancellation);

        Assert.Equal(0, exitCode);
        Assert.Empty(RunningProcesses.WithArgument($"file:{clip}"));
        Assert.DoesNotContain("xception", program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PortIsTaken_SaysWhatToDo()
    {
        await ConfigureAsync();
        await using var program = AmbianicProgram.Start(_directory.Path, "run", "--port", "0");
        var address = await program.AddressAsync(Cancellation);
        using var other = new TemporaryDirectory();
        await File.WriteAllTextAsync(other["config.yaml"], "pipelines: {}", Cancellation);

        var second = await AmbianicProgram.RunAsync(other.Path, Cancellation, "run", "--port", $"{address.Port}");

        Assert.Equal(1, second.ExitCode);
        Assert.Contains("--port", second.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Errors, StringComparison.Ordinal);
    }

    private static string Id(JsonNode entry) => (string)entry["id"]!;

    private async Task<string> ConfigureAsync()
    {
        var clip = _directory["clip.mp4"];
        using (var ffmpeg = Process.Start("ffmpeg", ["-v", "error", "-nostdin", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=10:duration=2", clip]))
        {
            await ffmpeg.WaitForExitAsync(Cancellation);
        }

        await File.WriteAllTextAsync(_directory["config.yaml"], $$"""
            pipelines:
              clip:
                - source: { uri: "{{clip}}", live: true }
                - save_detections: { idle_interval: 0 }
            """, Cancellation);
        return clip;
    }

    private static async Task<List<JsonNode>> EventsAsync(HttpClient client, int atLeast)
    {
        List<JsonNode> events = [];
        using var limit = new CancellationTokenSource(Eventually.Patience);
        while (events.Count < atLeast)
        {
            var page = await client.GetFromJsonAsync<JsonObject>("/api/timeline?page_size=100", limit.Token);
            events = [.. page!["timeline"]!.AsArray().Select(entry => entry!)];
        }

        return events;
    }
}

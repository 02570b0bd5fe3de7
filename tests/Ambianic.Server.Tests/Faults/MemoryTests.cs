using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ambianic.Tests;
using Ambianic.Tests.Media.Processes;
using Ambianic.Tests.Media.Sources;

namespace Ambianic.Server.Tests.Faults;

/// <summary>A machine without enough memory.</summary>
[Slow]
public sealed class MemoryTests : IDisposable
{
    private readonly Clips _clips = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _clips.Dispose();

    /// <param name="heap">The most that the heap may hold, in bytes and hexadecimal.</param>
    [Theory]
    [InlineData("400000")]
    [InlineData("1000000")]
    [InlineData("8000000")]
    public async Task Run_HeapIsSmall_WatchesOrSaysWhatFailedOrEndsSoThatItIsStartedAgain(string heap)
    {
        var clip = _clips.Make("clip.mp4", "s=1920x1080:r=5:d=2", "-pix_fmt yuv420p");
        _clips.Write("config.yaml", $$"""
            pipelines:
              a:
                - source: { uri: "{{clip}}", live: true, fps: 2, width: 1920 }
                - save_detections: { idle_interval: 0.2 }
            """);
        await using var program = AmbianicProgram.StartWith(
            _clips.Folder, new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = heap }, "run", "--port", "0");
        var ended = program.WaitForExitAsync(Cancellation);

        var answers = AnswersForItselfAsync(program);
        if (await Task.WhenAny(ended, answers) == answers && await answers)
        {
            return;
        }

        Assert.NotEqual(0, await ended);
        await Eventually.TrueAsync(() => RunningProcesses.WithArgument($"file:{clip}").Count == 0);
    }

    /// <summary>True when it watches or says why not; false when it ends before.</summary>
    private static async Task<bool> AnswersForItselfAsync(AmbianicProgram program)
    {
        try
        {
            using var client = new HttpClient { BaseAddress = await program.AddressAsync(Cancellation) };
            while (true)
            {
                var health = await client.GetFromJsonAsync<JsonObject>("/api/health", Cancellation);
                if (health!["pipelines"]!.AsArray() is [{ } status] && ((long)status["processed"]! > 3 || status["last_error"] is not null))
                {
                    return true;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
            }
        }
        catch (Exception error) when (error is HttpRequestException or InvalidOperationException)
        {
            return false; // it has ended, with or without an address
        }
    }
}

using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ambianic.Tests;
using Ambianic.Tests.Media.Sources;

namespace Ambianic.Server.Tests.Faults;

/// <summary>Lets the program watch for long, and looks whether it grows.</summary>
[Slow]
public sealed class SoakTests(ITestOutputHelper output) : IDisposable
{
    private const int Pipelines = 8;
    private const int ThreadsThatComeAndGo = 1; // of the pool; the median of a third does not see those that come for a moment
    private static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(1);

    private readonly Clips _clips = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _clips.Dispose();

    /// <summary>The first third is for warming up: buffers, pools and the database reach their size.</summary>
    [Fact]
    public async Task Run_ForLong_GrowsNeitherInMemoryNorInHandlesNorInThreads()
    {
        if (Environment.GetEnvironmentVariable("AMBIANIC_TEST_SOAK") is not { Length: > 0 } minutes)
        {
            Assert.Skip("takes long: ./test.sh --soak MINUTES");
            return;
        }

        await ConfigureAsync();
        await using var listener = new EventListener();
        await using var program = AmbianicProgram.Start(_clips.Folder, "run", "--port", "0");
        using var client = new HttpClient { BaseAddress = await program.AddressAsync(Cancellation), Timeout = Timeout.InfiniteTimeSpan };
        listener.ListenTo(client);
        var samples = await WatchAsync(program.Id, TimeSpan.FromMinutes(double.Parse(minutes, CultureInfo.InvariantCulture)));

        var third = samples.Count / 3;
        var (before, after) = (Footprint.Median(samples[third..(2 * third)]), Footprint.Median(samples[(2 * third)..]));
        output.WriteLine($"{minutes} minutes, {Pipelines} pipelines, {listener.Announced} events; middle third {before}; last third {after}");
        Assert.InRange(after.Megabytes, 0, 1.05 * before.Megabytes);
        Assert.InRange(after.Handles, 0, 1.05 * before.Handles);
        Assert.InRange(after.Threads, 0, (1.05 * before.Threads) + ThreadsThatComeAndGo);
        Assert.Equal(0, await listener.LostAsync(client, Cancellation));
        var health = await client.GetFromJsonAsync<JsonObject>("/api/health", Cancellation);
        Assert.Equal(Pipelines, health!["pipelines"]!.AsArray().Count);
        Assert.All(health["pipelines"]!.AsArray(), status => Assert.Equal("running", (string)status!["state"]!));
    }

    private static async Task<List<Footprint>> WatchAsync(int process, TimeSpan length)
    {
        List<Footprint> samples = [];
        using var timer = new PeriodicTimer(Rhythm, TimeProvider.System);
        while (samples.Count * Rhythm < length && await timer.WaitForNextTickAsync(Cancellation))
        {
            samples.Add(Footprint.Of(process));
        }

        return samples;
    }

    private async Task ConfigureAsync()
    {
        var clip = _clips.Make("clip.mp4", "s=640x360:r=5:d=10", "-pix_fmt yuv420p");
        var pipelines = Enumerable.Range(1, Pipelines).Select(number => $$"""
              camera_{{number}}:
                - source: { uri: "{{clip}}", live: true, fps: 5 }
                - save_detections: { idle_interval: 2 }
            """);
        await File.WriteAllTextAsync(Path.Combine(_clips.Folder, "config.yaml"), $"pipelines:\n{string.Join('\n', pipelines)}\n", Cancellation);
    }

    /// <summary>What a process holds, as Linux shows it in /proc.</summary>
    private sealed record Footprint(double Megabytes, double Handles, double Threads)
    {
        public static Footprint Of(int process) => new(
            double.Parse(
                File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal)).Split(':')[1].Replace("kB", "", StringComparison.Ordinal),
                CultureInfo.InvariantCulture) / 1024,
            Directory.GetFiles($"/proc/{process}/fd").Length,
            Directory.GetDirectories($"/proc/{process}/task").Length);

        public static Footprint Median(IReadOnlyList<Footprint> samples) => new(
            Middle(samples.Select(sample => sample.Megabytes)),
            Middle(samples.Select(sample => sample.Handles)),
            Middle(samples.Select(sample => sample.Threads)));

        public override string ToString() => $"{Megabytes:0} MB, {Handles:0} handles, {Threads:0} threads";

        private static double Middle(IEnumerable<double> values)
        {
            var sorted = values.Order().ToList();
            return sorted[sorted.Count / 2];
        }
    }
}

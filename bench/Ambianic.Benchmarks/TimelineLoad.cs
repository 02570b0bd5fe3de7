using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ambianic.Benchmarks;

/// <summary>Asks the running program, a process of its own with four cameras, for pages at a steady rate, and tells how many frames it lost.</summary>
internal static partial class TimelineLoad
{
    private const int Pipelines = 4;
    private const string Clip = "clip.mp4";
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    private static readonly string[] Calls =
    [
        "/api/events", "/api/events?label=person", "/api/events?pipeline=kitchen", "/api/events?confidence=0.81", "/api/events?text=person",
        "/api/events?state=no_video", "/api/events?from=2023-06-01T00:00:00Z&to=2024-01-01T00:00:00Z", "/api/events?order=oldest",
    ];

    /// <param name="dataDir">Filled.</param>
    /// <param name="rate">Requests a second.</param>
    /// <param name="cancellation">Ends the program.</param>
    public static async Task MeasureAsync(string dataDir, int rate, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("ambianic-timeline-load-").FullName;
        try
        {
            await ConfigureAsync(folder, dataDir, cancellation);
            using var program = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ambianic.dll"), "run", "--port", "0"])
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
            })!;
            try
            {
                using var client = new HttpClient { BaseAddress = await AddressAsync(program, cancellation) };
                await RunningAsync(client, cancellation);
                await LoadAsync(client, rate, Length / 5, cancellation); // compiles the code
                var (dropped, processed) = await FramesAsync(client, cancellation);
                var idle = await MeasureFramesAsync(client, dropped, processed, () => Task.Delay(Length, TimeProvider.System, cancellation), cancellation);
                (dropped, processed) = await FramesAsync(client, cancellation);
                List<double> times = [];
                var cpu = ProcessorTime(program);
                var loaded = await MeasureFramesAsync(client, dropped, processed, async () => times = await LoadAsync(client, rate, Length, cancellation), cancellation);
                cpu = ProcessorTime(program) - cpu;
                times.Sort();
                Console.WriteLine("| requests | a second | median ms | p99 ms | processor ms a request, pipelines included | frames dropped of all, before | during |");
                Console.WriteLine("|---|---|---|---|---|---|---|");
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {times.Count} | {times.Count / Length.TotalSeconds:0} | {times[times.Count / 2]:0.0} | {times[times.Count * 99 / 100]:0.0} | {cpu.TotalMilliseconds / times.Count:0.00} | {idle.Dropped} of {idle.All} | {loaded.Dropped} of {loaded.All} |"));
                Console.WriteLine();
            }
            finally
            {
                program.Kill(entireProcessTree: true);
                await program.WaitForExitAsync(CancellationToken.None);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static TimeSpan ProcessorTime(Process program)
    {
        program.Refresh();
        return program.TotalProcessorTime;
    }

    private static async Task ConfigureAsync(string folder, string dataDir, CancellationToken cancellation)
    {
        using var make = Process.Start("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "testsrc=s=640x360:r=5:d=10", "-pix_fmt", "yuv420p", Path.Combine(folder, Clip)]);
        await make.WaitForExitAsync(cancellation);
        var pipelines = Enumerable.Range(1, Pipelines).Select(number => $$"""
              camera_{{number}}:
                - source: { uri: "{{Path.Combine(folder, Clip)}}", live: true, fps: 5 }
                - save_detections: { idle_interval: 2 }
            """);
        await File.WriteAllTextAsync(Path.Combine(folder, "config.yaml"), $"data_dir: \"{Path.GetFullPath(dataDir)}\"\npipelines:\n{string.Join('\n', pipelines)}\n", cancellation);
    }

    private static async Task<Uri> AddressAsync(Process program, CancellationToken cancellation)
    {
        while (await program.StandardOutput.ReadLineAsync(cancellation) is { } line)
        {
            if (Address().Match(line) is { Success: true } match)
            {
                _ = program.StandardOutput.ReadToEndAsync(cancellation); // so that it never waits for us
                return new Uri(match.Groups[1].Value);
            }
        }

        throw new InvalidOperationException("the program ended and printed no address");
    }

    private static async Task RunningAsync(HttpClient client, CancellationToken cancellation)
    {
        while ((await FramesAsync(client, cancellation)).Processed < Pipelines * 10)
        {
            await Task.Delay(Tick, TimeProvider.System, cancellation);
        }
    }

    private static async Task<(long Dropped, long All)> MeasureFramesAsync(HttpClient client, long dropped, long processed, Func<Task> during, CancellationToken cancellation)
    {
        await during();
        var after = await FramesAsync(client, cancellation);
        return (after.Dropped - dropped, after.Dropped - dropped + after.Processed - processed);
    }

    private static async Task<(long Dropped, long Processed)> FramesAsync(HttpClient client, CancellationToken cancellation)
    {
        var pipelines = (await client.GetFromJsonAsync<JsonObject>("/api/health", cancellation))!["pipelines"]!.AsArray();
        return (pipelines.Sum(pipeline => (long?)pipeline!["dropped"] ?? 0), pipelines.Sum(pipeline => (long?)pipeline!["processed"] ?? 0));
    }

    /// <summary>Sends requests when they are due, whether or not earlier ones were answered.</summary>
    /// <returns>Milliseconds of each.</returns>
    private static async Task<List<double>> LoadAsync(HttpClient client, int rate, TimeSpan length, CancellationToken cancellation)
    {
        var began = TimeProvider.System.GetTimestamp();
        List<Task<double>> requests = [];
        while (TimeProvider.System.GetElapsedTime(began) is var elapsed && elapsed < length)
        {
            while (requests.Count < elapsed.TotalSeconds * rate)
            {
                requests.Add(AskAsync(client, Calls[requests.Count % Calls.Length], cancellation));
            }

            await Task.Delay(Tick / 4, TimeProvider.System, cancellation);
        }

        return [.. await Task.WhenAll(requests)];
    }

    private static async Task<double> AskAsync(HttpClient client, string call, CancellationToken cancellation)
    {
        var began = TimeProvider.System.GetTimestamp();
        using var answer = await client.GetAsync(call, cancellation);
        answer.EnsureSuccessStatusCode();
        await answer.Content.ReadAsByteArrayAsync(cancellation);
        return TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
    }

    [GeneratedRegex(@"The timeline.* (http://127\.0\.0\.1:\d+/)")]
    private static partial Regex Address();
}

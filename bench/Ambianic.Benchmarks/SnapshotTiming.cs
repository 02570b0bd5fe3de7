using System.CommandLine;
using System.Globalization;
using Ambianic.Core.Frames;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Vision;
using Ambianic.Media.Pictures;

namespace Ambianic.Benchmarks;

/// <summary>What it costs a pipeline to keep its newest picture, and how long somebody who looks at it waits.</summary>
internal static class SnapshotTiming
{
    private const int Rounds = 200;

    private static readonly TimeSpan BetweenCalls = TimeSpan.FromMilliseconds(250); // so that each call finds a new picture at 5 frames a second

    public static Command Command()
    {
        var address = new Option<string?>("--address") { Description = "the snapshot.jpg of a running program that answers without log-in; the default is none", HelpName = "URL" };
        var command = new Command("snapshot", "times the newest picture of a pipeline, 1280x720") { address };
        command.SetAction(async (parsed, cancellation) =>
        {
            Console.WriteLine("| what | median ms | p99 ms | processor ms |");
            Console.WriteLine("|---|---|---|---|");
            MeasureHere();
            if (parsed.GetValue(address) is { } running)
            {
                await MeasureAsync(new Uri(running), cancellation);
            }
        });
        return command;
    }

    private static void MeasureHere()
    {
        var pool = new FramePool();
        var scene = new Scenes(pool, TimeProvider.System).Of("camera");
        var encoder = new EventPictureEncoder();
        using var frame = pool.Rent(1280, 720, PixelFormat.I420);
        Fill(frame);
        var sample = new Sample(frame) { Detections = [new Detection("person", 0.9f, new Box(0.1f, 0.1f, 0.4f, 0.9f))] };
        Time("kept by the pipeline, each frame", Keep);
        Time("copied and encoded", () => Show(1280, []));
        Time("the same, 640 wide with a box", () => Show(640, sample.Detections));

        void Keep()
        {
            scene.Begin();
            scene.Arrive(sample, 1);
            scene.End(TimeSpan.Zero);
        }

        void Show(int width, IReadOnlyList<Detection> boxes)
        {
            using var picture = scene.Newest();
            encoder.Encode(picture!.Frame, width, boxes);
        }
    }

    private static async Task MeasureAsync(Uri address, CancellationToken cancellation)
    {
        using var client = new HttpClient();
        var times = new double[Rounds];
        for (var i = -10; i < Rounds; i++)
        {
            var began = TimeProvider.System.GetTimestamp();
            await client.GetByteArrayAsync(address, cancellation);
            times[Math.Max(0, i)] = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
            await Task.Delay(BetweenCalls, TimeProvider.System, cancellation);
        }

        Report("over HTTP", times, null);
    }

    private static void Time(string name, Action action)
    {
        var times = new double[Rounds];
        var cpu = TimeSpan.Zero;
        for (var i = -Rounds / 10; i < Rounds; i++)
        {
            cpu = i == 0 ? Environment.CpuUsage.TotalTime : cpu;
            var began = TimeProvider.System.GetTimestamp();
            action();
            times[Math.Max(0, i)] = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
        }

        Report(name, times, (Environment.CpuUsage.TotalTime - cpu) / Rounds);
    }

    /// <summary>Something like a room: large areas with edges, and the noise of a sensor.</summary>
    private static void Fill(Frame frame)
    {
        var pixels = frame.Buffer.Span;
        pixels.Fill(128);
        for (var i = 0; i < frame.Width * frame.Height; i++)
        {
            var (x, y) = (i % frame.Width, i / frame.Width);
            pixels[i] = (byte)(40 + (((x / 90) + (y / 70)) % 5 * 35) + (x * 20 / frame.Width) + Random.Shared.Next(6));
        }
    }

    private static void Report(string name, double[] times, TimeSpan? processor)
    {
        Array.Sort(times);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {name} | {times[Rounds / 2]:0.00} | {times[Rounds * 99 / 100]:0.00} | {processor?.TotalMilliseconds:0.00} |"));
    }
}

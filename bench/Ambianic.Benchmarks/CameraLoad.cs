using System.Runtime.CompilerServices;
using Ambianic.Core.Frames;
using Ambianic.Core.Pipelines;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Benchmarks;

/// <summary>Eight pipelines of cameras that give 25 frames a second, and whose one element needs a tenth of that time.</summary>
internal static class CameraLoad
{
    private const int Cameras = 8;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1.0 / 25);

    /// <summary>Runs them, and tells how many frames were lost and used, and how many seconds of processor the process needed.</summary>
    public static async Task<(long Dropped, long Processed, double CpuSeconds)> RunAsync(FramePool pool, TimeSpan length)
    {
        var pipelines = Enumerable.Range(0, Cameras)
            .Select(number => new Pipeline($"camera {number}", new Camera(pool), [new ElementSlot("work", new Work())], TimeProvider.System, NullLogger<Pipeline>.Instance))
            .ToList();
        using var end = new CancellationTokenSource();
        var cpu = Environment.CpuUsage.TotalTime;
        var running = Task.WhenAll(pipelines.Select(pipeline => pipeline.RunAsync(end.Token)));
        await Task.Delay(length, TimeProvider.System);
        var status = pipelines.ConvertAll(pipeline => pipeline.Status);
        cpu = Environment.CpuUsage.TotalTime - cpu;
        await end.CancelAsync();
        try
        {
            await running;
        }
        catch (OperationCanceledException)
        {
            // as asked
        }

        foreach (var pipeline in pipelines)
        {
            await pipeline.DisposeAsync();
        }

        return (status.Sum(one => one.Dropped), status.Sum(one => one.Processed), cpu.TotalSeconds);
    }

    private sealed class Camera(FramePool pool) : IFrameSource
    {
        public string Id => "camera";

        public bool IsLive => true;

        public async IAsyncEnumerable<Frame> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
        {
            using var timer = new PeriodicTimer(Period, TimeProvider.System);
            for (var sequence = 0L; await timer.WaitForNextTickAsync(cancellation); sequence++)
            {
                yield return pool.Rent(320, 240, PixelFormat.I420, sequence, TimeProvider.System.GetLocalNow());
            }
        }
    }

    private sealed class Work : IPipelineElement
    {
        public async ValueTask InvokeAsync(Sample sample, SampleHandler next, CancellationToken cancellation)
        {
            await Task.Delay(Period / 10, TimeProvider.System, cancellation);
            await next(sample, cancellation);
        }
    }
}

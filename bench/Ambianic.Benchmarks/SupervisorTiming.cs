using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Health;
using Ambianic.Core.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Benchmarks;

/// <summary>What it costs to look after many pipelines that see nothing themselves: in a clock that runs faster, so that it is more than the noise.</summary>
internal static class SupervisorTiming
{
    /// <summary>So many times faster than the clock on the wall.</summary>
    private const int Faster = 500;

    /// <summary>The supervisor's rounds in a second of its own clock.</summary>
    private const int RoundsPerSecond = 1;

    public static Command Command()
    {
        var pipelines = new Option<int>("--pipelines") { DefaultValueFactory = _ => 50, Description = "how many" };
        var seconds = new Option<double>("--seconds") { DefaultValueFactory = _ => 30, Description = "how long" };
        var command = new Command("supervisor", "times looking after many pipelines whose sources are silent") { pipelines, seconds };
        command.SetAction((parsed, cancellation) => MeasureAsync(parsed.GetValue(pipelines), TimeSpan.FromSeconds(parsed.GetValue(seconds)), cancellation));
        return command;
    }

    private static async Task MeasureAsync(int pipelines, TimeSpan length, CancellationToken cancellation)
    {
        await using var services = new ServiceCollection()
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .BuildServiceProvider();
        var builder = new PipelineBuilder(new ElementRegistry(), _ => new SilentSource(), services, TimeProvider.System);
        var rounds = new Rounds();
        using var supervisor = new PipelineSupervisor(
            builder, () => new HealthPolicy(TimeSpan.FromDays(1)), rounds, new FastTime(), NullLogger<PipelineSupervisor>.Instance);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = supervisor.RunAsync([.. Enumerable.Range(1, pipelines).Select(Configure)], end.Token);
        await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System, cancellation); // compiling is not what is measured

        var (before, bytes, first) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(), rounds.Count);
        await Task.Delay(length, TimeProvider.System, cancellation);
        var count = rounds.Count - first;
        var each = (Environment.CpuUsage.TotalTime - before) / count;
        bytes = GC.GetTotalAllocatedBytes() - bytes;
        await end.CancelAsync();
        await running;

        Console.WriteLine("| pipelines | rounds | µs of processor a round | % of one core at a round a second | KB allocated a second |");
        Console.WriteLine("|---|---|---|---|---|");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {pipelines} | {count} | {each.TotalMicroseconds:0} | {100 * RoundsPerSecond * each.TotalSeconds:0.000} | {RoundsPerSecond * bytes / 1024.0 / count:0.0} |"));
    }

    private static PipelineConfiguration Configure(int number) =>
        new($"pipeline_{number}", new SourceOptions { Id = $"camera_{number}", Uri = "silent" }, []);

    private sealed class SilentSource : IFrameSource
    {
        public string Id => "silent";

        public bool IsLive => true;

        public async IAsyncEnumerable<Frame> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            yield break;
        }
    }

    private sealed class Rounds : IWatchdog
    {
        private long _count;

        public long Count => Interlocked.Read(ref _count);

        public void Feed(string status) => Interlocked.Increment(ref _count);

        public void Stopping()
        {
        }
    }

    private sealed class FastTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, Divide(dueTime), Divide(period));

        private static TimeSpan Divide(TimeSpan time) => time > TimeSpan.Zero ? time / Faster : time;
    }
}

using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Ambianic.Configuration;
using Ambianic.Frames;
using Ambianic.Health;
using Ambianic.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Benchmarks;

/// <summary>What it costs to look after many pipelines that see nothing themselves.</summary>
internal static class SupervisorTiming
{
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
        using var supervisor = new PipelineSupervisor(
            builder, () => new HealthPolicy(TimeSpan.FromDays(1)), new NoWatchdog(), TimeProvider.System, NullLogger<PipelineSupervisor>.Instance);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = supervisor.RunAsync([.. Enumerable.Range(1, pipelines).Select(Configure)], end.Token);
        await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System, cancellation); // compiling is not what is measured

        var (before, bytes) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes());
        var start = Stopwatch.GetTimestamp();
        await Task.Delay(length, TimeProvider.System, cancellation);
        var share = (Environment.CpuUsage.TotalTime - before) / Stopwatch.GetElapsedTime(start);
        bytes = GC.GetTotalAllocatedBytes() - bytes;
        await end.CancelAsync();
        await running;

        Console.WriteLine("| pipelines | % of one core | KB allocated a second |");
        Console.WriteLine("|---|---|---|");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {pipelines} | {100 * share:0.000} | {bytes / 1024.0 / length.TotalSeconds:0.0} |"));
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

    private sealed class NoWatchdog : IWatchdog
    {
        public void Feed(string status)
        {
        }
    }
}

using System.CommandLine;
using System.Diagnostics.Metrics;
using System.Globalization;
using Ambianic.Core.Frames;
using Ambianic.Core.Health;
using Ambianic.Core.Metrics;
using Ambianic.Core.Pipelines;
using Ambianic.Server.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace Ambianic.Benchmarks;

/// <summary>What measuring adds to the way of a sample through three elements that do nothing.</summary>
internal static class MetricsTiming
{
    private const int Samples = 100_000;

    public static Command Command()
    {
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 7, Description = "times that each is measured, one after the other" };
        var command = new Command("metrics", "times a chain of elements with metrics and traces on and off") { rounds };
        command.SetAction((parsed, _) => MeasureAsync(parsed.GetValue(rounds)));
        return command;
    }

    private static async Task MeasureAsync(int rounds)
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        var metrics = new SampleMetrics(meters);
        using var collector = new MetricsCollector(meters, new HealthFeed(), NullLogger<MetricsCollector>.Instance);
        using var traces = Sdk.CreateTracerProviderBuilder().AddSource(Instruments.Name).SetSampler(new AlwaysOnSampler()).Build();
        (string Name, SampleMetrics? Metrics, bool IsOn, int TraceEvery)[] kinds =
        [
            ("not measured", null, false, 0),
            ("measured, `metrics.enabled: false`", metrics, false, 0),
            ("measured", metrics, true, 0),
            ("measured, a trace of 1 in 100", metrics, true, 100),
        ];
        var all = kinds.Select(_ => new List<(double Nanoseconds, double Bytes)>()).ToList();
        for (var round = 0; round <= rounds; round++)
        {
            for (var kind = 0; kind < kinds.Length; kind++)
            {
                collector.IsOn = kinds[kind].IsOn;
                metrics.TraceEvery = kinds[kind].TraceEvery;
                var result = await MeasureAsync(kinds[kind].Metrics);
                if (round > 0) // the first one compiles
                {
                    all[kind].Add(result);
                }
            }
        }

        Console.WriteLine("| chain of three elements | ns a sample | more than not measured, ns | bytes a sample |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var ((name, _, _, _), results) in kinds.Zip(all))
        {
            var (nanoseconds, least) = (Median(results), Median(all[0]));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {name} | {nanoseconds:0} | {nanoseconds - least:0} | {results.Min(result => result.Bytes):0} |"));
        }
    }

    private static async Task<(double Nanoseconds, double Bytes)> MeasureAsync(SampleMetrics? metrics)
    {
        List<ElementSlot> slots = [.. Enumerable.Range(1, 3).Select(number => new ElementSlot($"element_{number}", new Nothing()))];
        using var chain = new ElementChain(
            slots,
            (_, _) => ValueTask.CompletedTask,
            TimeProvider.System,
            CancellationToken.None,
            measures: metrics is null ? null : new SampleMeasures(metrics, "bench", slots, TimeProvider.System));
        using var frame = new FramePool().Rent(4, 2, PixelFormat.I420);
        var sample = new Sample(frame);
        var (start, bytes) = (TimeProvider.System.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        for (var i = 0; i < Samples; i++)
        {
            await chain.TryInvokeAsync(sample);
        }

        return (TimeProvider.System.GetElapsedTime(start).TotalNanoseconds / Samples, (GC.GetAllocatedBytesForCurrentThread() - bytes) / (double)Samples);
    }

    private static double Median(List<(double Nanoseconds, double Bytes)> results) =>
        results.Select(result => result.Nanoseconds).Order().ElementAt(results.Count / 2);

    private sealed class Nothing : IPipelineElement
    {
        public ValueTask InvokeAsync(Sample sample, SampleHandler next, CancellationToken cancellation) => next(sample, cancellation);
    }
}

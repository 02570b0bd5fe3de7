using System.Diagnostics;
using Ambianic.Core.Frames;
using Ambianic.Core.Metrics;
using Ambianic.Core.Pipelines;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Core.Pipelines;

/// <summary>Spans are the process's own, and what is allocated is counted.</summary>
[CollectionDefinition(nameof(SampleMetricsTests), DisableParallelization = true)]
[Collection(nameof(SampleMetricsTests))]
public sealed class SampleMetricsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Measurements _measured = new();
    private readonly SampleMetrics _metrics;
    private readonly FramePool _pool = new();
    private readonly List<Activity> _ended = [];

    public SampleMetricsTests() => _metrics = new SampleMetrics(_measured);

    public void Dispose() => _measured.Dispose();

    [Fact]
    public async Task Duration_OfAnElement_IsWithoutTheElementsAfterIt()
    {
        using var chain = Chain(
            async (sample, next, cancellation) =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                await next(sample, cancellation);
                _time.Advance(TimeSpan.FromSeconds(2));
                await next(sample, cancellation);
            },
            (sample, next, cancellation) =>
            {
                _time.Advance(TimeSpan.FromSeconds(4));
                return next(sample, cancellation);
            });

        await SendAsync(chain);

        Assert.Equal(["hall,first=3", "hall,second=8"], _measured.Of("ambianic.element.duration"));
        Assert.Equal(["hall=11"], _measured.Of("ambianic.sample.duration"));
        Assert.Equal(["hall=5", "hall=11"], _measured.Of("ambianic.sample.age"));
    }

    [Fact]
    public async Task Duration_OfAnElementThatNoSampleComesTo_IsNotMeasured()
    {
        using var chain = Chain((_, _, _) => ValueTask.CompletedTask, (sample, next, cancellation) => next(sample, cancellation));

        await SendAsync(chain);

        Assert.Equal(["hall,first=0"], _measured.Of("ambianic.element.duration"));
        Assert.Empty(_measured.Of("ambianic.sample.age"));
    }

    [Fact]
    public async Task Duration_OfASampleAfterOneThatFailed_IsItsOwn()
    {
        var isFirst = true;
        using var chain = Chain((sample, next, cancellation) =>
        {
            _time.Advance(TimeSpan.FromSeconds(isFirst ? 7 : 1));
            return isFirst ? throw new InvalidOperationException("broken") : next(sample, cancellation);
        });
        await Assert.ThrowsAsync<InvalidOperationException>(() => SendAsync(chain).AsTask());
        isFirst = false;

        await SendAsync(chain);

        Assert.Equal(["hall,first=7", "hall,first=1"], _measured.Of("ambianic.element.duration"));
    }

    [Fact]
    public async Task Trace_OfEveryThirdSample_HasASpanForEachElement()
    {
        using var listener = Listen();
        using var request = new Activity("a request that started the pipeline").Start();
        _metrics.TraceEvery = 3;
        using var chain = Chain(PassAsync, PassAsync);

        for (var i = 0; i < 6; i++)
        {
            await SendAsync(chain);
        }

        Assert.Equal(["second", "first", "sample", "second", "first", "sample"], _ended.Select(span => span.OperationName));
        var (second, first, sample) = (_ended[0], _ended[1], _ended[2]);
        Assert.Equal((null, sample.SpanId, first.SpanId), (sample.ParentId, first.ParentSpanId, second.ParentSpanId));
        Assert.NotEqual(request.TraceId, sample.TraceId);
        Assert.NotEqual(sample.TraceId, _ended[5].TraceId);
        Assert.Equal("hall", sample.GetTagItem("ambianic.pipeline"));
        Assert.Equal(request, Activity.Current);
    }

    [Fact]
    public async Task Trace_WhenSwitchedOff_IsNone()
    {
        using var listener = Listen();
        using var chain = Chain(PassAsync);

        await SendAsync(chain);

        Assert.Empty(_ended);
    }

    [Fact]
    public async Task TryInvokeAsync_WhileMeasured_AllocatesNothingMore()
    {
        using var quiet = new QuietMeasurements();
        var metrics = new SampleMetrics(quiet) { TraceEvery = 1_000_000 };
        using var measured = Chain(TimeProvider.System, metrics, PassAsync, PassAsync);
        using var unmeasured = Chain(TimeProvider.System, null, PassAsync, PassAsync);

        Assert.Equal(await BytesAsync(unmeasured), await BytesAsync(measured));
        Assert.True(quiet.Count > 1000, "it was not measured");
    }

    private static async Task<long> BytesAsync(ElementChain chain)
    {
        using var frame = new FramePool().Rent(4, 2, PixelFormat.I420);
        var sample = new Sample(frame);
        var least = long.MaxValue;
        for (var window = 0; window < 20; window++) // what the runtime allocates now and then only ever adds to it
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++)
            {
                await chain.TryInvokeAsync(sample); // completes on this thread
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    private static ValueTask PassAsync(Sample sample, SampleHandler next, CancellationToken cancellation) => next(sample, cancellation);

    private ElementChain Chain(params Func<Sample, SampleHandler, CancellationToken, ValueTask>[] elements) => Chain(_time, _metrics, elements);

    private static ElementChain Chain(TimeProvider time, SampleMetrics? metrics, params Func<Sample, SampleHandler, CancellationToken, ValueTask>[] elements)
    {
        string[] names = ["first", "second"];
        List<ElementSlot> slots = [.. elements.Zip(names, (element, name) => new ElementSlot(name, new Element(element)))];
        return new ElementChain(
            slots, (_, _) => ValueTask.CompletedTask, time, CancellationToken.None, measures: metrics is null ? null : new SampleMeasures(metrics, "hall", slots, time));
    }

    private async ValueTask SendAsync(ElementChain chain)
    {
        using var frame = _pool.Rent(4, 2, PixelFormat.I420, capturedAt: _time.GetUtcNow());
        Assert.True(await chain.TryInvokeAsync(new Sample(frame)));
    }

    private ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Instruments.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Add,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}

using Ambianic.Core.Pipelines;

namespace Ambianic.Tests.Core.Pipelines;

/// <summary>An element that is one lambda.</summary>
internal sealed class Element(Func<Sample, SampleHandler, CancellationToken, ValueTask> invoke) : IPipelineElement
{
    public ValueTask InvokeAsync(Sample sample, SampleHandler next, CancellationToken cancellation) => invoke(sample, next, cancellation);
}

/// <summary>An element that holds something.</summary>
internal sealed class Holder(Action dispose) : IPipelineElement, IAsyncDisposable
{
    public ValueTask InvokeAsync(Sample sample, SampleHandler next, CancellationToken cancellation) => next(sample, cancellation);

    public ValueTask DisposeAsync()
    {
        dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>An element that passes nothing on and holds something.</summary>
internal sealed class Swallower(Action dispose) : IPipelineElement, IDisposable
{
    public ValueTask InvokeAsync(Sample sample, SampleHandler next, CancellationToken cancellation) => ValueTask.CompletedTask;

    public void Dispose() => dispose();
}

namespace Ambianic.Core.Pipelines;

/// <summary>The rest of a pipeline, seen from one element.</summary>
public delegate ValueTask SampleHandler(Sample sample, CancellationToken cancellation);

/// <summary>
/// One step of a pipeline. It passes each sample on by calling <c>next</c>, once or several times; what enters the first
/// element must reach the end at least once, because an arrival there is the pipeline's heartbeat.
/// </summary>
/// <remarks>
/// Called for one sample at a time. An element that holds something is <see cref="IAsyncDisposable"/> and is disposed when
/// the pipeline stops. Exceptions are the pipeline's to catch. An element that works on one sample for too long is replaced:
/// its call is cancelled, and what it passes on afterwards is refused with <see cref="OperationCanceledException"/>.
/// </remarks>
public interface IPipelineElement
{
    /// <summary>Gets what must be there before the first sample, for example a model; may take minutes, which does not count as silence when the pipeline starts.</summary>
    /// <remarks>
    /// Called once for each element, also for one that replaces another. When it throws, samples are sent nevertheless: the element
    /// reports then why it cannot work.
    /// </remarks>
    ValueTask PrepareAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <summary>Handles one sample.</summary>
    ValueTask InvokeAsync(Sample sample, SampleHandler next, CancellationToken cancellation);
}

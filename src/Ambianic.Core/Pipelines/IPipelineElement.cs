namespace Ambianic.Pipelines;

/// <summary>The rest of a pipeline, seen from one element.</summary>
public delegate ValueTask SampleHandler(Sample sample, CancellationToken cancellation);

/// <summary>
/// One step of a pipeline. It passes each sample on by calling <c>next</c>, once or several times; what enters the first
/// element must reach the end at least once, because an arrival there is the pipeline's heartbeat.
/// </summary>
/// <remarks>
/// Called for one sample at a time. An element that holds something is <see cref="IAsyncDisposable"/> and is disposed when
/// the pipeline stops. Exceptions are the pipeline's to catch.
/// </remarks>
public interface IPipelineElement
{
    /// <summary>Handles one sample.</summary>
    ValueTask InvokeAsync(Sample sample, SampleHandler next, CancellationToken cancellation);
}

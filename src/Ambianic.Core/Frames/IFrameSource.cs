namespace Ambianic.Core.Frames;

/// <summary>Where frames come from. One enumeration is one connection; retrying is the pipeline's decision.</summary>
public interface IFrameSource
{
    /// <summary>Names the source in logs and events; never holds credentials.</summary>
    string Id { get; }

    /// <summary>True for a camera that never ends; false for a file that is read once, without loss.</summary>
    bool IsLive { get; }

    /// <summary>How well it gives its pictures now. Safe to read from any thread.</summary>
    SourceStatus Status => SourceStatus.Good;

    /// <summary>What its stream is; null when nothing is known of it. Safe to read from any thread.</summary>
    StreamFacts? Stream => null;

    /// <summary>
    /// Connects and yields frames; each belongs to the caller, who disposes it. Ends normally only at a true end of stream.
    /// Everything that was started (process, connection) is gone when the enumerator has been disposed.
    /// </summary>
    /// <exception cref="SourceException">The source could not be opened, broke, or fell silent.</exception>
    IAsyncEnumerable<Frame> ReadAsync(CancellationToken cancellation);
}

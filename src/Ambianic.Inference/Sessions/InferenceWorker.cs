using Ambianic.Core.Frames;
using Ambianic.Core.Vision;

namespace Ambianic.Inference.Sessions;

/// <summary>A thread of a <see cref="ModelSession"/> and its tensors.</summary>
internal sealed class InferenceWorker(InferenceRun run)
{
    private volatile InferenceRequest? _current;

    public InferenceRun Run => run;

    public Thread Thread { get; set; } = null!;

    /// <summary>What it is looking at.</summary>
    public InferenceRequest? Current
    {
        get => _current;
        set => _current = value;
    }
}

/// <summary>A picture to be looked at, and the promise of what is found.</summary>
internal sealed class InferenceRequest(Frame frame, Box? region, float threshold, long askedAt, CancellationToken cancellation)
    : TaskCompletionSource<IReadOnlyList<Detection>>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public Frame Frame => frame;

    public Box? Region => region;

    public float Threshold => threshold;

    /// <summary>By the clock that measures inferences.</summary>
    public long AskedAt => askedAt;

    public CancellationToken Cancellation => cancellation;

    /// <summary>Rounds of the watch that found it being worked on.</summary>
    public int Rounds { get; set; }
}

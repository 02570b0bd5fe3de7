using Ambianic.Core.Frames;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;
using Ambianic.Core.Vision.Tracking;

namespace Ambianic.Core.Pipelines;

/// <summary>What travels down a pipeline: a frame and what has been understood of it. Immutable; an element passes on a changed copy.</summary>
/// <param name="Frame">Borrowed: valid until the element that received the sample returns.</param>
public sealed record Sample(Frame Frame)
{
    /// <summary>The part of the frame that this sample is about, relative to the frame; null is the whole frame.</summary>
    public Box? Region { get; init; }

    /// <summary>What the last detecting element found, relative to the region; empty when it found nothing.</summary>
    public IReadOnlyList<Detection> Detections { get; init; } = [];

    /// <summary>True when nothing moves in the picture and nobody was seen when it was last looked at: a later element may save its work.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>Objects that are followed, also those that this frame does not show; borrowed like the frame. Null when nobody follows any.</summary>
    internal IReadOnlyList<ObjectTrack>? Tracks { get; init; }

    /// <summary>True when it tells of a fall: no later element may replace that by what it finds itself.</summary>
    public bool TellsOfFall => Detections is [var first, ..] && first.Fall is not null;

    /// <summary>What kind of detection this is, for people: <c>Object Detection</c>, <c>Face Detection</c>, <c>Fall Detection</c>; empty before any.</summary>
    public string Display { get; init; } = "";

    /// <summary>What was seen in the seconds before something important, oldest first; borrowed like the frame. Mostly empty.</summary>
    public IReadOnlyList<Frame> Before { get; init; } = [];
}

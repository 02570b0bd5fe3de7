using Ambianic.Core.Frames;
using Ambianic.Core.Vision;

namespace Ambianic.Core.Timeline;

/// <summary>What an event looked like, before it becomes files.</summary>
/// <param name="Frame">Borrowed until the call that it is passed to completes.</param>
/// <param name="Region">The part of the frame that is the event's picture; null is all of it.</param>
/// <param name="DrawBoxes">Draws the detections into the thumbnail; the picture itself is evidence and stays as it was seen.</param>
/// <param name="Before">What was seen in the seconds before, oldest first; borrowed likewise. As many as <see cref="DetectionEvent.BeforeFileNames"/>.</param>
public readonly record struct EventPicture(Frame Frame, Box? Region = null, bool DrawBoxes = false, IReadOnlyList<Frame>? Before = null);

using Ambianic.Core.Frames;
using Ambianic.Core.Visibility;
using Ambianic.Core.Vision;

namespace Ambianic.Core.Timeline;

/// <summary>Encodes the pictures of an event. Thread-safe; frames are borrowed until the call returns.</summary>
public interface IEventPictureEncoder
{
    /// <summary>Encodes a whole frame as JPEG.</summary>
    /// <exception cref="IOException">It is larger than a JPEG can be (65500 pixels a side).</exception>
    byte[] Encode(Frame frame);

    /// <summary>Encodes a whole frame as JPEG.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="width">Pixels; a wider frame is reduced to it, aspect kept. A narrower one stays as it is.</param>
    /// <param name="boxes">Drawn into the picture with their labels.</param>
    /// <exception cref="IOException">It is larger than a JPEG can be (65500 pixels a side).</exception>
    byte[] Encode(Frame frame, int width, IReadOnlyList<Detection> boxes);

    /// <summary>Encodes a frame, or a part of it, and a thumbnail of the same.</summary>
    /// <param name="frame">The whole frame.</param>
    /// <param name="region">The part that is the picture; null is all of it.</param>
    /// <param name="boxes">Drawn into the thumbnail only.</param>
    /// <returns>Two JPEG files; the longer side of the thumbnail is at most 320 pixels.</returns>
    /// <exception cref="IOException">It is larger than a JPEG can be (65500 pixels a side).</exception>
    (byte[] Picture, byte[] Thumbnail) Encode(Frame frame, Box? region, IReadOnlyList<Detection> boxes);

    /// <summary>Draws a card that tells of an outage, as there is no picture of it: JPEG, 320 by 180 pixels. Without a font of this computer it has no words.</summary>
    byte[] Card(OutageReport outage);
}

using Ambianic.Core.Frames;
using Ambianic.Core.Timeline;
using Ambianic.Core.Visibility;
using Ambianic.Core.Vision;

namespace Ambianic.Media.Pictures;

/// <summary>Encodes the pictures of events with SkiaSharp.</summary>
public sealed class EventPictureEncoder : IEventPictureEncoder
{
    /// <inheritdoc/>
    public byte[] Encode(Frame frame)
    {
        using var image = EventImage.Of(frame, null);
        return image.Jpeg();
    }

    /// <inheritdoc/>
    public byte[] Encode(Frame frame, int width, IReadOnlyList<Detection> boxes)
    {
        using var image = EventImage.Of(frame, null);
        return image.Jpeg((float)width / frame.Width, boxes);
    }

    /// <inheritdoc/>
    public (byte[] Picture, byte[] Thumbnail) Encode(Frame frame, Box? region, IReadOnlyList<Detection> boxes)
    {
        using var image = EventImage.Of(frame, region);
        return (image.Jpeg(), image.ThumbnailJpeg(boxes));
    }

    /// <inheritdoc/>
    public byte[] Card(OutageReport outage) => OutageCard.Jpeg(outage);
}

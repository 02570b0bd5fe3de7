namespace Ambianic.Media.Sources.Ffmpeg;

/// <summary>Where something of a stream is missing, as far as a line of ffmpeg says.</summary>
internal enum Loss
{
    /// <summary>In the packet that ffmpeg took last, or in the next one: it notices a gap in the packets behind it.</summary>
    BetweenPackets,

    /// <summary>In the packet that ffmpeg took last: the decoder cannot make sense of it.</summary>
    InNewestPacket,

    /// <summary>In the picture that ffmpeg shows next.</summary>
    InNextPicture,
}

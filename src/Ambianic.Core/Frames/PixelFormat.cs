namespace Ambianic.Core.Frames;

/// <summary>How the pixels of a <see cref="Frame"/> lie in memory.</summary>
public enum PixelFormat
{
    /// <summary>
    /// Three planes, 8 bits: Y at full size, then U and V at half size in both directions (rounded up).
    /// Colours are those of <see cref="Bt601"/>. What video decoders give; 1.5 bytes a pixel.
    /// </summary>
    I420,

    /// <summary>One plane, 4 bytes a pixel: red, green, blue (sRGB, 0 to 255) and an opaque alpha. What still pictures decode to.</summary>
    Rgba32,
}

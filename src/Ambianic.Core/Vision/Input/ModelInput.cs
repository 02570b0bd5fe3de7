namespace Ambianic.Core.Vision.Input;

/// <summary>How a picture has to be prepared for a model: batch of one, three channels.</summary>
/// <param name="Width">Width of the tensor in pixels; the largest width when <see cref="SizeMultiple"/> is set.</param>
/// <param name="Height">Height of the tensor in pixels; the largest height when <see cref="SizeMultiple"/> is set.</param>
/// <param name="Order">Order of the channels in the tensor.</param>
/// <param name="Layout">Order of the axes in the tensor.</param>
/// <param name="Type">Type of the tensor's elements.</param>
/// <param name="Mean">Per channel in the tensor's order, in pixel values 0..255: an element is <c>(pixel - Mean) * Scale</c>.</param>
/// <param name="Scale">Per channel in the tensor's order.</param>
/// <param name="Placement">Where the picture lies in a tensor of another aspect.</param>
/// <param name="Pad">Pixel value, all channels, of what the picture does not cover; normalised like a pixel.</param>
public sealed record ModelInput(
    int Width,
    int Height,
    ChannelOrder Order,
    TensorLayout Layout,
    TensorType Type,
    IReadOnlyList<float> Mean,
    IReadOnlyList<float> Scale,
    LetterboxPlacement Placement,
    byte Pad)
{
    /// <summary>The longest side of a tensor in pixels: more than any detector wants, and 192 MiB of floats at most.</summary>
    public const int LargestSide = 4096;

    /// <summary>
    /// 0: the tensor always has <see cref="Width"/> x <see cref="Height"/>. Otherwise the picture is scaled to fit into that
    /// size, aspect kept, and each side of the tensor is the picture's, rounded up to a multiple of this.
    /// </summary>
    public int SizeMultiple { get; init; }

    /// <summary>The same input with elements from -1 to 1.</summary>
    public ModelInput BetweenMinusOneAndOne() => this with
    {
        Mean = [127.5f, 127.5f, 127.5f], Scale = [1 / 127.5f, 1 / 127.5f, 1 / 127.5f],
    };

    /// <summary>The same input less ImageNet's mean colour, in its standard deviations (red .485 and .229, green .456 and .224, blue .406 and .225).</summary>
    public ModelInput AsInImageNet() => this with
    {
        Mean = [123.675f, 116.28f, 103.53f], Scale = [1 / 58.395f, 1 / 57.12f, 1 / 57.375f],
    };

    /// <summary>Elements that are the pixels themselves, 0..255.</summary>
    public static IReadOnlyList<float> NoMean { get; } = [0, 0, 0];

    /// <summary>Elements that are the pixels themselves, 0..255.</summary>
    public static IReadOnlyList<float> NoScale { get; } = [1, 1, 1];

    /// <summary>Elements from 0 to 1.</summary>
    public static IReadOnlyList<float> UnitScale { get; } = [1 / 255f, 1 / 255f, 1 / 255f];
}

/// <summary>Order of colour channels.</summary>
public enum ChannelOrder
{
    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Blue, green, red.</summary>
    Bgr,
}

/// <summary>Order of a tensor's axes: N batch, C channel, H row, W column.</summary>
public enum TensorLayout
{
    /// <summary>One plane per channel.</summary>
    Nchw,

    /// <summary>Channels interleaved.</summary>
    Nhwc,
}

/// <summary>Type of a tensor's elements.</summary>
public enum TensorType
{
    /// <summary>32 bits, IEEE 754.</summary>
    Float,

    /// <summary>16 bits, IEEE 754.</summary>
    Float16,

    /// <summary>8 bits, unsigned.</summary>
    UInt8,

    /// <summary>32 bits, signed.</summary>
    Int32,
}

/// <summary>Where a picture lies in a tensor of another aspect.</summary>
public enum LetterboxPlacement
{
    /// <summary>At the left and top; padding at the right or bottom.</summary>
    TopLeft,

    /// <summary>In the middle; half of the padding on each side.</summary>
    Centred,
}

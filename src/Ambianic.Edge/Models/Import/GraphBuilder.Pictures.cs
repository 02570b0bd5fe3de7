namespace Ambianic.Models.Import;

/// <summary>How a window moves over a picture.</summary>
/// <param name="Same">True: padded so that a stride of one keeps the size (TensorFlow's SAME). False: not padded.</param>
/// <param name="StrideY">Rows from one window to the next.</param>
/// <param name="StrideX">Columns from one window to the next.</param>
internal readonly record struct Window(bool Same, long StrideY, long StrideX)
{
    public string AutoPad => Same ? "SAME_UPPER" : "VALID";

    public long[] Strides => [StrideY, StrideX];
}

/// <summary>How a picture is resized.</summary>
internal enum ResizeGrid
{
    /// <summary>Pixel <c>i</c> is at <c>i</c>.</summary>
    Asymmetric,

    /// <summary>Pixel <c>i</c> is at <c>i + 0.5</c>.</summary>
    HalfPixel,

    /// <summary>The corner pixels of both pictures lie on each other.</summary>
    AlignCorners,
}

/// <content>Operators on pictures; these are the ones whose layout differs.</content>
internal sealed partial class GraphBuilder
{
    /// <summary>A convolution.</summary>
    /// <param name="picture">Batch, row, column, channel.</param>
    /// <param name="filter">Output channel, input channel of the group, row, column.</param>
    /// <param name="bias">Per output channel, or null.</param>
    /// <param name="window">How the filter moves.</param>
    /// <param name="dilations">Distance of the filter's rows and columns.</param>
    /// <param name="groups">1, or the number of channels of a depthwise convolution.</param>
    public string Convolve(string picture, string filter, string? bias, Window window, long[] dilations, long groups) => Emit(
        "Conv",
        bias is null ? [picture, filter] : [picture, filter, bias],
        ("auto_pad", window.AutoPad),
        ("strides", window.Strides),
        ("dilations", dilations),
        ("group", groups));

    /// <summary>The largest, or the mean of each window's pixels; padding does not count.</summary>
    public string Pool(string op, string picture, Window window, long[] kernel) => Emit(
        op, [picture], ("auto_pad", window.AutoPad), ("strides", window.Strides), ("kernel_shape", kernel));

    /// <summary>A picture of <paramref name="size"/> rows and columns, interpolated linearly or from the nearest pixel.</summary>
    public string Resize(string picture, string size, bool linear, ResizeGrid grid)
    {
        var transformation = grid switch
        {
            ResizeGrid.AlignCorners => "align_corners",
            ResizeGrid.HalfPixel => linear ? "half_pixel" : "tf_half_pixel_for_nn",
            _ => "asymmetric",
        };
        return Emit(
            "Resize",
            [picture, "", "", Cast(size, ElementType.Int64)],
            ("mode", linear ? "linear" : "nearest"),
            ("coordinate_transformation_mode", transformation),
            ("nearest_mode", grid == ResizeGrid.AlignCorners ? "round_prefer_ceil" : "floor"),
            ("axes", new long[] { 1, 2 }));
    }

    /// <summary>Moves blocks of channels into rows and columns.</summary>
    public string DepthToSpace(string picture, long block) =>
        Emit("DepthToSpace", [picture], ("blocksize", block), ("mode", "DCR"));

    /// <summary>Moves blocks of rows and columns into channels.</summary>
    public string SpaceToDepth(string picture, long block) => Emit("SpaceToDepth", [picture], ("blocksize", block));

    /// <summary>Adds elements of <paramref name="value"/> (zero when null) around a tensor.</summary>
    /// <param name="tensor">What is padded.</param>
    /// <param name="paddings">Per axis how many before and after; known beforehand.</param>
    /// <param name="value">A scalar, or null.</param>
    public string Pad(string tensor, string paddings, string? value)
    {
        var pairs = IntegersOf(paddings);
        var axes = pairs.Length / 2;
        var pads = new long[pairs.Length];
        for (var i = 0; i < axes; i++)
        {
            pads[i] = pairs[2 * i];
            pads[axes + i] = pairs[(2 * i) + 1];
        }

        return Emit("Pad", value is null ? [tensor, Integers(pads)] : [tensor, Integers(pads), value]);
    }
}

namespace Ambianic.OnnxImport.Graphs;

/// <summary>How a window moves over a picture.</summary>
/// <param name="Same">True: padded so that a stride of one keeps the size (TensorFlow's SAME). False: not padded.</param>
/// <param name="StrideY">Rows from one window to the next.</param>
/// <param name="StrideX">Columns from one window to the next.</param>
internal readonly record struct Window(bool Same, long StrideY, long StrideX)
{
    public string AutoPad => Same ? "SAME_UPPER" : "VALID";

    public long[] Strides => [StrideY, StrideX];
}

/// <summary>Sizes of a transposed convolution along one axis.</summary>
/// <param name="Input">Of the picture, in pixels.</param>
/// <param name="Filter">Of the filter, in pixels.</param>
/// <param name="Output">Of the result, in pixels.</param>
internal readonly record struct TransposedSizes(int Input, int Filter, int Output)
{
    /// <summary>How many pixels the windows cover beyond the result, cut off evenly at both ends; negative where they do not reach its end.</summary>
    /// <param name="same">Padded as TensorFlow's SAME.</param>
    /// <param name="stride">Pixels of the result from one window to the next.</param>
    /// <exception cref="GraphException">A convolution of the result would not have the picture's size.</exception>
    public long Surplus(bool same, long stride)
    {
        var least = ((Input - 1L) * stride) + (same ? 1 : Filter);
        return stride > 0 && Input > 0 && Filter > 0 && Output >= least && Output < least + stride
            ? ((Input - 1L) * stride) + Filter - Output
            : throw new GraphException(
                $"{Input} pixels cannot become {Output} with a filter of {Filter}, a stride of {stride} and {(same ? "SAME" : "VALID")} padding");
    }
}

/// <summary>How a picture is resized.</summary>
internal enum ResizeGrid
{
    /// <summary>Pixel <c>i</c> is at <c>i</c>.</summary>
    Asymmetric,

    /// <summary>Pixel <c>i</c> is at <c>i + 0.5</c>.</summary>
    HalfPixel,

    /// <summary>The corner pixels of both pictures coincide.</summary>
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

    /// <summary>A transposed convolution: each pixel is spread over a window of the result.</summary>
    /// <param name="picture">Batch, row, column, channel.</param>
    /// <param name="filter">Input channel, output channel, row, column.</param>
    /// <param name="bias">Per output channel, or null.</param>
    /// <param name="window">The convolution that would lead back.</param>
    /// <param name="rows">Rows of picture, filter and result.</param>
    /// <param name="columns">Columns of picture, filter and result.</param>
    /// <exception cref="GraphException">The sizes do not belong together.</exception>
    public string ConvolveTransposed(
        string picture, string filter, string? bias, Window window, TransposedSizes rows, TransposedSizes columns)
    {
        var (y, x) = (rows.Surplus(window.Same, window.StrideY), columns.Surplus(window.Same, window.StrideX));
        return Emit(
            "ConvTranspose",
            bias is null ? [picture, filter] : [picture, filter, bias],
            ("strides", window.Strides),
            ("pads", new[] { Math.Max(0, y) / 2, Math.Max(0, x) / 2, (Math.Max(0, y) + 1) / 2, (Math.Max(0, x) + 1) / 2 }),
            ("output_padding", new[] { Math.Max(0, -y), Math.Max(0, -x) }));
    }

    /// <summary>The largest, or the mean of each window's pixels; padding does not count.</summary>
    public string Pool(string op, string picture, Window window, long[] kernel) => Emit(
        op, [picture], ("auto_pad", window.AutoPad), ("strides", window.Strides), ("kernel_shape", kernel));

    /// <summary>A picture of <paramref name="size"/> rows and columns, interpolated linearly or from the nearest pixel.</summary>
    public string Resize(string picture, string size, bool linear, ResizeGrid grid)
    {
        var transformation = grid switch
        {
            ResizeGrid.AlignCorners => "align_corners",
            ResizeGrid.HalfPixel => "half_pixel",
            _ => "asymmetric",
        };

        // TensorFlow rounds i + 0.5 pixels down, where ONNX first subtracts the half: then rounding to the nearest, halves up, gives the same.
        var nearest = grid == ResizeGrid.Asymmetric ? "floor" : "round_prefer_ceil";
        return Emit(
            "Resize",
            [picture, "", "", Cast(size, ElementType.Int64)],
            ("mode", linear ? "linear" : "nearest"),
            ("coordinate_transformation_mode", transformation),
            ("nearest_mode", nearest));
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
        var pads = PadsOf(paddings);
        return Emit("Pad", value is null ? [tensor, Integers(pads)] : [tensor, Integers(pads), value]);
    }

    /// <summary>Adds elements around a tensor that mirror those inside.</summary>
    /// <param name="tensor">What is padded.</param>
    /// <param name="paddings">Per axis how many before and after; known beforehand.</param>
    /// <param name="symmetric">True: the outermost element is mirrored too.</param>
    /// <exception cref="GraphException">ONNX cannot say it.</exception>
    public string PadMirrored(string tensor, string paddings, bool symmetric)
    {
        var pads = PadsOf(paddings);
        if (symmetric && pads.Any(pad => pad > 1))
        {
            throw new GraphException("SYMMETRIC padding by more than one element is not supported");
        }

        return Emit("Pad", [tensor, Integers(pads)], ("mode", symmetric ? "edge" : "reflect"));
    }

    /// <summary>As ONNX wants them: first those before, then those after.</summary>
    private long[] PadsOf(string paddings)
    {
        var pairs = IntegersOf(paddings);
        var axes = pairs.Length / 2;
        var pads = new long[pairs.Length];
        for (var i = 0; i < axes; i++)
        {
            pads[i] = pairs[2 * i];
            pads[axes + i] = pairs[(2 * i) + 1];
        }

        return pads;
    }
}

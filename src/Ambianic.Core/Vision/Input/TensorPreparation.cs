using System.Numerics;
using Ambianic.Core.Frames;

namespace Ambianic.Core.Vision.Input;

/// <summary>
/// Turns a part of a frame into a model's input in one pass over the pixels: crop, resize, letterbox, colour, normalise.
/// Each target row is made on its own: first down the columns, then along the row, then through a colour matrix, so that
/// nothing but a few rows is ever stored besides the tensor.
/// </summary>
/// <remarks>
/// Not safe to use from several threads. Allocates only when the geometry changes. The padding is written when the
/// geometry or the tensor changes and is then left alone, so the caller keeps one tensor and does not write to it.
/// </remarks>
/// <typeparam name="T"><see cref="float"/>, <see cref="Half"/>, <see cref="byte"/> or <see cref="int"/>, as the model's input says.</typeparam>
public sealed class TensorPreparation<T>(ModelInput input)
    where T : unmanaged, INumber<T>
{
    private readonly ColourChannel[] _fromI420 = ColourChannel.For(PixelFormat.I420, input);
    private readonly ColourChannel[] _fromRgba = ColourChannel.For(PixelFormat.Rgba32, input);
    private readonly Resampling _columns = new();
    private readonly Resampling _rows = new();
    private readonly Resampling _chromaColumns = new();
    private readonly Resampling _chromaRows = new();
    private readonly float[][] _picture = new float[3][];
    private float[] _source = [];
    private float[] _mixed = [];
    private (int Width, int Height, PixelFormat Format, Letterbox Letterbox, T[] Tensor) _prepared;

    /// <summary>Where a part of a frame will lie; says how large the tensor has to be.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="region">The part, relative to the frame; null is the whole frame.</param>
    public Letterbox Fit(Frame frame, Box? region) => Letterbox.Fit(input, frame.Width, frame.Height, region);

    /// <summary>Writes the tensor: batch of one, three channels, in the model's layout.</summary>
    /// <param name="frame">Only read.</param>
    /// <param name="letterbox">From <see cref="Fit"/> for this frame.</param>
    /// <param name="tensor">At least as long as the letterbox says.</param>
    public void Write(Frame frame, in Letterbox letterbox, T[] tensor)
    {
        var geometry = (frame.Width, frame.Height, frame.Format, letterbox, tensor);
        if (geometry != _prepared)
        {
            BuildTables(frame, letterbox);
            Pad(letterbox, tensor);
            _prepared = geometry;
        }

        var colours = frame.Format == PixelFormat.I420 ? _fromI420 : _fromRgba;
        for (var y = 0; y < letterbox.Height; y++)
        {
            ReadRow(frame, y);
            for (var channel = 0; channel < 3; channel++)
            {
                WriteRow(letterbox, y, channel, colours[channel], tensor);
            }
        }
    }

    private void BuildTables(Frame frame, in Letterbox letterbox)
    {
        var width = MathF.Max(1, letterbox.Region.Width * frame.Width);
        var height = MathF.Max(1, letterbox.Region.Height * frame.Height);
        var left = MathF.Min(letterbox.Region.XMin * frame.Width, frame.Width - width);
        var top = MathF.Min(letterbox.Region.YMin * frame.Height, frame.Height - height);
        _columns.Build(left, width, frame.Width, letterbox.Width);
        _rows.Build(top, height, frame.Height, letterbox.Height);
        if (frame.Format == PixelFormat.I420)
        {
            _chromaColumns.Build(left / 2, width / 2, (frame.Width + 1) / 2, letterbox.Width);
            _chromaRows.Build(top / 2, height / 2, (frame.Height + 1) / 2, letterbox.Height);
        }

        Array.Resize(ref _source, Math.Max(_source.Length, frame.Stride(0)));
        Array.Resize(ref _mixed, Math.Max(_mixed.Length, letterbox.Width));
        for (var channel = 0; channel < 3; channel++)
        {
            Array.Resize(ref _picture[channel], _mixed.Length);
        }
    }

    private void Pad(in Letterbox letterbox, T[] tensor)
    {
        var pixels = letterbox.TensorWidth * letterbox.TensorHeight;
        for (var i = 0; i < pixels * 3; i++)
        {
            var channel = input.Layout == TensorLayout.Nchw ? i / pixels : i % 3;
            tensor[i] = RowArithmetic.Element<T>((input.Pad - input.Mean[channel]) * input.Scale[channel]);
        }
    }

    /// <summary>Makes the three channels of target row <paramref name="y"/>, in the frame's own colours.</summary>
    private void ReadRow(Frame frame, int y)
    {
        if (frame.Format == PixelFormat.I420)
        {
            ReadPlane(frame, 0, _rows, _columns, y, 1);
            ReadPlane(frame, 1, _chromaRows, _chromaColumns, y, 1);
            ReadPlane(frame, 2, _chromaRows, _chromaColumns, y, 1);
        }
        else
        {
            ReadPlane(frame, 0, _rows, _columns, y, 4);
        }
    }

    private void ReadPlane(Frame frame, int plane, Resampling rows, Resampling columns, int y, int interleaved)
    {
        var pixels = frame.Plane(plane);
        var stride = frame.Stride(plane);
        var first = columns.First * interleaved;
        var sum = _source.AsSpan(first, (columns.End * interleaved) - first);
        var weights = rows.Weights.Slice(y * rows.Taps, rows.Taps);
        RowArithmetic.Combine(pixels[((rows.Starts[y] * stride) + first)..], stride, weights, sum);
        for (var channel = 0; channel < Math.Min(3, interleaved); channel++)
        {
            RowArithmetic.Gather(
                _source, columns.Starts, columns.Weights, columns.Taps, channel, interleaved, _picture[plane + channel]);
        }
    }

    private void WriteRow(in Letterbox letterbox, int y, int channel, in ColourChannel colour, T[] tensor)
    {
        var start = ((letterbox.Y + y) * letterbox.TensorWidth) + letterbox.X;
        var planar = input.Layout == TensorLayout.Nchw;
        if (planar)
        {
            start += channel * letterbox.TensorWidth * letterbox.TensorHeight;
        }

        var mixed = planar && tensor is float[] floats
            ? floats.AsSpan(start, letterbox.Width)
            : _mixed.AsSpan(0, letterbox.Width);
        RowArithmetic.Mix(_picture[0], _picture[1], _picture[2], colour, mixed);
        if (!planar)
        {
            RowArithmetic.Spread(mixed, tensor.AsSpan((start * 3) + channel), 3);
        }
        else if (tensor is not float[])
        {
            RowArithmetic.Spread(mixed, tensor.AsSpan(start), 1);
        }
    }
}

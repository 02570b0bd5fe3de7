namespace Ambianic.Models.Import;

/// <summary>Which part of each axis TensorFlow's StridedSlice takes; bit <c>i</c> of a mask speaks of axis <c>i</c>.</summary>
/// <param name="BeginMask">From the first element.</param>
/// <param name="EndMask">To the last element.</param>
/// <param name="NewAxisMask">A new axis of size one.</param>
/// <param name="ShrinkAxisMask">One element, and the axis goes.</param>
internal readonly record struct SliceMasks(long BeginMask, long EndMask, long NewAxisMask, long ShrinkAxisMask);

/// <content>Operators that rearrange.</content>
internal sealed partial class GraphBuilder
{
    public string Reshape(string value, string shape) => Emit("Reshape", [value, Cast(shape, ElementType.Int64)]);

    public string Transpose(string value, long[] axes) => Emit("Transpose", [value], ("perm", axes));

    public string Concat(IReadOnlyList<string> values, long axis) =>
        values.Count == 1 ? values[0] : Emit("Concat", values, ("axis", axis));

    public string Unsqueeze(string value, long axis) => Emit("Unsqueeze", [value, Integers(axis)]);

    /// <summary>Without the axes of size one: all of them when none is named.</summary>
    public string Squeeze(string value, params ReadOnlySpan<long> axes) =>
        Emit("Squeeze", axes.IsEmpty ? [value] : [value, Integers(axes)]);

    /// <summary>Values of one shape beside each other on a new axis.</summary>
    public string Pack(IReadOnlyList<string> values, long axis) =>
        Concat([.. values.Select(value => Unsqueeze(value, axis))], axis);

    /// <summary>The elements of an axis, without it.</summary>
    public string[] Unpack(string value, int count, long axis) =>
        [.. Split(value, count, axis).Select(part => Squeeze(part, axis))];

    /// <summary>Equal parts.</summary>
    public string[] Split(string value, int count, long axis) => count == 1
        ? [value]
        : Emit("Split", count, [value], ("axis", axis), ("num_outputs", (long)count));

    /// <summary>Parts of known sizes.</summary>
    public string[] Split(string value, long[] sizes, long axis) =>
        Emit("Split", sizes.Length, [value, Integers(sizes)], ("axis", axis));

    public string Tile(string value, string repeats) => Emit("Tile", [value, Cast(repeats, ElementType.Int64)]);

    /// <summary>A tensor of one value.</summary>
    public string Fill(string shape, string value) => Emit("Expand", [value, Cast(shape, ElementType.Int64)]);

    /// <summary>Sizes of the axes, as 32-bit integers.</summary>
    public string Shape(string value) => Cast(Emit("Shape", [value]), ElementType.Int32);

    /// <summary>Number of elements, as a 32-bit integer.</summary>
    public string Size(string value) => Cast(Emit("Size", [value]), ElementType.Int32);

    public string Gather(string value, string indices, long axis) => Emit("Gather", [value, indices], ("axis", axis));

    public string GatherNd(string value, string indices) => Emit("GatherND", [value, Cast(indices, ElementType.Int64)]);

    /// <summary>As many elements of each axis as <paramref name="sizes"/> say, -1 being the rest.</summary>
    public string Slice(string value, long[] begin, long[] sizes)
    {
        var ends = begin.Zip(sizes, (first, size) => size < 0 ? int.MaxValue : first + size);
        var (axes, steps) = (Enumerable.Range(0, begin.Length).Select(axis => (long)axis), Enumerable.Repeat(1L, begin.Length));
        return Emit("Slice", [value, Integers(begin), Integers([.. ends]), Integers([.. axes]), Integers([.. steps])]);
    }

    /// <summary>A part of a tensor.</summary>
    /// <exception cref="ModelException">Its limits are computed.</exception>
    public string StridedSlice(string value, string begin, string end, string strides, SliceMasks masks)
    {
        var (first, last, steps) = (IntegersOf(begin), IntegersOf(end), IntegersOf(strides));
        List<long> starts = [], ends = [], axes = [], taken = [], shrunk = [], added = [];
        var axis = 0;
        for (var i = 0; i < first.Length; i++)
        {
            var bit = 1L << i;
            if ((masks.NewAxisMask & bit) != 0)
            {
                added.Add(axis + added.Count - shrunk.Count);
                continue;
            }

            var forwards = steps[i] > 0;
            if ((masks.ShrinkAxisMask & bit) != 0)
            {
                Take(first[i], first[i] == -1 ? int.MaxValue : first[i] + 1, 1);
                shrunk.Add(axis);
            }
            else if ((masks.BeginMask & masks.EndMask & bit) == 0 || steps[i] != 1)
            {
                Take(
                    (masks.BeginMask & bit) == 0 ? first[i] : forwards ? 0 : int.MaxValue,
                    (masks.EndMask & bit) == 0 ? last[i] : forwards ? int.MaxValue : int.MinValue,
                    steps[i]);
            }

            axis++;
        }

        var result = starts.Count == 0 ? value : Emit(
            "Slice",
            [value, Integers([.. starts]), Integers([.. ends]), Integers([.. axes]), Integers([.. taken])]);
        result = shrunk.Count == 0 ? result : Squeeze(result, [.. shrunk]);
        return added.Count == 0 ? result : Emit("Unsqueeze", [result, Integers([.. added])]);

        void Take(long from, long to, long step)
        {
            starts.Add(from);
            ends.Add(to);
            axes.Add(axis);
            taken.Add(step);
        }
    }
}

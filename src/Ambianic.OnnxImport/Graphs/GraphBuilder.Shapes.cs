namespace Ambianic.OnnxImport.Graphs;

/// <summary>Which part of each axis TensorFlow's StridedSlice takes; bit <c>i</c> of a mask is for axis <c>i</c>.</summary>
/// <param name="BeginMask">From the first element.</param>
/// <param name="EndMask">To the last element.</param>
/// <param name="EllipsisMask">All axes that nothing else speaks of, as they are.</param>
/// <param name="NewAxisMask">A new axis of size one.</param>
/// <param name="ShrinkAxisMask">One element, and the axis goes.</param>
internal readonly record struct SliceMasks(
    long BeginMask, long EndMask, long EllipsisMask, long NewAxisMask, long ShrinkAxisMask)
{
    public bool IsEllipsis(int i) => Has(EllipsisMask, i);

    public bool IsNewAxis(int i) => !IsEllipsis(i) && Has(NewAxisMask, i);

    public bool IsShrunk(int i) => !IsEllipsis(i) && !IsNewAxis(i) && Has(ShrinkAxisMask, i);

    public bool IsFromFirst(int i) => Has(BeginMask, i);

    public bool IsToLast(int i) => Has(EndMask, i);

    private static bool Has(long mask, int i) => (mask >> i & 1) != 0;
}

/// <content>Operators that rearrange.</content>
internal sealed partial class GraphBuilder
{
    private const int MostSliced = 32; // as many as TensorFlow's masks have bits

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

    /// <summary>The elements of an axis that <paramref name="indices"/> name.</summary>
    /// <param name="value">What they are taken from.</param>
    /// <param name="indices">Of any shape.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="batches">How many first axes value and indices share.</param>
    /// <exception cref="GraphException">The axes that are shared are not those before the axis.</exception>
    public string Gather(string value, string indices, long axis, long batches) => batches switch
    {
        0 => Emit("Gather", [value, indices], ("axis", axis)),
        > 0 when batches == axis => Emit("GatherND", [value, Unsqueeze(Wide(indices), -1)], ("batch_dims", batches)),
        _ => throw new GraphException($"batch_dims of {batches} with an axis of {axis} are not supported, only those that are equal"),
    };

    /// <summary>The same for values of a known number of axes: the shared ones may be anywhere before the axis.</summary>
    /// <exception cref="GraphException">There are no such axes.</exception>
    public string Gather((string Value, int Axes) value, (string Value, int Axes) indices, long axis, long batches)
    {
        axis += axis < 0 ? value.Axes : 0;
        batches += batches < 0 ? indices.Axes : 0;
        if (batches < 0 || batches > axis || batches > indices.Axes || axis >= value.Axes)
        {
            throw new GraphException($"batch_dims of {batches} do not fit an axis of {axis}");
        }

        if (batches == axis || batches == 0)
        {
            return Gather(value.Value, indices.Value, axis, batches);
        }

        // The axis is brought before those between it and the shared ones, and these are brought back afterwards.
        var (shared, between) = (Axes(0, batches), Axes(batches, axis));
        var gathered = Gather(
            Transpose(value.Value, [.. shared, axis, .. between, .. Axes(axis + 1, value.Axes)]), indices.Value, batches, batches);
        return Transpose(gathered, [
            .. shared,
            .. Axes(indices.Axes, indices.Axes + axis - batches),
            .. Axes(batches, indices.Axes),
            .. Axes(indices.Axes + axis - batches, value.Axes - 1 + indices.Axes - batches)]);

        static IEnumerable<long> Axes(long from, long to) => Enumerable.Range(0, (int)(to - from)).Select(i => from + i);
    }

    /// <summary>The parts that the last axis of <paramref name="indices"/> names.</summary>
    public string GatherNd(string value, string indices) => Emit("GatherND", [value, Wide(indices)]);

    /// <summary>Indices as GatherND wants them; constant ones too, which may be many.</summary>
    private string Wide(string indices) => Emit("Cast", [indices], ("to", (long)ElementType.Int64));

    /// <summary>As many elements of each axis as <paramref name="sizes"/> say, -1 being the rest.</summary>
    public string Slice(string value, long[] begin, long[] sizes)
    {
        var ends = begin.Zip(sizes, (first, size) => size < 0 ? int.MaxValue : first + size);
        var (axes, steps) = (Enumerable.Range(0, begin.Length).Select(axis => (long)axis), Enumerable.Repeat(1L, begin.Length));
        return Emit("Slice", [value, Integers(begin), Integers([.. ends]), Integers([.. axes]), Integers([.. steps])]);
    }

    /// <summary>A part of a tensor.</summary>
    /// <exception cref="GraphException">Its limits are computed.</exception>
    public string StridedSlice(string value, string begin, string end, string strides, SliceMasks masks)
    {
        var (first, last, steps) = (IntegersOf(begin), IntegersOf(end), IntegersOf(strides));
        if (last.Length != first.Length || steps.Length != first.Length || first.Length > MostSliced)
        {
            throw new GraphException("the file is damaged: it says different numbers of begins, ends and strides");
        }

        List<long> starts = [], ends = [], axes = [], taken = [], shrunk = [], added = [];
        var items = Enumerable.Range(0, first.Length);
        var (axis, result) = (0, 0); // of the tensor, and of the result; counted from the end after an ellipsis
        foreach (var i in items)
        {
            if (masks.IsEllipsis(i))
            {
                axis = -items.Count(later => later > i && !masks.IsNewAxis(later));
                result = -items.Count(later => later > i && !masks.IsShrunk(later));
                continue;
            }

            if (masks.IsNewAxis(i))
            {
                added.Add(result++);
                continue;
            }

            var forwards = steps[i] > 0;
            if (masks.IsShrunk(i))
            {
                Take(first[i], first[i] == -1 ? int.MaxValue : first[i] + 1, 1);
                shrunk.Add(axis++);
                continue;
            }

            if (!masks.IsFromFirst(i) || !masks.IsToLast(i) || steps[i] != 1)
            {
                Take(
                    !masks.IsFromFirst(i) ? first[i] : forwards ? 0 : int.MaxValue,
                    !masks.IsToLast(i) ? last[i] : forwards ? int.MaxValue : int.MinValue,
                    steps[i]);
            }

            axis++;
            result++;
        }

        var part = starts.Count == 0 ? value : Emit(
            "Slice",
            [value, Integers([.. starts]), Integers([.. ends]), Integers([.. axes]), Integers([.. taken])]);
        part = shrunk.Count == 0 ? part : Squeeze(part, [.. shrunk]);
        return added.Count == 0 ? part : Emit("Unsqueeze", [part, Integers([.. added])]);

        void Take(long from, long to, long step)
        {
            starts.Add(from);
            ends.Add(to);
            axes.Add(axis);
            taken.Add(step);
        }
    }
}

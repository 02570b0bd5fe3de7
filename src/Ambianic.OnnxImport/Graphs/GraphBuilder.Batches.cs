namespace Ambianic.OnnxImport.Graphs;

/// <content>Operators that move pixels between the batch and the picture, as dilated convolutions are sometimes written.</content>
internal sealed partial class GraphBuilder
{
    /// <summary>Pads, and moves each position within the blocks to a batch of its own.</summary>
    /// <param name="value">Batch, one axis for each block, and the rest.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="blocks">Sizes of a block.</param>
    /// <param name="paddings">Per block how many before and after; known beforehand.</param>
    /// <exception cref="GraphException">The sizes do not belong together.</exception>
    public string SpaceToBatch(string value, IReadOnlyList<int> shape, long[] blocks, string paddings)
    {
        var pads = IntegersOf(paddings);
        CheckBlocks(shape, blocks, pads);
        var (count, rest) = (blocks.Length, shape.Skip(1 + blocks.Length).Select(size => (long)size).ToArray());
        long[] padded = [.. blocks.Select((_, i) => shape[1 + i] + pads[2 * i] + pads[(2 * i) + 1])];
        if (padded.Zip(blocks).Any(axis => axis.First % axis.Second != 0))
        {
            throw new GraphException($"[{string.Join(", ", padded)}] cannot be divided into blocks of [{string.Join(", ", blocks)}]");
        }

        var everyAxis = Constant(Tensor.Of([shape.Count, 2], [0L, 0L, .. pads, .. new long[2 * rest.Length]]));
        var divided = Reshaped(Pad(value, everyAxis, null), [shape[0], .. padded.Zip(blocks, (size, block) => (long[])[size / block, block]).SelectMany(sizes => sizes), .. rest]);
        var moved = Transpose(divided, [
            .. Numbers(count).Select(i => 2 + (2 * i)), 0, .. Numbers(count).Select(i => 1 + (2 * i)), .. Numbers(rest.Length).Select(i => 1 + (2 * count) + i)]);
        return Reshaped(moved, [shape[0] * Product(blocks), .. padded.Zip(blocks, (size, block) => size / block), .. rest]);
    }

    /// <summary>The reverse: puts the pixels of the batches into blocks, and cuts off edges.</summary>
    /// <param name="value">Batch, one axis for each block, and the rest.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="blocks">Sizes of a block.</param>
    /// <param name="crops">Per block how many to cut off before and after.</param>
    /// <exception cref="GraphException">The sizes do not belong together.</exception>
    public string BatchToSpace(string value, IReadOnlyList<int> shape, long[] blocks, long[] crops)
    {
        CheckBlocks(shape, blocks, crops);
        var (count, rest) = (blocks.Length, shape.Skip(1 + blocks.Length).Select(size => (long)size).ToArray());
        var batch = shape[0] / Product(blocks);
        if (batch * Product(blocks) != shape[0])
        {
            throw new GraphException($"a batch of {shape[0]} cannot fill blocks of [{string.Join(", ", blocks)}]");
        }

        var divided = Reshaped(value, [.. blocks, batch, .. shape.Skip(1).Select(size => (long)size)]);
        var moved = Transpose(divided, [
            count, .. Numbers(count).SelectMany(i => (long[])[count + 1 + i, i]), .. Numbers(rest.Length).Select(i => (2 * count) + 1 + i)]);
        long[] sizes = [.. blocks.Select((block, i) => block * shape[1 + i])];
        var whole = Reshaped(moved, [batch, .. sizes, .. rest]);
        return Slice(
            whole,
            [0, .. Numbers(count).Select(i => crops[2 * i]), .. new long[rest.Length]],
            [-1, .. sizes.Select((size, i) => Math.Max(0, size - crops[2 * i] - crops[(2 * i) + 1])), .. rest.Select(_ => -1L)]);
    }

    private static void CheckBlocks(IReadOnlyList<int> shape, long[] blocks, long[] edges)
    {
        const int LargestBlock = 4096;
        if (blocks.Length == 0 || shape.Count <= blocks.Length || edges.Length != 2 * blocks.Length
            || blocks.Any(block => block is < 1 or > LargestBlock) || edges.Any(edge => edge is < 0 or > int.MaxValue))
        {
            throw new GraphException(
                $"[{string.Join(", ", shape)}] has no blocks of [{string.Join(", ", blocks)}] with edges of [{string.Join(", ", edges)}]");
        }
    }

    private string Reshaped(string value, long[] sizes) => Emit("Reshape", [value, Integers(sizes)]);

    private static long Product(long[] sizes) => sizes.Aggregate(1L, (product, size) => checked(product * size));

    private static IEnumerable<long> Numbers(int count) => Enumerable.Range(0, count).Select(i => (long)i);
}

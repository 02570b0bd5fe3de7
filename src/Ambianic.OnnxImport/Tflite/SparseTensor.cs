using Ambianic.OnnxImport.Graphs;

namespace Ambianic.OnnxImport.Tflite;

/// <summary>
/// Unpacks a sparse constant: a tree with a level for each axis, in the order of traversal, and further levels for the
/// axes of blocks. A dense level has all its children, a sparse one those that its indices name.
/// </summary>
/// <remarks>Format: <c>SparsityParameters</c> in the schema of TensorFlow Lite.</remarks>
internal sealed class SparseTensor
{
    private const int MostLevels = 16;

    private readonly Level[] _levels;
    private readonly int[] _order;
    private readonly int[] _blockMap;
    private readonly int[] _index;
    private readonly IReadOnlyList<int> _shape;
    private readonly ReadOnlyMemory<byte> _packed;
    private readonly byte[] _dense;
    private readonly int _size;
    private long _visits;

    private SparseTensor(TfliteTensor tensor, FlatTable sparsity)
    {
        _shape = tensor.Shape;
        _packed = tensor.Data;
        _size = Tensor.SizeOf(tensor.Type);
        _order = sparsity.Int32s(0);
        _blockMap = sparsity.Int32s(1);
        _levels = [.. sparsity.Tables(2).Select(table => new Level(
            table.Byte(0) != 0, table.Int32(1), Integers(table, 2), Integers(table, 4)))];
        Check();
        _dense = new byte[Tensor.SizeInBytes(tensor.Type, _shape)];
        _visits = (long)_levels.Length * ((_dense.Length / _size) + 1);
        _index = new int[_levels.Length];
        Unpack(0, 0);
    }

    /// <summary>The tensor with all its zeros.</summary>
    /// <exception cref="GraphException">It is damaged.</exception>
    public static Tensor ToDense(TfliteTensor tensor, FlatTable sparsity) =>
        new(tensor.Type, tensor.Shape, new SparseTensor(tensor, sparsity)._dense);

    private void Check()
    {
        var axes = _shape.Count;
        var levels = axes + _blockMap.Length;
        var permutation = _order.Order().SequenceEqual(Enumerable.Range(0, levels));
        if (levels > MostLevels || _levels.Length != levels || !permutation || Array.Exists(_blockMap, axis => axis < 0 || axis >= axes))
        {
            throw Damaged();
        }

        for (var i = 0; i < _blockMap.Length; i++)
        {
            if (BlockSize(i) is var block && (block <= 0 || _shape[_blockMap[i]] % block != 0))
            {
                throw Damaged();
            }
        }

        for (var i = 0; i < levels; i++)
        {
            if (!_levels[i].IsSparse && _levels[i].Size != SizeOfLevel(_order[i]))
            {
                throw Damaged();
            }
        }
    }

    /// <summary>Levels of blocks come after those of axes and are always dense.</summary>
    private int BlockSize(int block) => _levels[Array.IndexOf(_order, _shape.Count + block)].Size;

    private int SizeOfLevel(int axis)
    {
        if (axis >= _shape.Count)
        {
            return BlockSize(axis - _shape.Count);
        }

        var block = Array.IndexOf(_blockMap, axis);
        return block < 0 ? _shape[axis] : _shape[axis] / BlockSize(block);
    }

    private void Unpack(int level, int position)
    {
        if (--_visits < 0)
        {
            throw Damaged();
        }

        if (level == _levels.Length)
        {
            _packed.Span.Slice(position * _size, _size).CopyTo(_dense.AsSpan(Offset() * _size));
            return;
        }

        var (isSparse, size, segments, indices) = _levels[level];
        var (first, last) = isSparse ? (segments[position], segments[position + 1]) : (0, size);
        for (var i = first; i < last; i++)
        {
            _index[_order[level]] = isSparse ? indices[i] : i;
            Unpack(level + 1, isSparse ? i : checked((position * size) + i));
        }
    }

    /// <summary>Place of the element that the indices name, row-major.</summary>
    private int Offset()
    {
        var offset = 0;
        for (var axis = 0; axis < _shape.Count; axis++)
        {
            var block = Array.IndexOf(_blockMap, axis);
            var at = block < 0 ? _index[axis] : (_index[axis] * BlockSize(block)) + _index[_shape.Count + block];
            offset = at >= 0 && at < _shape[axis] ? (offset * _shape[axis]) + at : throw Damaged();
        }

        return offset;
    }

    /// <summary>A union of vectors of 32, 16 or 8 bits.</summary>
    private static int[] Integers(FlatTable level, int field) => (level.Byte(field), level.Table(field + 1)) switch
    {
        (1, { } vector) => vector.Int32s(0),
        (2, { } vector) => vector.UInt16s(0),
        (3, { } vector) => [.. vector.Bytes(0).ToArray().Select(value => (int)value)],
        _ => [],
    };

    private static GraphException Damaged() => new("the file is damaged: a sparse constant contradicts itself");

    private readonly record struct Level(bool IsSparse, int Size, int[] Segments, int[] Indices);
}

using System.Buffers.Binary;
using System.Text;
using Ambianic.OnnxImport.Graphs;

namespace Ambianic.OnnxImport.Tflite;

/// <summary>
/// A table of a FlatBuffer, read in place. Every access is checked against the buffer, so that a hostile file is refused and does
/// nothing else.
/// </summary>
/// <remarks>Format: https://flatbuffers.dev/internals, "FlatBuffers Internals".</remarks>
internal readonly struct FlatTable
{
    private const int MostTables = 20_000;

    private readonly FlatBuffer _buffer;
    private readonly int _table;
    private readonly int _fields;
    private readonly int _fieldsLength;

    private FlatTable(FlatBuffer buffer, int table)
    {
        _buffer = buffer;
        _table = table;
        _fields = checked(table - buffer.Int32At(table));
        _fieldsLength = buffer.UInt16At(_fields);
    }

    /// <summary>The root table.</summary>
    /// <exception cref="GraphException">The buffer is too short.</exception>
    public static FlatTable Root(ReadOnlyMemory<byte> bytes)
    {
        var buffer = new FlatBuffer(bytes);
        return new FlatTable(buffer, buffer.Follow(0));
    }

    public int Int32(int field, int otherwise = 0) => Locate(field) is var at && at == 0 ? otherwise : _buffer.Int32At(at);

    public float Single(int field) => BitConverter.Int32BitsToSingle(Int32(field));

    public byte Byte(int field) => Locate(field) is var at && at == 0 ? (byte)0 : _buffer.Slice(at, 1)[0];

    public bool Bool(int field) => Byte(field) != 0;

    public string Text(int field)
    {
        var bytes = Bytes(field);
        _buffer.Spend(bytes.Length);
        return Encoding.UTF8.GetString(bytes.Span);
    }

    /// <summary>The sub-table, or null when it is left out.</summary>
    public FlatTable? Table(int field) => Locate(field) is var at && at == 0 ? null : new FlatTable(_buffer, _buffer.Follow(at));

    /// <summary>A vector of bytes in place, or text without its terminator; empty when it is left out.</summary>
    public ReadOnlyMemory<byte> Bytes(int field)
    {
        var (start, count) = Vector(field, 1);
        return _buffer.Bytes.Slice(start, count);
    }

    public int[] Int32s(int field) => Elements(field, 4, static (buffer, at) => buffer.Int32At(at));

    public long[] Int64s(int field) =>
        Elements(field, 8, static (buffer, at) => BinaryPrimitives.ReadInt64LittleEndian(buffer.Slice(at, 8)));

    public float[] Singles(int field) =>
        Elements(field, 4, static (buffer, at) => BitConverter.Int32BitsToSingle(buffer.Int32At(at)));

    public int[] UInt16s(int field) => Elements(field, 2, static (buffer, at) => buffer.UInt16At(at));

    /// <summary>The elements of a vector of tables.</summary>
    /// <exception cref="GraphException">There are more than any network has: a file may refer to one small table very often.</exception>
    public FlatTable[] Tables(int field) => Vector(field, 4).Count <= MostTables
        ? Elements(field, 4, static (buffer, at) => new FlatTable(buffer, buffer.Follow(at)))
        : throw new GraphException($"it has more than {MostTables} tensors, operators or buffers");

    private T[] Elements<T>(int field, int size, Func<FlatBuffer, int, T> read)
    {
        var (start, count) = Vector(field, size);
        _buffer.Spend(count * size);
        var elements = new T[count];
        for (var i = 0; i < count; i++)
        {
            elements[i] = read(_buffer, start + (i * size));
        }

        return elements;
    }

    private (int Start, int Count) Vector(int field, int size)
    {
        var at = Locate(field);
        if (at == 0)
        {
            return (0, 0);
        }

        var vector = _buffer.Follow(at);
        var count = _buffer.Int32At(vector);
        return count >= 0 && count <= (_buffer.Bytes.Length - vector - 4) / size ? (vector + 4, count) : throw FlatBuffer.Damaged();
    }

    /// <summary>Where a field is, or 0 when it is left out.</summary>
    private int Locate(int field)
    {
        var entry = 4 + (2 * field);
        if (entry + 2 > _fieldsLength)
        {
            return 0;
        }

        var offset = _buffer.UInt16At(_fields + entry);
        return offset == 0 ? 0 : _table + offset;
    }

    /// <summary>The bytes that all tables of a file share.</summary>
    private sealed class FlatBuffer(ReadOnlyMemory<byte> bytes)
    {
        private const long AlwaysAllowed = 64 << 10;
        private const int MostReadings = 8;

        private long _allowed = AlwaysAllowed + ((long)MostReadings * bytes.Length);

        public ReadOnlyMemory<byte> Bytes => bytes;

        /// <summary>Tables and vectors may be shared, so a small file could cause the same bytes to be read over and over.</summary>
        public void Spend(int length)
        {
            _allowed -= length;
            if (_allowed < 0)
            {
                throw new GraphException("the file is damaged: it refers to the same bytes too often");
            }
        }

        public int Follow(int at) => Int32At(at) is var offset && offset > 0 && offset < bytes.Length - at
            ? at + offset
            : throw Damaged();

        public int Int32At(int at) => BinaryPrimitives.ReadInt32LittleEndian(Slice(at, 4));

        public int UInt16At(int at) => BinaryPrimitives.ReadUInt16LittleEndian(Slice(at, 2));

        public ReadOnlySpan<byte> Slice(int at, int length) =>
            at >= 0 && at <= bytes.Length - length ? bytes.Span.Slice(at, length) : throw Damaged();

        public static GraphException Damaged() => new("the file is damaged: an offset points outside of it");
    }
}

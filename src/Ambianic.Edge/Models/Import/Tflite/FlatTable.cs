using System.Buffers.Binary;
using System.Text;

namespace Ambianic.Models.Import.Tflite;

/// <summary>
/// A table of a FlatBuffer, read where it lies. Every access is checked against the buffer, so that a hostile file can do
/// no more than be refused.
/// </summary>
/// <remarks>Format: https://flatbuffers.dev/internals, "FlatBuffers Internals".</remarks>
internal readonly struct FlatTable
{
    private readonly ReadOnlyMemory<byte> _buffer;
    private readonly int _table;
    private readonly int _fields;
    private readonly int _fieldsLength;

    private FlatTable(ReadOnlyMemory<byte> buffer, int table)
    {
        _buffer = buffer;
        _table = table;
        _fields = checked(table - Int32At(table));
        _fieldsLength = UInt16At(_fields);
    }

    /// <summary>The table that the buffer is about.</summary>
    /// <exception cref="ModelException">The buffer is too short.</exception>
    public static FlatTable Root(ReadOnlyMemory<byte> buffer) =>
        new(buffer, new FlatTable(buffer).Follow(0));

    private FlatTable(ReadOnlyMemory<byte> buffer) => _buffer = buffer;

    public int Int32(int field, int otherwise = 0) => Locate(field) is var at && at == 0 ? otherwise : Int32At(at);

    public float Single(int field) => BitConverter.Int32BitsToSingle(Int32(field));

    public byte Byte(int field) => Locate(field) is var at && at == 0 ? (byte)0 : Slice(at, 1)[0];

    public bool Bool(int field) => Byte(field) != 0;

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field).Span);

    /// <summary>The sub-table, or null when it is left out.</summary>
    public FlatTable? Table(int field) => Locate(field) is var at && at == 0 ? null : new FlatTable(_buffer, Follow(at));

    /// <summary>A vector of bytes where it lies, or text without its end; empty when it is left out.</summary>
    public ReadOnlyMemory<byte> Bytes(int field)
    {
        var (start, count) = Vector(field, 1);
        return _buffer.Slice(start, count);
    }

    public int[] Int32s(int field) => Elements(field, 4, (table, at) => table.Int32At(at));

    public long[] Int64s(int field) => Elements(field, 8, (table, at) => BinaryPrimitives.ReadInt64LittleEndian(table.Slice(at, 8)));

    public float[] Singles(int field) => Elements(field, 4, (table, at) => BitConverter.Int32BitsToSingle(table.Int32At(at)));

    public int[] UInt16s(int field) => Elements(field, 2, (table, at) => table.UInt16At(at));

    /// <summary>The elements of a vector of tables.</summary>
    public FlatTable[] Tables(int field) => Elements(field, 4, (table, at) => new FlatTable(table._buffer, table.Follow(at)));

    private T[] Elements<T>(int field, int size, Func<FlatTable, int, T> read)
    {
        var (start, count) = Vector(field, size);
        var elements = new T[count];
        for (var i = 0; i < count; i++)
        {
            elements[i] = read(this, start + (i * size));
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

        var vector = Follow(at);
        var count = Int32At(vector);
        return count >= 0 && count <= (_buffer.Length - vector - 4) / size ? (vector + 4, count) : throw Damaged();
    }

    /// <summary>Where a field is, or 0 when it is left out.</summary>
    private int Locate(int field)
    {
        var entry = 4 + (2 * field);
        if (entry + 2 > _fieldsLength)
        {
            return 0;
        }

        var offset = UInt16At(_fields + entry);
        return offset == 0 ? 0 : _table + offset;
    }

    private int Follow(int at) => Int32At(at) is var offset && offset > 0 && offset < _buffer.Length - at
        ? at + offset
        : throw Damaged();

    private int Int32At(int at) => BinaryPrimitives.ReadInt32LittleEndian(Slice(at, 4));

    private int UInt16At(int at) => BinaryPrimitives.ReadUInt16LittleEndian(Slice(at, 2));

    private ReadOnlySpan<byte> Slice(int at, int length) =>
        at >= 0 && at <= _buffer.Length - length ? _buffer.Span.Slice(at, length) : throw Damaged();

    private static ModelException Damaged() => new("the file is damaged: an offset points outside of it");
}

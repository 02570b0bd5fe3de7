using System.Buffers.Binary;
using System.Text;

namespace Ambianic.Tests.OnnxImport.Tflite;

/// <summary>A table of a FlatBuffer to be written: field numbers and values.</summary>
internal sealed record FlatNode(params (int Field, object Value)[] Fields);

/// <summary>Writes FlatBuffers front to back, generously aligned; a table that occurs again in a vector is written once.</summary>
internal sealed class FlatWriter : IDisposable
{
    private readonly MemoryStream _stream = new();

    public static byte[] Write(FlatNode root, string identifier)
    {
        using var writer = new FlatWriter();
        writer._stream.Write(new byte[4]);
        writer._stream.Write(Encoding.ASCII.GetBytes(identifier));
        writer.Patch(0, writer.Table(root));
        return writer._stream.ToArray();
    }

    public void Dispose() => _stream.Dispose();

    private int Table(FlatNode node)
    {
        var fields = node.Fields.Length == 0 ? 0 : node.Fields.Max(field => field.Field) + 1;
        Align(8, 0);
        var vtable = (int)_stream.Position;
        Span<byte> entries = new byte[4 + (2 * fields)];
        BinaryPrimitives.WriteUInt16LittleEndian(entries, (ushort)entries.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(entries[2..], (ushort)(8 + (8 * node.Fields.Length)));
        for (var i = 0; i < node.Fields.Length; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(entries[(4 + (2 * node.Fields[i].Field))..], (ushort)(8 + (8 * i)));
        }

        _stream.Write(entries);
        Align(8, 0);
        var table = (int)_stream.Position;
        _stream.Write(new byte[8 + (8 * node.Fields.Length)]);
        Set(table, BitConverter.GetBytes(table - vtable));
        for (var i = 0; i < node.Fields.Length; i++)
        {
            Field(table + 8 + (8 * i), node.Fields[i].Value);
        }

        return table;
    }

    private void Field(int at, object value)
    {
        switch (value)
        {
            case int number:
                Set(at, BitConverter.GetBytes(number));
                break;
            case float number:
                Set(at, BitConverter.GetBytes(number));
                break;
            case byte number:
                Set(at, [number]);
                break;
            case bool flag:
                Set(at, [flag ? (byte)1 : (byte)0]);
                break;
            case string text:
                Patch(at, Vector([.. Encoding.UTF8.GetBytes(text), 0], text.Length));
                break;
            case byte[] bytes:
                Patch(at, Vector(bytes, bytes.Length));
                break;
            case int[] numbers:
                Patch(at, Vector([.. numbers.SelectMany(BitConverter.GetBytes)], numbers.Length));
                break;
            case long[] numbers:
                Patch(at, Vector([.. numbers.SelectMany(BitConverter.GetBytes)], numbers.Length));
                break;
            case float[] numbers:
                Patch(at, Vector([.. numbers.SelectMany(BitConverter.GetBytes)], numbers.Length));
                break;
            case FlatNode table:
                Patch(at, Table(table));
                break;
            case FlatNode[] tables:
                var vector = Vector(new byte[4 * tables.Length], tables.Length);
                Patch(at, vector);
                var written = new Dictionary<FlatNode, int>(ReferenceEqualityComparer.Instance);
                for (var i = 0; i < tables.Length; i++)
                {
                    if (!written.TryGetValue(tables[i], out var table))
                    {
                        written[tables[i]] = table = Table(tables[i]);
                    }

                    Patch(vector + 4 + (4 * i), table);
                }

                break;
            default:
                throw new NotSupportedException($"{value.GetType()}");
        }
    }

    private int Vector(byte[] content, int count)
    {
        Align(16, 4);
        var vector = (int)_stream.Position;
        _stream.Write(BitConverter.GetBytes(count));
        _stream.Write(content);
        return vector;
    }

    private void Align(int size, int ahead)
    {
        while ((_stream.Position + ahead) % size != 0)
        {
            _stream.WriteByte(0);
        }
    }

    private void Patch(int at, int target) => Set(at, BitConverter.GetBytes(target - at));

    private void Set(int at, byte[] bytes)
    {
        var end = _stream.Position;
        _stream.Position = at;
        _stream.Write(bytes);
        _stream.Position = end;
    }
}

using System.Buffers.Binary;
using System.Text;

namespace Ambianic.Models.Import.Tflite;

/// <summary>Reads a FlexBuffer that holds a map from names to numbers, as custom operators write their options.</summary>
/// <remarks>Format: https://flatbuffers.dev/internals, "FlexBuffers".</remarks>
internal sealed class FlexMap
{
    private const int Map = 9;

    /// <summary>Operators have a dozen options with short names; a small file could share one long name between many.</summary>
    private const int MostEntries = 64;
    private const int LongestKey = 64;

    private readonly ReadOnlyMemory<byte> _buffer;

    private FlexMap(ReadOnlyMemory<byte> buffer) => _buffer = buffer;

    /// <summary>The numbers by name, names cut at 64 bytes; entries of other kinds are left out.</summary>
    /// <exception cref="ModelException">It is not a map, damaged, or has more than 64 entries.</exception>
    public static Dictionary<string, double> Read(ReadOnlyMemory<byte> buffer) => new FlexMap(buffer).ReadRoot();

    private Dictionary<string, double> ReadRoot()
    {
        // The end: the root itself, its packed type, its width in bytes.
        var width = (int)Unsigned(_buffer.Length - 1, 1);
        var type = (int)Unsigned(_buffer.Length - 2, 1);
        if (type >> 2 != Map)
        {
            throw new ModelException("its options are not a map");
        }

        var root = _buffer.Length - 2 - width;
        return ReadMap(Back(root, width), 1 << (type & 3));
    }

    /// <summary>Before the elements lie, each of the map's width: offset of the keys, width of the keys, number of elements.</summary>
    private Dictionary<string, double> ReadMap(int elements, int width)
    {
        var count = Unsigned(elements - width, width);
        if (count > MostEntries)
        {
            throw new ModelException($"it has {count} options, and at most {MostEntries} are read");
        }

        var keys = Back(elements - (3 * width), width);
        var keyWidth = (int)Unsigned(elements - (2 * width), width);
        var types = elements + ((int)count * width);
        var map = new Dictionary<string, double>();
        for (var i = 0; i < (int)count; i++)
        {
            var key = KeyAt(Back(keys + (i * keyWidth), keyWidth));
            if (Number(elements + (i * width), width, (int)Unsigned(types + i, 1)) is { } number)
            {
                map[key] = number;
            }
        }

        return map;
    }

    private double? Number(int at, int width, int packedType)
    {
        var indirect = 1 << (packedType & 3);
        return (packedType >> 2) switch
        {
            1 => Signed(at, width),
            2 or 26 => Unsigned(at, width),
            3 => Real(at, width),
            6 => Signed(Back(at, width), indirect),
            7 => Unsigned(Back(at, width), indirect),
            8 => Real(Back(at, width), indirect),
            _ => null,
        };
    }

    private double Real(int at, int width) => width switch
    {
        4 => BinaryPrimitives.ReadSingleLittleEndian(Slice(at, 4)),
        8 => BinaryPrimitives.ReadDoubleLittleEndian(Slice(at, 8)),
        _ => throw new ModelException("its options hold a number of an unknown width"),
    };

    private long Signed(int at, int width)
    {
        var unused = 64 - (8 * width);
        return (long)Unsigned(at, width) << unused >> unused;
    }

    private ulong Unsigned(int at, int width) => width switch
    {
        1 => Slice(at, 1)[0],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(Slice(at, 2)),
        4 => BinaryPrimitives.ReadUInt32LittleEndian(Slice(at, 4)),
        8 => BinaryPrimitives.ReadUInt64LittleEndian(Slice(at, 8)),
        _ => throw new ModelException("its options hold a number of an unknown width"),
    };

    private int Back(int at, int width) => Unsigned(at, width) is var offset && offset <= (ulong)Math.Max(at, 0)
        ? at - (int)offset
        : throw new ModelException("its options are damaged");

    private string KeyAt(int at)
    {
        var rest = Slice(at, Math.Min(LongestKey, _buffer.Length - Math.Clamp(at, 0, _buffer.Length)));
        var end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }

    private ReadOnlySpan<byte> Slice(int at, int length) => at >= 0 && at <= _buffer.Length - length
        ? _buffer.Span.Slice(at, length)
        : throw new ModelException("its options are damaged");
}

using System.Buffers.Binary;
using System.Text;
using Ambianic.OnnxImport.Graphs;

namespace Ambianic.OnnxImport.Tflite;

/// <summary>Reads a FlexBuffer that holds a map from names to numbers and lists of them, as custom operators write their options.</summary>
/// <remarks>Format: https://flatbuffers.dev/internals, "FlexBuffers".</remarks>
internal sealed class FlexMap
{
    private const int Map = 9, ListOfSigned = 11, ListOfUnsigned = 12;

    /// <summary>Operators have a dozen options with short names. A limit, because a small file could use one long name for many.</summary>
    private const int MostEntries = 64;
    private const int LongestKey = 64;
    private const int LongestList = 4096;

    private readonly ReadOnlyMemory<byte> _buffer;

    private FlexMap(ReadOnlyMemory<byte> buffer) => _buffer = buffer;

    /// <summary>The numbers by name, names cut at 64 bytes; entries of other kinds are left out.</summary>
    /// <exception cref="GraphException">It is not a map, damaged, or has more than 64 entries.</exception>
    public static Dictionary<string, double> Read(ReadOnlyMemory<byte> buffer)
    {
        var map = new FlexMap(buffer);
        var numbers = new Dictionary<string, double>();
        foreach (var (key, at, width, type) in map.Entries())
        {
            if (map.Number(at, width, type) is { } number)
            {
                numbers[key] = number;
            }
        }

        return numbers;
    }

    /// <summary>The list of integers of that name.</summary>
    /// <exception cref="GraphException">As for <see cref="Read"/>; or there is no such list, or it has more than 4096 elements.</exception>
    public static long[] ReadIntegers(ReadOnlyMemory<byte> buffer, string name)
    {
        var map = new FlexMap(buffer);
        foreach (var (key, at, width, type) in map.Entries())
        {
            if (key == name && type >> 2 is ListOfSigned or ListOfUnsigned)
            {
                return map.Integers(map.Back(at, width), 1 << (type & 3), type >> 2 == ListOfSigned);
            }
        }

        throw new GraphException($"its option {name} is missing");
    }

    private List<Entry> Entries()
    {
        // The end: the root itself, its packed type, its width in bytes.
        var width = (int)Unsigned(_buffer.Length - 1, 1);
        var type = (int)Unsigned(_buffer.Length - 2, 1);
        if (type >> 2 != Map)
        {
            throw new GraphException("its options are not a map");
        }

        var root = _buffer.Length - 2 - width;
        return EntriesAt(Back(root, width), 1 << (type & 3));
    }

    /// <summary>Before the elements, each of the map's width: offset of the keys, width of the keys, number of elements.</summary>
    private List<Entry> EntriesAt(int elements, int width)
    {
        var count = Unsigned(elements - width, width);
        if (count > MostEntries)
        {
            throw new GraphException($"it has {count} options, and at most {MostEntries} are read");
        }

        var keys = Back(elements - (3 * width), width);
        var keyWidth = (int)Unsigned(elements - (2 * width), width);
        var types = elements + ((int)count * width);
        var entries = new List<Entry>();
        for (var i = 0; i < (int)count; i++)
        {
            entries.Add(new Entry(KeyAt(Back(keys + (i * keyWidth), keyWidth)), elements + (i * width), width, (int)Unsigned(types + i, 1)));
        }

        return entries;
    }

    /// <summary>Before the elements: their number, of the same width.</summary>
    private long[] Integers(int elements, int width, bool isSigned)
    {
        var count = Unsigned(elements - width, width);
        if (count > LongestList)
        {
            throw new GraphException($"one of its options is a list of {count} numbers, and at most {LongestList} are read");
        }

        var integers = new long[count];
        for (var i = 0; i < integers.Length; i++)
        {
            integers[i] = isSigned ? Signed(elements + (i * width), width) : (long)Unsigned(elements + (i * width), width);
        }

        return integers;
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
        _ => throw new GraphException("its options hold a number of an unknown width"),
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
        _ => throw new GraphException("its options hold a number of an unknown width"),
    };

    private int Back(int at, int width) => Unsigned(at, width) is var offset && offset <= (ulong)Math.Max(at, 0)
        ? at - (int)offset
        : throw new GraphException("its options are damaged");

    private string KeyAt(int at)
    {
        var rest = Slice(at, Math.Min(LongestKey, _buffer.Length - Math.Clamp(at, 0, _buffer.Length)));
        var end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }

    private ReadOnlySpan<byte> Slice(int at, int length) => at >= 0 && at <= _buffer.Length - length
        ? _buffer.Span.Slice(at, length)
        : throw new GraphException("its options are damaged");

    /// <summary>A name and the position of its value.</summary>
    private readonly record struct Entry(string Key, int At, int Width, int PackedType);
}

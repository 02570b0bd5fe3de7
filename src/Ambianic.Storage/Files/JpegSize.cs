using System.Buffers.Binary;

namespace Ambianic.Storage.Files;

/// <summary>Reads how large the picture of a JPEG file is, from its header alone (ITU-T T.81, annex B).</summary>
internal static class JpegSize
{
    private const int LargestHeader = 1 << 20;
    private const byte Mark = 0xFF;

    /// <summary>Width and height in pixels; null when the file is no JPEG.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static (int Width, int Height)? Read(string path)
    {
        using var file = File.OpenRead(path);
        var header = new byte[Math.Min(file.Length, LargestHeader)];
        file.ReadExactly(header);
        return Find(header);
    }

    /// <summary>Width and height in pixels of a JPEG file's content; null when it is none.</summary>
    public static (int Width, int Height)? Find(ReadOnlySpan<byte> data)
    {
        if (data is not [Mark, 0xD8, ..])
        {
            return null;
        }

        for (var at = 2; at + 9 <= data.Length && data[at] == Mark;)
        {
            var kind = data[at + 1];
            if (kind is Mark)
            {
                at++; // fill byte
                continue;
            }

            // SOF0 to SOF15 without DHT (C4), JPG (C8) and DAC (CC)
            if (kind is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                var height = BinaryPrimitives.ReadUInt16BigEndian(data[(at + 5)..]);
                var width = BinaryPrimitives.ReadUInt16BigEndian(data[(at + 7)..]);
                return width > 0 && height > 0 ? (width, height) : null;
            }

            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(data[(at + 2)..]);
        }

        return null;
    }
}

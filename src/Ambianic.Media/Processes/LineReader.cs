using System.Text;

namespace Ambianic.Media.Processes;

/// <summary>Receives a line of text, without its end; valid until the call returns.</summary>
public delegate void LineHandler(ReadOnlySpan<char> line);

/// <summary>Reads UTF-8 text line by line without making a string of each.</summary>
internal static class LineReader
{
    private const int Longest = 8192;

    /// <summary>Hands over each line up to the end of the text; one that is longer than 8192 characters comes in pieces.</summary>
    public static async Task ReadAsync(Stream text, LineHandler onLine)
    {
        var decoder = Encoding.UTF8.GetDecoder();
        var bytes = new byte[Longest];
        var characters = new char[2 * Longest];
        var filled = 0;
        int count;
        while ((count = await text.ReadAsync(bytes.AsMemory())) > 0)
        {
            filled += decoder.GetChars(bytes.AsSpan(0, count), characters.AsSpan(filled), flush: false);
            filled = HandOver(characters, filled, onLine);
        }

        if (filled > 0)
        {
            onLine(characters.AsSpan(0, filled));
        }
    }

    /// <returns>How much is left, at the buffer's begin; less than the longest line.</returns>
    private static int HandOver(char[] buffer, int filled, LineHandler onLine)
    {
        var rest = buffer.AsSpan(0, filled);
        for (int end; (end = rest.IndexOf('\n')) >= 0; rest = rest[(end + 1)..])
        {
            onLine(rest[..end].TrimEnd('\r'));
        }

        if (rest.Length >= Longest)
        {
            onLine(rest);
            return 0;
        }

        rest.CopyTo(buffer);
        return rest.Length;
    }
}

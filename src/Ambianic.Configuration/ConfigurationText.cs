using System.Text;
using System.Text.Unicode;

namespace Ambianic.Configuration;

/// <summary>The content of a configuration file before anything is known about it.</summary>
/// <param name="Name">As the user named it.</param>
/// <param name="Content">All of it.</param>
internal sealed record ConfigurationText(string Name, byte[] Content)
{
    /// <summary>For secrets; its values are never repeated in a message.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Without it, or with nothing in it, there is no configuration.</summary>
    public bool IsRequired { get; init; }

    /// <summary>The text; null after reporting that it is none.</summary>
    public string? Decode(ProblemList problems)
    {
        ReadOnlySpan<byte> bytes = Content;
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
        {
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        }

        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            problems.Add(new Place(Name, 0, 0), "", "is UTF-16; save it as UTF-8");
            return null;
        }

        if (bytes.Contains((byte)0))
        {
            problems.Add(new Place(Name, 0, 0), "", "is a binary file; a configuration is YAML text");
            return null;
        }

        var valid = Utf8.IsValid(bytes) ? bytes.Length : FirstInvalid(bytes);
        var text = Encoding.UTF8.GetString(bytes[..valid]);
        if (valid < bytes.Length)
        {
            problems.Add(PlaceOf(text, text.Length), "", "is not UTF-8 from here on; save the file as UTF-8");
            return null;
        }

        var control = text.AsSpan().IndexOfAny(Control);
        if (control >= 0)
        {
            problems.Add(PlaceOf(text, control), "", $"holds the control character U+{(int)text[control]:X4}; remove it");
            return null;
        }

        return text;
    }

    private static readonly System.Buffers.SearchValues<char> Control = System.Buffers.SearchValues.Create(
        [.. Enumerable.Range(1, 31).Append(127).Select(code => (char)code).Except(['\t', '\n', '\r'])]);

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        var index = 0;
        while (Rune.DecodeFromUtf8(bytes[index..], out _, out var consumed) == System.Buffers.OperationStatus.Done)
        {
            index += consumed;
        }

        return index;
    }

    private Place PlaceOf(string text, int index)
    {
        var before = text.AsSpan(0, index);
        return new Place(Name, before.Count('\n') + 1, index - before.LastIndexOf('\n'));
    }
}

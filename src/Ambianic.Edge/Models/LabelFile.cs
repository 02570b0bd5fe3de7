using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Ambianic.Models;

/// <summary>
/// Reads a file of labels: a line each, either <c>person</c>, counted from 0, or <c>0  person</c>, with the class index.
/// </summary>
public static partial class LabelFile
{
    private const int LargestFile = 1 << 20;
    private const int LongestLabel = 200;
    private const int HighestIndex = 100_000;

    /// <summary>Labels by class index; an index that the file leaves out, or whose line is empty, is <see cref="LabelSets.Unnamed"/>.</summary>
    /// <exception cref="ModelException">The file cannot be read, is neither UTF-8 nor marked UTF-16, or holds no labels.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        string[] labels;
        try
        {
            labels = [.. Decode(RegularFile.ReadAll(path, LargestFile)).TrimEnd().Split('\n').Select(line => line.Trim())];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ModelException)
        {
            throw new ModelException($"the labels file {path} cannot be read: {error.Message}", error);
        }

        if (Array.Exists(labels, label => label.Length > LongestLabel || label.Any(letter => char.IsControl(letter) && letter != '\t')))
        {
            throw new ModelException($"the labels file {path} is not text with a label a line; is it a labels file?");
        }

        string[] filled = [.. labels.Where(label => label.Length > 0)];
        if (filled.Length == 0)
        {
            throw new ModelException($"the labels file {path} holds no labels (a device or a pipe counts as empty)");
        }

        var indexed = Array.ConvertAll(filled, label => IndexedLabel().Match(label));
        return Array.TrueForAll(indexed, match => match.Success)
            ? ByIndex(indexed, path)
            : [.. labels.Select((label, index) => label.Length > 0 ? label : LabelSets.Unnamed(index))];
    }

    /// <summary>UTF-16 begins with its mark; all else is UTF-8.</summary>
    private static string Decode(byte[] content)
    {
        if (content is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            try
            {
                var utf16 = new UnicodeEncoding(bigEndian: content[0] == 0xFE, byteOrderMark: true, throwOnInvalidBytes: true);
                return utf16.GetString(content.AsSpan(2));
            }
            catch (DecoderFallbackException error)
            {
                throw new ModelException("it begins as UTF-16 does and is not; save the file as UTF-8", error);
            }
        }

        return FirstLineThatIsNotUtf8(content) is { } number
            ? throw new ModelException($"its line {number} is not UTF-8; save the file as UTF-8")
            : Encoding.UTF8.GetString(content.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? content.AsSpan(3) : content);
    }

    /// <summary>Counted from 1; null when all are.</summary>
    private static int? FirstLineThatIsNotUtf8(ReadOnlySpan<byte> content)
    {
        var number = 0;
        foreach (var line in content.Split((byte)'\n'))
        {
            number++;
            if (!Utf8.IsValid(content[line]))
            {
                return number;
            }
        }

        return null;
    }

    private static string[] ByIndex(Match[] lines, string path)
    {
        var byIndex = new Dictionary<int, string>();
        foreach (var line in lines)
        {
            if (!int.TryParse(line.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var index) || index > HighestIndex)
            {
                throw new ModelException($"the labels file {path} has the class index {line.Groups[1].Value}, which is too high");
            }

            byIndex[index] = line.Groups[2].Value;
        }

        return [.. Enumerable.Range(0, byIndex.Keys.Max() + 1).Select(index => byIndex.GetValueOrDefault(index, LabelSets.Unnamed(index)))];
    }

    [GeneratedRegex(@"^(\d+)[\s:,]+(\S.*)$")]
    private static partial Regex IndexedLabel();
}

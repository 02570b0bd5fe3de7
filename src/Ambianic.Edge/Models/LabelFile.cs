using System.Globalization;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Ambianic.Models;

/// <summary>Reads a file of labels: a line each, either <c>person</c>, counted from 0, or <c>0  person</c>, with the class index.</summary>
public static partial class LabelFile
{
    private const int LargestFile = 1 << 20;
    private const int LongestLabel = 200;
    private const int HighestIndex = 100_000;

    /// <summary>Labels by class index; an index that the file leaves out is called <c>class N</c>.</summary>
    /// <exception cref="ModelException">The file cannot be read, is not UTF-8 or holds no labels.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        string[] labels;
        try
        {
            var content = RegularFile.ReadAll(path, LargestFile);
            if (FirstLineThatIsNotUtf8(content) is { } number)
            {
                throw new ModelException($"its line {number} is not UTF-8; save the file as UTF-8");
            }

            // The reader knows the marks of UTF-8 and UTF-16.
            using var text = new StreamReader(new MemoryStream(content));
            labels = [.. text.ReadToEnd().Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ModelException)
        {
            throw new ModelException($"the labels file {path} cannot be read: {error.Message}", error);
        }

        if (Array.Exists(labels, label => label.Length > LongestLabel || label.Any(letter => char.IsControl(letter) && letter != '\t')))
        {
            throw new ModelException($"the labels file {path} is not text with a label a line; is it a labels file?");
        }

        if (labels.Length == 0)
        {
            throw new ModelException($"the labels file {path} holds no labels (a device or a pipe counts as empty)");
        }

        var indexed = Array.ConvertAll(labels, label => IndexedLabel().Match(label));
        return Array.TrueForAll(indexed, match => match.Success) ? ByIndex(indexed, path) : labels;
    }

    /// <summary>Counted from 1; null for text of UTF-8, and for UTF-16, which begins with its mark.</summary>
    private static int? FirstLineThatIsNotUtf8(ReadOnlySpan<byte> content)
    {
        if (content is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            return null;
        }

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

        return [.. Enumerable.Range(0, byIndex.Keys.Max() + 1).Select(index => byIndex.GetValueOrDefault(index, $"class {index}"))];
    }

    [GeneratedRegex(@"^(\d+)[\s:,]+(\S.*)$")]
    private static partial Regex IndexedLabel();
}

using System.Text;
using System.Text.Unicode;
using Ambianic.Shared;

namespace Ambianic.Inference.Labels;

/// <summary>
/// Reads a file of labels: a line each (<see cref="LabelLines"/>), a label map of TensorFlow (<see cref="LabelMap"/>), or JSON or YAML
/// (<see cref="LabelDocument"/>). The content decides which of these it is.
/// </summary>
public static class LabelFile
{
    private const int LargestFile = 1 << 20;
    private const int LongestLabel = 200;
    private const int HighestIndex = 100_000;

    /// <summary>What a first class is called that is none.</summary>
    private static readonly HashSet<string> Background =
        new(["???", "background", "__background__", "_background_", "bg", "none", "unlabeled", "unlabelled", "n/a"], StringComparer.OrdinalIgnoreCase);

    /// <summary>What an index is called that stands for no class.</summary>
    private static readonly HashSet<string> Gap = new(["", "???", "n/a", "-"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads a file.</summary>
    /// <exception cref="ModelException">The file cannot be read, is neither UTF-8 nor marked UTF-16, or holds no labels; the message says in which line.</exception>
    public static LabelList Load(string path)
    {
        string text;
        try
        {
            text = Decode(RegularFile.ReadAll(path, LargestFile)).ReplaceLineEndings("\n").TrimEnd();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ModelException)
        {
            throw new ModelException($"the labels file {path} cannot be read: {error.Message}", error);
        }

        string[] lines = [.. text.Split('\n').Select(line => line.Trim())];
        if (Array.TrueForAll(lines, line => line.Length == 0))
        {
            throw new ModelException($"the labels file {path} holds no labels (a device or a pipe counts as empty)");
        }

        try
        {
            return List(Parse(text, lines), path, lines.Length);
        }
        catch (LabelException error)
        {
            throw new ModelException($"{path}:{Math.Min(error.Line, lines.Length)}: {error.Message}", error);
        }
    }

    /// <summary>Labels by the index in the file; an index that it leaves out, or whose line is empty, is <see cref="LabelSets.Unnamed"/>.</summary>
    /// <inheritdoc cref="Load"/>
    public static IReadOnlyList<string> Read(string path) => Load(path).Names;

    private static ParsedLabels Parse(string text, string[] lines)
    {
        var first = Array.FindIndex(lines, line => line.Length > 0 && line[0] is not '#');
        if (first >= 0 && (lines[first][0] == '<' || lines[first].StartsWith("version https://git-lfs", StringComparison.Ordinal) || IsAnswerOfServer(lines)))
        {
            throw new LabelException(first + 1, "this is a web page or an answer of a server and no list of labels; download the file itself");
        }

        return LabelMap.IsOne(text) ? LabelMap.Parse(text)
            : LabelDocument.IsOne(lines) ? LabelDocument.Parse(text)
            : LabelLines.Parse(lines);
    }

    private static bool IsAnswerOfServer(string[] lines) => lines is [['4' or '5', _, _, ':', ' ', ..]];

    private static LabelList List(ParsedLabels parsed, string path, int lastLine)
    {
        var names = new SortedDictionary<int, string>();
        foreach (var (line, index, name) in parsed.Labels)
        {
            if (name.Length > LongestLabel || name.Any(char.IsControl))
            {
                throw new LabelException(line, "this is not text with a label; is it a labels file?");
            }

            if (index is < 0 or > HighestIndex)
            {
                throw new LabelException(line, $"the class index {index} is not between 0 and {HighestIndex}");
            }

            names[index] = name;
        }

        var last = names.Keys.LastOrDefault(-1);
        var hasBackground = names.GetValueOrDefault(0) is { } zero ? Background.Contains(zero) : parsed.KeepsZero;
        var list = Enumerable.Range(0, last + 1)
            .Select(index => names.GetValueOrDefault(index, "") is var name && (Gap.Contains(name) || (index == 0 && Background.Contains(name)))
                ? LabelSets.Unnamed(index)
                : name)
            .ToArray();
        list = LabelSets.WithoutUnusedCoco(list);
        return !list.Where((name, index) => name != LabelSets.Unnamed(index)).Any()
            ? throw new LabelException(lastLine, "the file holds no labels; write one a line")
            : new LabelList(list, path, lastLine) { IsIndexed = parsed.IsIndexed, BeginsWithBackground = hasBackground };
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
}

using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Ambianic.Timeline;

/// <summary>
/// The timeline as a YAML list in a text file, for people and for programs that read that of the reference system. Used by
/// one thread at a time. Every failure leaves a file that the next call can go on with.
/// </summary>
internal sealed partial class TimelineLog(string path)
{
    private const int LongestFile = 100 * 1024; // as in the reference
    private const int KeptFiles = 100;
    private static readonly byte[] NewEntry = "\n-"u8.ToArray();
    private static readonly byte[] LastKey = "\n  priority: "u8.ToArray();
    private static readonly EmitterSettings Layout = new(2, int.MaxValue, false, 1024);

    private bool _isWhole;

    /// <summary>Adds an event; the operating system has it when this returns.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void Append(DetectionEvent detectionEvent)
    {
        var entry = Encoding.UTF8.GetBytes(Yaml(detectionEvent));
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (!_isWhole)
        {
            Mend();
        }

        var length = LengthOf(path);
        if (length > 0 && length + entry.Length > LongestFile)
        {
            Rotate();
        }

        _isWhole = false;
        using (var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read))
        {
            file.Write(entry);
        }

        _isWhole = true;
    }

    /// <summary>A list of one entry. The keys are in the reference's order, <c>priority</c> last.</summary>
    internal static string Yaml(DetectionEvent detectionEvent)
    {
        var entry = JsonSerializer.SerializeToElement(TimelineEntry.For(detectionEvent), TimelineJson.Default.TimelineEntry);
        using var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text, Layout);
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block));
        Emit(emitter, entry.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal));
        emitter.Emit(new SequenceEnd());
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void Emit(Emitter emitter, IEnumerable<JsonProperty> properties)
    {
        emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, MappingStyle.Block));
        foreach (var property in properties)
        {
            emitter.Emit(new Scalar(property.Name));
            Emit(emitter, property.Value);
        }

        emitter.Emit(new MappingEnd());
    }

    private static void Emit(Emitter emitter, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                Emit(emitter, value.EnumerateObject());
                break;
            case JsonValueKind.Array:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block));
                foreach (var item in value.EnumerateArray())
                {
                    Emit(emitter, item);
                }

                emitter.Emit(new SequenceEnd());
                break;
            case JsonValueKind.String:
                var text = value.GetString()!;
                var style = PlainText().IsMatch(text) && !Keyword().IsMatch(text) ? ScalarStyle.Plain : ScalarStyle.DoubleQuoted;
                emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, text, style, true, true));
                break;
            default: // YAML 1.1 takes 1E-05 for text: it wants a point
                emitter.Emit(new Scalar(WholeExponent().Replace(value.GetRawText(), "$1.0E")));
                break;
        }
    }

    /// <summary>Takes away an entry that a crash or a full disk cut off; what cannot be such an entry is kept under another name.</summary>
    private void Mend()
    {
        if (LengthOf(path) is 0 or > LongestFile)
        {
            return; // a long one is rotated away as it is
        }

        var text = File.ReadAllBytes(path).AsSpan();
        if (!text.StartsWith("-"u8))
        {
            Rotate();
            return;
        }

        var whole = text.TrimEnd((byte)0); // a lost tail, as some file systems leave it
        var start = whole.LastIndexOf(NewEntry) + 1;
        var isComplete = whole.EndsWith("\n"u8) && whole[start..].IndexOf(LastKey) >= 0;
        var length = isComplete ? whole.Length : start;
        if (length < text.Length)
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
            file.SetLength(length);
        }
    }

    private void Rotate()
    {
        for (var number = KeptFiles - 1; number > 0; number--)
        {
            if (File.Exists($"{path}.{number}"))
            {
                File.Move($"{path}.{number}", $"{path}.{number + 1}", overwrite: true);
            }
        }

        File.Move(path, $"{path}.1", overwrite: true);
    }

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*$", RegexOptions.CultureInvariant)]
    private static partial Regex PlainText();

    /// <summary>Words that YAML 1.1 or 1.2 takes for something else than text.</summary>
    [GeneratedRegex("^(true|false|yes|no|on|off|y|n|null)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Keyword();

    [GeneratedRegex("^(-?[0-9]+)E", RegexOptions.CultureInvariant)]
    private static partial Regex WholeExponent();
}

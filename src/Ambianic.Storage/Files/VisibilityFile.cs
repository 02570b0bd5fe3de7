using System.Text.Json;
using System.Text.Json.Serialization;
using Ambianic.Core.Configuration;
using Ambianic.Core.Health;
using Ambianic.Core.Visibility;

namespace Ambianic.Storage.Files;

/// <summary>
/// The visibility log on disk: a line of JSON for each change, in <c>coverage.jsonl</c> of the data directory. The time of the file
/// itself says until when the program ran, so that a crash leaves no false record.
/// </summary>
/// <remarks>One user at a time.</remarks>
public sealed partial class VisibilityFile(string dataDir)
{
    private const long LongestFile = 4 << 20;
    private readonly Dictionary<string, VisibilityChange> _last = new(StringComparer.Ordinal);
    private readonly string _path = Path.Combine(dataDir, "coverage.jsonl");

    /// <summary>Reads what earlier runs wrote; pipelines that were not ended by a stop end when the program was last alive.</summary>
    /// <returns>All of it, and the ends, which are not in the file: they are to be appended before anything else.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public (IReadOnlyList<VisibilityChange> Changes, IReadOnlyList<VisibilityChange> Ends) Read()
    {
        _last.Clear();
        List<VisibilityChange> changes = [];
        foreach (var path in (string[])[_path + ".1", _path])
        {
            if (File.Exists(path))
            {
                changes.AddRange(File.ReadLines(path).Select(Parse).OfType<VisibilityChange>().Where(TryAdvance));
            }
        }

        if (changes.Count > 0 && File.Exists(_path))
        {
            var aliveUntil = new DateTimeOffset(File.GetLastWriteTimeUtc(_path));
            var open = changes.GroupBy(change => change.Pipeline).Select(group => group.Last()).Where(last => last.Visibility != VisibilityState.Off);
            List<VisibilityChange> ends = [.. open.Select(last => last with { At = aliveUntil, Visibility = VisibilityState.Off, Reason = "Ambianic did not run" })];
            changes.AddRange(ends);
            return (changes, ends);
        }

        return (changes, []);
    }

    /// <summary>Adds changes; a call with none only records that the program is alive.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Append(IReadOnlyList<VisibilityChange> changes, DateTimeOffset now)
    {
        if (changes.Count == 0)
        {
            if (File.Exists(_path))
            {
                File.SetLastWriteTimeUtc(_path, now.UtcDateTime);
            }

            return;
        }

        if (new FileInfo(_path) is { Exists: true, Length: > LongestFile })
        {
            File.Move(_path, _path + ".1", overwrite: true);
            changes = [.. _last.Values, .. changes]; // a pipeline that never changes would else be lost with the file before
        }

        using var file = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        if (file.Seek(0, SeekOrigin.End) > 0)
        {
            file.Seek(-1, SeekOrigin.End);
            if (file.ReadByte() != '\n')
            {
                file.WriteByte((byte)'\n'); // a crash cut the last line off
            }
        }

        using var lines = new StreamWriter(file);
        foreach (var change in changes)
        {
            lines.WriteLine(JsonSerializer.Serialize(Line.Of(change), VisibilityJson.Default.Line));
            _last[change.Pipeline] = change;
        }
    }

    /// <summary>Advances a pipeline to this change; false for one that the begin of a file repeats from the end of the file before.</summary>
    private bool TryAdvance(VisibilityChange change)
    {
        if (_last.GetValueOrDefault(change.Pipeline) == change)
        {
            return false;
        }

        _last[change.Pipeline] = change;
        return true;
    }

    /// <summary>Null for a line that a crash cut off, or that names no pipeline.</summary>
    private static VisibilityChange? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, VisibilityJson.Default.Line)?.ToChange();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A line as every version writes it: its words are those of <see cref="VisibilityWords"/>.</summary>
    private sealed record Line(DateTimeOffset At, string? Pipeline, string? Source, [property: JsonPropertyName("sight")] string? Visibility, string? Reason)
    {
        public static Line Of(VisibilityChange change)
        {
            var word = VisibilityWords.Stored(change.Visibility);
            return new(change.At, change.Pipeline, change.Source, char.ToUpperInvariant(word[0]) + word[1..], change.Reason);
        }

        public VisibilityChange? ToChange() => Pipeline is not null && Source is not null && VisibilityWords.Parse(Visibility) is { } visibility
            ? new VisibilityChange(At, Pipeline, Credentials.Mask(Source), visibility, Reason is { } reason ? Credentials.Mask(reason) : null)
            : null;
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(Line))]
    private sealed partial class VisibilityJson : JsonSerializerContext;
}

using System.Globalization;

namespace Ambianic.Evaluation.Falls;

/// <summary>A recording with a label that says whether and when somebody falls.</summary>
/// <param name="Name">As in the manifest.</param>
/// <param name="Path">The file.</param>
/// <param name="Set">The folder it is listed in, or <c>bed</c> for falls onto furniture, which are counted separately.</param>
/// <param name="FallStart">When balance is lost, in clip time; null when nobody falls.</param>
/// <param name="FallGround">When the body is down, in clip time; null when nobody falls or the manifest does not say.</param>
public sealed record LabelledClip(string Name, string Path, string Set, double? FallStart, double? FallGround = null)
{
    /// <summary>Set of falls that do not end on the floor.</summary>
    public const string OntoBed = "bed";

    /// <summary>Reads a manifest: CSV with a header; columns <c>file</c>, <c>label</c> (<c>fall</c>, <c>no_fall</c>, <c>n/a</c>), <c>fall_start_s</c> and optionally <c>fall_ground_s</c> and <c>description</c>.</summary>
    /// <param name="manifest">The CSV file.</param>
    /// <param name="folder">Where the clips are: at the path in the manifest, or by file name alone.</param>
    /// <returns>The clips that are there, in the order of the manifest, and the names of missing ones. Pictures are ignored.</returns>
    /// <exception cref="InvalidDataException">The manifest lacks a column or has an impossible time; the message says where.</exception>
    /// <exception cref="IOException">It cannot be read, or there is no such folder.</exception>
    public static (IReadOnlyList<LabelledClip> Clips, IReadOnlyList<string> Missing) Read(string manifest, string folder)
    {
        if (Directory.Exists(manifest))
        {
            throw new InvalidDataException($"{manifest} is a directory, not a CSV file");
        }

        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"there is no folder {folder}");
        }

        var rows = File.ReadLines(manifest)
            .Select((text, index) => (Text: text, Line: index + 1))
            .Where(row => !string.IsNullOrWhiteSpace(row.Text))
            .Select(row => (Fields: Csv(row.Text) ?? throw new InvalidDataException($"{manifest}:{row.Line}: a quotation mark is not closed"), row.Line))
            .ToList();
        if (rows.Count == 0)
        {
            throw new InvalidDataException($"{manifest} is empty");
        }

        var header = rows[0].Fields;
        var (file, label, start) = (Column("file"), Column("label"), Column("fall_start_s"));
        var (ground, description) = (header.IndexOf("fall_ground_s"), header.IndexOf("description"));
        List<LabelledClip> clips = [];
        List<string> missing = [];
        SortedSet<string> others = [];
        foreach (var (row, line) in rows.Skip(1))
        {
            row.AddRange(Enumerable.Repeat("", Math.Max(0, header.Count - row.Count)));
            var kind = row[label].Trim().ToLowerInvariant();
            if (kind is not ("fall" or "no_fall" or "n/a"))
            {
                others.Add(row[label]);
                continue;
            }

            if (Find(folder, row[file]) is not { } path)
            {
                missing.Add(row[file]);
                continue;
            }

            var isFall = kind == "fall";
            var ontoBed = isFall && description >= 0 && description < row.Count
                && row[description].Contains("onto bed", StringComparison.OrdinalIgnoreCase);
            var set = ontoBed ? OntoBed : System.IO.Path.GetDirectoryName(row[file]) is { Length: > 0 } name ? name : row[label];
            double? lost = isFall ? Time("fall_start_s", row[start], line) : null;
            double? down = isFall && ground >= 0 && row[ground].Length > 0 ? Time("fall_ground_s", row[ground], line) : null;
            if (down < lost)
            {
                throw new InvalidDataException($"{manifest}:{line}: nobody is down ({row[ground]} s) before the loss of balance ({row[start]} s)");
            }

            clips.Add(new LabelledClip(row[file], path, set, lost, down));
        }

        return clips.Count + missing.Count > 0
            ? (clips, missing)
            : throw new InvalidDataException($"{manifest} has no row with the label fall, no_fall or n/a; it has {(others.Count == 0 ? "no rows" : string.Join(", ", others.Select(label => $"'{label}'")))}");

        int Column(string name) => header.IndexOf(name) is >= 0 and var index
            ? index
            : throw new InvalidDataException(
                $"{manifest} has no column {name} in its first line{(header.Count == 1 && header[0].Contains(';') ? ": its columns are separated by semicolons, save it with commas" : "")}");

        double Time(string column, string text, int line) => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds >= 0 && seconds < TimeSpan.FromDays(1).TotalSeconds
            ? seconds
            : throw new InvalidDataException($"{manifest}:{line}: {column} is \"{text}\", not seconds");
    }

    private static string? Find(string folder, string name)
    {
        string[] candidates = [System.IO.Path.Combine(folder, name), System.IO.Path.Combine(folder, System.IO.Path.GetFileName(name))];
        return candidates.FirstOrDefault(File.Exists);
    }

    /// <summary>The fields of a line; a quoted field may hold commas and doubled quotes, but no line break. Null when a quote is not closed.</summary>
    private static List<string>? Csv(string line)
    {
        List<string> fields = [];
        var field = new System.Text.StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"')
            {
                if (quoted && i + 1 < line.Length && line[i + 1] == '"')
                {
                    field.Append(line[i++]);
                }
                else
                {
                    quoted = !quoted;
                }
            }
            else if (line[i] == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(line[i]);
            }
        }

        fields.Add(field.ToString());
        return quoted ? null : fields;
    }
}

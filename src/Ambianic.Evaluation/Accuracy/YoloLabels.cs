using System.Globalization;
using Ambianic.Core.Vision;

namespace Ambianic.Evaluation.Accuracy;

/// <summary>Labels of one picture as YOLO's tools write them: a line for each object, <c>class x y width height</c>: centre and size, relative to the picture.</summary>
internal static class YoloLabels
{
    /// <summary>Tools round, so that a box may reach this far out of the picture.</summary>
    private const float Rounding = 0.01f;

    /// <summary>The labels in the file; none when there is no file.</summary>
    /// <exception cref="InvalidDataException">A line is not of this form; the message names file and line.</exception>
    public static TrueBox[] Read(string path, IReadOnlyDictionary<int, string> names) => !File.Exists(path)
        ? []
        : [.. File.ReadLines(path)
            .Select((text, index) => (Text: text.Trim(), Place: $"{path}:{index + 1}"))
            .Where(line => line.Text.Length > 0)
            .Select(line => Parse(line.Text, line.Place, names))];

    private static TrueBox Parse(string line, string place, IReadOnlyDictionary<int, string> names)
    {
        var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var numbers = new float[4];
        var isBox = fields.Length == 5 && int.TryParse(fields[0], CultureInfo.InvariantCulture, out _);
        for (var i = 0; i < numbers.Length && isBox; i++)
        {
            isBox = float.TryParse(fields[i + 1], CultureInfo.InvariantCulture, out numbers[i]) && numbers[i] is >= -Rounding and <= 1 + Rounding;
        }

        if (!isBox || numbers[2] <= 0 || numbers[3] <= 0)
        {
            throw new InvalidDataException($"{place}: expected 'class x y width height', a whole number and four from 0 to 1, got '{Shorten(line)}'");
        }

        if (!names.TryGetValue(int.Parse(fields[0], CultureInfo.InvariantCulture), out var label))
        {
            throw new InvalidDataException($"{place}: there is no class {fields[0]}; the names have {names.Count} classes, counted from 0");
        }

        var (x, y, halfWidth, halfHeight) = (numbers[0], numbers[1], numbers[2] / 2, numbers[3] / 2);
        return new TrueBox(label, new Box(x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight).Clip());
    }

    private static string Shorten(string line) => line.Length <= 60 ? line : line[..60] + "…";
}

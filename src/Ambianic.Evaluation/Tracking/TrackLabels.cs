using System.Globalization;
using Ambianic.Core.Vision;

namespace Ambianic.Evaluation.Tracking;

/// <summary>
/// Reads who is where in a clip: CSV with the columns <c>time_s</c>, <c>id</c>, <c>label</c>, <c>xmin</c>, <c>ymin</c>, <c>xmax</c>,
/// <c>ymax</c> (0 to 1) and <c>interpolated</c>; lines that begin with # are remarks.
/// </summary>
internal static class TrackLabels
{
    private const int Columns = 8;

    /// <summary>Reads a file: per time, in seconds, what is there.</summary>
    /// <exception cref="InvalidDataException">A line is not of that form; the message names it.</exception>
    public static SortedDictionary<double, List<TrackedBox>> Read(IEnumerable<string> lines)
    {
        var samples = new SortedDictionary<double, List<TrackedBox>>();
        foreach (var (number, line) in lines.Index())
        {
            if (line.StartsWith('#') || line.StartsWith("time_s", StringComparison.Ordinal) || line.Length == 0)
            {
                continue;
            }

            var fields = line.Split(',');
            if (fields.Length != Columns)
            {
                throw new InvalidDataException($"line {number + 1}: has {fields.Length} fields instead of {Columns}");
            }

            var time = Number(fields[0], number);
            if (!samples.TryGetValue(time, out var boxes))
            {
                samples[time] = boxes = [];
            }

            boxes.Add(new TrackedBox(
                (int)Number(fields[1], number),
                new Box((float)Number(fields[3], number), (float)Number(fields[4], number), (float)Number(fields[5], number), (float)Number(fields[6], number))));
        }

        return samples;
    }

    private static double Number(string text, int line) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidDataException($"line {line + 1}: \"{text}\" is not a number");
}

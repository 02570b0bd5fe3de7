using System.Globalization;
using Ambianic.Configuration;

namespace Ambianic.Evaluation.Accuracy;

/// <summary>Names of the classes that YOLO label files number.</summary>
internal static class ClassNames
{
    /// <summary>From a <c>classes.txt</c>, a name a line, or a <c>.yaml</c> with <c>names</c>, in the folder of the labels or the one above.</summary>
    /// <exception cref="InvalidDataException">There are none, or they cannot be read.</exception>
    public static IReadOnlyDictionary<int, string> Find(string labels)
    {
        string? broken = null;
        foreach (var folder in (string[])[labels, Path.Combine(labels, "..")])
        {
            var list = Path.Combine(folder, "classes.txt");
            if (File.Exists(list))
            {
                return File.ReadLines(list).Index().ToDictionary(line => line.Index, line => line.Item.Trim());
            }

            foreach (var file in Directory.EnumerateFiles(folder, "*.yaml").Order(StringComparer.Ordinal))
            {
                if (InYaml(file, ref broken) is { } names)
                {
                    return names;
                }
            }
        }

        throw new InvalidDataException(broken ?? $"there is neither a classes.txt nor a .yaml with names in {labels} or the folder above");
    }

    /// <summary>Null when the file is about something else, or broken; the latter may be why nobody has any names.</summary>
    private static Dictionary<int, string>? InYaml(string path, ref string? broken)
    {
        var problems = new ProblemList();
        var file = new ConfigurationText(path, File.ReadAllBytes(path));
        var root = file.Decode(problems) is { } text ? YamlComposer.Compose(file, text, new Anchors(), problems) : null;
        var names = (root as MappingNode)?.Find("names")?.Value;
        if (problems.Problems is [var first, ..])
        {
            broken ??= first.ToString();
            return null;
        }

        return names switch
        {
            null => null,
            SequenceNode list => list.Items.Index().ToDictionary(item => item.Index, item => Name(item.Item)),
            MappingNode map => map.Entries.ToDictionary(Number, entry => Name(entry.Value)),
            _ => throw Wrong(names, "names must be a list of names, or a map from numbers to names"),
        };
    }

    private static int Number(Entry entry) =>
        int.TryParse(entry.Key, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number.ToString(CultureInfo.InvariantCulture) == entry.Key
            ? number
            : throw Wrong(entry.Value, $"a class is a whole number, not {ProblemList.Quote(entry.Key)}");

    private static string Name(Node node) => node is ScalarNode scalar ? scalar.Text : throw Wrong(node, "the name of a class is text");

    private static InvalidDataException Wrong(Node node, string why) => new($"{node.Place.File}:{node.Place.Line}:{node.Place.Column}: {why}");
}

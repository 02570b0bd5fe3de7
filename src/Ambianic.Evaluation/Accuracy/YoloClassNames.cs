using System.Text.RegularExpressions;
using Ambianic.Inference;
using Ambianic.Inference.Labels;

namespace Ambianic.Evaluation.Accuracy;

/// <summary>Names of the classes that YOLO label files number.</summary>
internal static partial class YoloClassNames
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
                return TryRead(list, ref broken) ?? throw new InvalidDataException(broken);
            }

            foreach (var file in Directory.EnumerateFiles(folder, "*.yaml").Order(StringComparer.Ordinal))
            {
                if (File.ReadLines(file).Any(line => NamesKey().IsMatch(line)) && TryRead(file, ref broken) is { } names)
                {
                    return names;
                }
            }
        }

        throw new InvalidDataException(broken ?? $"there is neither a classes.txt nor a .yaml with names in {labels} or the folder above");
    }

    /// <summary>Null when the file is broken; that is an error only when no other file has names.</summary>
    private static IReadOnlyDictionary<int, string>? TryRead(string path, ref string? broken)
    {
        try
        {
            return LabelFile.Load(path).ByIndex;
        }
        catch (ModelException error)
        {
            broken ??= error.Message;
            return null;
        }
    }

    /// <summary>The key <c>names</c> of Ultralytics' data sets; other YAML files are ignored.</summary>
    [GeneratedRegex("""^[\s{"']*names["']?\s*:""")]
    private static partial Regex NamesKey();
}

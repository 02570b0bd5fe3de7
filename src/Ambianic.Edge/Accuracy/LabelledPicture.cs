using System.Globalization;
using System.Text.Json;
using Ambianic.Vision;
using YamlDotNet.RepresentationModel;

namespace Ambianic.Accuracy;

/// <summary>Something that a person has seen in a picture.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Box">Where it is, relative to the picture.</param>
public sealed record TrueBox(string Label, Box Box);

/// <summary>A picture of which it is known what there is to be seen.</summary>
/// <param name="Path">The picture file.</param>
/// <param name="Boxes">All that there is; empty for a picture of nothing.</param>
public sealed record LabelledPicture(string Path, IReadOnlyList<TrueBox> Boxes)
{
    private static readonly string[] PictureEndings = [".jpg", ".jpeg", ".png", ".webp", ".bmp"];

    /// <summary>Reads a folder of pictures with their labels, sorted by name.</summary>
    /// <param name="images">Folder of pictures.</param>
    /// <param name="labels">
    /// A folder of YOLO text files (<c>class x y width height</c>, relative, centre; names of the classes in a <c>.yaml</c> with
    /// <c>names</c> or a <c>classes.txt</c>, there or one folder up; a picture without a file shows nothing), or a COCO JSON
    /// file (its pictures only, crowds left out).
    /// </param>
    /// <exception cref="InvalidDataException">The labels cannot be read; the message says where and why.</exception>
    public static IReadOnlyList<LabelledPicture> Load(string images, string labels) =>
        File.Exists(labels) ? LoadCoco(images, labels) : LoadYolo(images, labels);

    private static LabelledPicture[] LoadYolo(string images, string labels)
    {
        if (!Directory.Exists(images) || !Directory.Exists(labels))
        {
            throw new InvalidDataException($"there is no folder {(Directory.Exists(images) ? labels : images)}");
        }

        var names = ClassNames(labels);
        return [.. Directory.EnumerateFiles(images)
            .Where(path => PictureEndings.Contains(System.IO.Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)
            .Select(path => new LabelledPicture(
                path, ReadYolo(System.IO.Path.Combine(labels, System.IO.Path.GetFileNameWithoutExtension(path) + ".txt"), names)))];
    }

    private static TrueBox[] ReadYolo(string path, IReadOnlyDictionary<int, string> names) =>
        !File.Exists(path)
            ? []
            : [.. File.ReadLines(path)
                .Select((text, index) => (Text: text.Trim(), Line: index + 1))
                .Where(line => line.Text.Length > 0)
                .Select(line => ParseYolo(line.Text, names) ?? throw new InvalidDataException(
                    $"{path}:{line.Line}: expected 'class x y width height', got '{line.Text}'"))];

    private static TrueBox? ParseYolo(string line, IReadOnlyDictionary<int, string> names)
    {
        var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var numbers = new float[4];
        if (fields.Length < 5 || !int.TryParse(fields[0], CultureInfo.InvariantCulture, out var index))
        {
            return null;
        }

        for (var i = 0; i < 4; i++)
        {
            if (!float.TryParse(fields[i + 1], CultureInfo.InvariantCulture, out numbers[i]))
            {
                return null;
            }
        }

        var (x, y, halfWidth, halfHeight) = (numbers[0], numbers[1], numbers[2] / 2, numbers[3] / 2);
        return new TrueBox(
            names.GetValueOrDefault(index, $"class {index}"),
            new Box(x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight).Clip());
    }

    private static Dictionary<int, string> ClassNames(string labels)
    {
        string[] folders = [labels, System.IO.Path.Combine(labels, "..")];
        foreach (var folder in folders)
        {
            var list = System.IO.Path.Combine(folder, "classes.txt");
            if (File.Exists(list))
            {
                return File.ReadLines(list).Index().ToDictionary(line => line.Index, line => line.Item.Trim());
            }

            foreach (var file in Directory.EnumerateFiles(folder, "*.yaml"))
            {
                if (NamesInYaml(file) is { } names)
                {
                    return names;
                }
            }
        }

        throw new InvalidDataException($"there is neither a classes.txt nor a .yaml with names in {labels} or the folder above");
    }

    private static Dictionary<int, string>? NamesInYaml(string path)
    {
        using var reader = File.OpenText(path);
        var yaml = new YamlStream();
        yaml.Load(reader);
        if (yaml.Documents is not [{ RootNode: YamlMappingNode root }, ..] || !root.Children.TryGetValue("names", out var names))
        {
            return null;
        }

        return names switch
        {
            YamlSequenceNode list => list.Children.Index().ToDictionary(item => item.Index, item => item.Item.ToString()),
            YamlMappingNode map => map.Children.ToDictionary(
                item => int.Parse(item.Key.ToString(), CultureInfo.InvariantCulture), item => item.Value.ToString()),
            _ => null,
        };
    }

    private static LabelledPicture[] LoadCoco(string images, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            var names = root.GetProperty("categories").EnumerateArray()
                .ToDictionary(category => category.GetProperty("id").GetInt32(), category => category.GetProperty("name").GetString()!);
            var boxes = root.GetProperty("annotations").EnumerateArray()
                .Where(annotation => !annotation.TryGetProperty("iscrowd", out var crowd) || crowd.GetInt32() == 0)
                .ToLookup(annotation => annotation.GetProperty("image_id").GetInt64());
            return [.. root.GetProperty("images").EnumerateArray()
                .Select(image => new LabelledPicture(
                    System.IO.Path.Combine(images, image.GetProperty("file_name").GetString()!),
                    [.. boxes[image.GetProperty("id").GetInt64()].Select(annotation => ReadCoco(annotation, image, names))]))
                .OrderBy(picture => picture.Path, StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{path} is no COCO file of boxes: {error.Message}", error);
        }
    }

    private static TrueBox ReadCoco(JsonElement annotation, JsonElement image, Dictionary<int, string> names)
    {
        float[] box = [.. annotation.GetProperty("bbox").EnumerateArray().Select(number => number.GetSingle())];
        float width = image.GetProperty("width").GetInt32(), height = image.GetProperty("height").GetInt32();
        return new TrueBox(
            names[annotation.GetProperty("category_id").GetInt32()],
            new Box(box[0] / width, box[1] / height, (box[0] + box[2]) / width, (box[1] + box[3]) / height));
    }
}

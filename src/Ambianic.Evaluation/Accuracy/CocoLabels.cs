using System.Text.Json;
using Ambianic.Core.Vision;

namespace Ambianic.Evaluation.Accuracy;

/// <summary>Labels of many pictures in one file, as COCO's detection task has them; boxes are left, top, width, height in pixels.</summary>
/// <remarks>cocodataset.org, data format.</remarks>
internal static class CocoLabels
{
    private const int LongestQuote = 80;

    /// <summary>The file's pictures, sorted by name.</summary>
    /// <exception cref="InvalidDataException">It is not such a file; the message names it and says what is wrong.</exception>
    public static IReadOnlyList<LabelledPicture> Read(string images, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            var names = List(root, "categories").ToDictionary(category => Get(category, "id").GetInt64(), category => Text(category, "name"));
            var boxes = List(root, "annotations").ToLookup(annotation => Get(annotation, "image_id").GetInt64());
            return [.. List(root, "images")
                .Select(image => new LabelledPicture(
                    Path.Combine(images, Text(image, "file_name")),
                    [.. boxes[Get(image, "id").GetInt64()].Select(annotation => Box(annotation, image, names))]))
                .OrderBy(picture => picture.Path, StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"{path} is no COCO file of boxes: {error.Message}", error);
        }
    }

    private static TrueBox Box(JsonElement annotation, JsonElement image, Dictionary<long, string> names)
    {
        float[] box = [.. List(annotation, "bbox").Select(number => number.GetSingle())];
        float width = Get(image, "width").GetInt32(), height = Get(image, "height").GetInt32();
        if (box.Length != 4 || !Array.TrueForAll(box, float.IsFinite) || box[2] < 0 || box[3] < 0 || width <= 0 || height <= 0)
        {
            throw new FormatException($"{Quote(annotation)} is no box in a picture of {width}x{height}");
        }

        return new TrueBox(
            names.GetValueOrDefault(Get(annotation, "category_id").GetInt64()) ?? throw new FormatException($"there is no category of {Quote(annotation)}"),
            new Box(box[0] / width, box[1] / height, (box[0] + box[2]) / width, (box[1] + box[3]) / height))
        {
            IsCrowd = annotation.TryGetProperty("iscrowd", out var crowd) && crowd.GetInt32() != 0,
        };
    }

    private static JsonElement Get(JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value)
            ? value
            : throw new FormatException($"there is no {key} in {Quote(element)}");

    private static JsonElement.ArrayEnumerator List(JsonElement element, string key) => Get(element, key).EnumerateArray();

    private static string Text(JsonElement element, string key) =>
        Get(element, key).GetString() ?? throw new FormatException($"{key} is nothing in {Quote(element)}");

    private static string Quote(JsonElement element)
    {
        var text = element.GetRawText().ReplaceLineEndings(" ");
        return text.Length <= LongestQuote ? text : text[..LongestQuote] + "…";
    }
}

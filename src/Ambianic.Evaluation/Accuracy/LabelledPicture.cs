using Ambianic.Core.Vision;

namespace Ambianic.Evaluation.Accuracy;

/// <summary>An object that a person has labelled in a picture.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Box">Where it is, relative to the picture.</param>
public sealed record TrueBox(string Label, Box Box)
{
    /// <summary>True for a crowd: many objects in one box.</summary>
    public bool IsCrowd { get; init; }

    /// <summary>Intersection over union with a detection; of a crowd, the part of the detection that lies in it; 0 to 1.</summary>
    public float OverlapOf(Box detection)
    {
        if (!IsCrowd)
        {
            return Box.IoU(detection);
        }

        var common = new Box(
            MathF.Max(Box.XMin, detection.XMin), MathF.Max(Box.YMin, detection.YMin), MathF.Min(Box.XMax, detection.XMax), MathF.Min(Box.YMax, detection.YMax));
        return detection.Area > 0 ? common.Area / detection.Area : 0;
    }
}

/// <summary>A picture and the labels of all that it shows.</summary>
/// <param name="Path">The picture file.</param>
/// <param name="Boxes">All labelled objects; empty for a picture without any.</param>
public sealed record LabelledPicture(string Path, IReadOnlyList<TrueBox> Boxes)
{
    private static readonly string[] PictureEndings = [".jpg", ".jpeg", ".png", ".webp", ".bmp"];

    /// <summary>Reads a folder of pictures with their labels, sorted by name.</summary>
    /// <param name="images">Folder of pictures.</param>
    /// <param name="labels">
    /// A folder of YOLO text files (<c>class x y width height</c>, centre and size, relative to the picture; names of the classes in a <c>classes.txt</c>
    /// or a <c>.yaml</c> with <c>names</c>, there or one folder up; a picture without a file shows nothing), or a COCO JSON
    /// file (its pictures only).
    /// </param>
    /// <exception cref="InvalidDataException">The labels cannot be read; the message says where and why.</exception>
    public static IReadOnlyList<LabelledPicture> Load(string images, string labels)
    {
        try
        {
            var pictures = File.Exists(labels) ? CocoLabels.Read(images, labels) : LoadYolo(images, labels);
            return pictures.Count > 0 ? pictures : throw new InvalidDataException($"there is no picture in {images}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException && error is not InvalidDataException)
        {
            throw new InvalidDataException($"the labels cannot be read: {error.Message}", error);
        }
    }

    private static LabelledPicture[] LoadYolo(string images, string labels)
    {
        if (!Directory.Exists(images) || !Directory.Exists(labels))
        {
            throw new InvalidDataException($"there is no folder {(Directory.Exists(images) ? labels : images)}");
        }

        var names = YoloClassNames.Find(labels);
        return [.. Directory.EnumerateFiles(images)
            .Where(path => PictureEndings.Contains(System.IO.Path.GetExtension(path), StringComparer.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)
            .Select(path => new LabelledPicture(
                path, YoloLabels.Read(System.IO.Path.Combine(labels, System.IO.Path.GetFileNameWithoutExtension(path) + ".txt"), names)))];
    }
}

namespace Ambianic.Inference.Labels;

/// <summary>Labels of the models in the catalog, by class index.</summary>
internal static class LabelSets
{
    /// <summary>The 80 classes of the COCO detection task (Lin et al., "Microsoft COCO: Common Objects in Context", 2014), gaps closed.</summary>
    public static IReadOnlyList<string> Coco80 { get; } =
    [
        "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light",
        "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow",
        "elephant", "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag", "tie", "suitcase", "frisbee",
        "skis", "snowboard", "sports ball", "kite", "baseball bat", "baseball glove", "skateboard", "surfboard",
        "tennis racket", "bottle", "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple",
        "sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch",
        "potted plant", "bed", "dining table", "toilet", "tv", "laptop", "mouse", "remote", "keyboard", "cell phone",
        "microwave", "oven", "toaster", "sink", "refrigerator", "book", "clock", "vase", "scissors", "teddy bear",
        "hair drier", "toothbrush",
    ];

    /// <summary>Indices from 0 that COCO's numbering of 90 has left out.</summary>
    private static readonly int[] GapsOfCoco90 = [11, 25, 28, 29, 44, 65, 67, 68, 70, 82];

    /// <summary>The same classes in COCO's own numbering, from 0 for a person to 89 for a toothbrush; ten are <see cref="Unnamed"/>.</summary>
    public static IReadOnlyList<string> Coco90 { get; } = Spread(Coco80, 0);

    /// <summary>The same from 1 to 90, as COCO counts; 0 is <see cref="Unnamed"/>.</summary>
    public static IReadOnlyList<string> Coco91 { get; } = Spread(Coco80, 1);

    /// <summary>Of models that find bodies.</summary>
    public static IReadOnlyList<string> Person { get; } = ["person"];

    /// <summary>Of models that find faces.</summary>
    public static IReadOnlyList<string> Face { get; } = ["face"];

    /// <summary>What an index is called that has no label of its own.</summary>
    public static string Unnamed(int index) => $"class {index}";

    /// <summary>
    /// Labels for a model that counts its classes without gaps. Files of the COCO classes often count to 90, ten of which
    /// do not exist; many models count the other 80 alone.
    /// </summary>
    /// <param name="labels">By class index, gaps being <see cref="Unnamed"/>.</param>
    /// <param name="classes">How many the model tells apart.</param>
    /// <returns>The named ones in their order when they are exactly as many; otherwise all, as they are.</returns>
    public static IReadOnlyList<string> CloseGaps(IReadOnlyList<string> labels, int classes)
    {
        string[] named = [.. labels.Where((label, index) => label != Unnamed(index))];
        return named.Length == classes ? named : labels;
    }

    /// <summary>
    /// Labels for a model that counts as COCO does: 90 classes with ten gaps, or 91 with one before the first. Files often hold the other
    /// 80 alone, or do not count the one before the first.
    /// </summary>
    /// <param name="labels">By class index.</param>
    /// <param name="classes">How many the model tells apart.</param>
    /// <returns>The labels at their places when they are 80 for 90 or 91 classes, or 90 for 91; otherwise all, as they are.</returns>
    public static IReadOnlyList<string> OpenGaps(IReadOnlyList<string> labels, int classes) => (labels.Count, classes) switch
    {
        (80, 90) => Spread(labels, 0),
        (80, 91) => Spread(labels, 1),
        (90, 91) => [Unnamed(0), .. labels.Select((label, index) => label == Unnamed(index) ? Unnamed(index + 1) : label)],
        _ => labels,
    };

    /// <summary>The names of the eleven classes that COCO planned and never used, which some files of its labels hold too.</summary>
    private static readonly HashSet<string> UnusedCoco = new(
        ["street sign", "hat", "shoe", "eye glasses", "plate", "mirror", "window", "desk", "door", "blender", "hair brush"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Labels in which the classes that COCO never used have no names, where a file has all of them; otherwise all, as they are.</summary>
    public static string[] WithoutUnusedCoco(string[] labels)
    {
        if (labels.Count(UnusedCoco.Contains) != UnusedCoco.Count)
        {
            return labels;
        }

        var used = labels.Select((label, index) => UnusedCoco.Contains(label) ? Unnamed(index) : label).ToArray();
        return UnusedCoco.Contains(labels[^1]) ? used[..^1] : used;
    }

    private static string[] Spread(IReadOnlyList<string> labels, int first)
    {
        var spread = Enumerable.Range(0, labels.Count + GapsOfCoco90.Length + first).Select(Unnamed).ToArray();
        var index = first;
        foreach (var label in labels)
        {
            while (GapsOfCoco90.Contains(index - first))
            {
                index++;
            }

            spread[index++] = label;
        }

        return spread;
    }
}

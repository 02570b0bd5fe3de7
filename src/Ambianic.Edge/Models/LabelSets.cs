namespace Ambianic.Models;

/// <summary>Labels of the models in the catalog, by class index.</summary>
public static class LabelSets
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
}

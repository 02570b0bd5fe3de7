namespace Ambianic.Inference.Labels;

/// <summary>What a file of labels says.</summary>
/// <param name="Names">By the index in the file; an index without name is <see cref="LabelSets.Unnamed"/>.</param>
/// <param name="Path">The file.</param>
/// <param name="LastLine">The last one that says anything, from 1.</param>
public sealed record LabelList(IReadOnlyList<string> Names, string Path, int LastLine)
{
    /// <summary>The named ones by their index.</summary>
    public IReadOnlyDictionary<int, string> ByIndex =>
        Names.Index().Where(entry => entry.Item != LabelSets.Unnamed(entry.Index)).ToDictionary(entry => entry.Index, entry => entry.Item);

    /// <summary>True when each label has its index, so that others may be missing on purpose.</summary>
    public bool IsIndexed { get; init; }

    /// <summary>True when index 0 is the background and not a class, as in TensorFlow's label maps.</summary>
    public bool BeginsWithBackground { get; init; }

    /// <summary>The labels of a model that counts its classes from 0, without a background.</summary>
    /// <param name="classes">How many the model tells apart; 0 when nobody knows.</param>
    /// <param name="countsFromOne">True when its outputs call the first class 1.</param>
    /// <param name="mayLackLast">True when the last class may have no label.</param>
    /// <exception cref="ModelException">The labels are too few.</exception>
    public IReadOnlyList<string> For(int classes, bool countsFromOne, bool mayLackLast = false)
    {
        var names = WithoutBackground(classes, countsFromOne);
        if (classes == 0)
        {
            return countsFromOne && names.SequenceEqual(LabelSets.Coco80, StringComparer.OrdinalIgnoreCase) ? LabelSets.Coco90 : names;
        }

        names = LabelSets.CloseGaps(names, classes);
        names = LabelSets.OpenGaps(names, classes);
        return mayLackLast && names.Count == classes - 1 ? [.. names, LabelSets.Unnamed(classes - 1)]
            : names.Count >= classes || IsIndexed
            ? names
            : throw new ModelException(
                $"{Path}:{LastLine}: the labels end here after {names.Count}, and the model tells {classes} classes apart; "
                + "add the missing ones, write the class index before each label, or leave 'labels' out");
    }

    private IReadOnlyList<string> WithoutBackground(int classes, bool countsFromOne)
    {
        var isBackground = BeginsWithBackground || (countsFromOne && Names[0] == LabelSets.Unnamed(0));
        return isBackground && Names.Count > 1 && Names.Count != classes && (classes == 0 || !IsAmongNamed(classes))
            ? [.. Names.Skip(1).Select((name, index) => name == LabelSets.Unnamed(index + 1) ? LabelSets.Unnamed(index) : name)]
            : Names;
    }

    /// <summary>Closing the gaps, the background's among them, leaves the right number.</summary>
    private bool IsAmongNamed(int classes) => LabelSets.CloseGaps(Names, classes).Count == classes;
}

namespace Ambianic.Configuration.Saving;

/// <summary>Lines and columns of a text.</summary>
internal static class TextPlaces
{
    /// <summary>The place of an index.</summary>
    public static Place Of(string file, string text, int index)
    {
        var before = text.AsSpan(0, index);
        return new Place(file, before.Count('\n') + 1, index - before.LastIndexOf('\n'));
    }
}

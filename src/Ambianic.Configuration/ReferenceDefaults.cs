namespace Ambianic.Configuration;

/// <summary>Names that the reference system's own <c>config.defaults.yaml</c> defines, for configurations that rely on it. Whatever a file defines under such a name wins.</summary>
internal static class ReferenceDefaults
{
    private static readonly Place Place = new("config.defaults.yaml", 0, 0);

    /// <summary>A source; null when there is none of this name.</summary>
    public static Entry? Source(string id) => id == "webcam" ? Named(id, ("uri", "/dev/video0"), ("live", "true")) : null;

    /// <summary>A model: the catalog's, for what the element looks for; null when there is none of this name.</summary>
    public static Entry? Model(string id) => id switch
    {
        "image_detection" or "fall_detection" => Named(id),
        "face_detection" => Named(id, ("top_k", "2")),
        _ => null,
    };

    private static Entry Named(string id, params (string Key, string Value)[] options) => new(id, Place, new MappingNode(Place, [.. options
        .Select(option => new Entry(option.Key, Place, new ScalarNode(Place, option.Value, isPlain: true)))]));
}

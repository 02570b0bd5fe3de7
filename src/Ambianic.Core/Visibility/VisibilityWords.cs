using Ambianic.Core.Health;

namespace Ambianic.Core.Visibility;

/// <summary>
/// The words for visibility in <c>coverage.jsonl</c>, in events on the timeline and in <c>/api/coverage</c>. Two of them,
/// <c>watching</c> and <c>blind</c>, are older than those of <see cref="VisibilityState"/>; they stay, so that other versions read what is stored.
/// </summary>
public static class VisibilityWords
{
    /// <summary>The stored word, in small letters.</summary>
    public static string Stored(VisibilityState visibility) => visibility switch
    {
        VisibilityState.Visible => "watching",
        VisibilityState.NoVideo => "blind",
        VisibilityState.Frozen => "frozen",
        VisibilityState.Black => "black",
        VisibilityState.Covered => "covered",
        _ => "off",
    };

    /// <summary>Reads a stored word, or the newer word for the same, in letters of any size.</summary>
    /// <returns>Null when it is neither.</returns>
    public static VisibilityState? Parse(string? word) => word?.ToLowerInvariant() switch
    {
        "watching" or "visible" => VisibilityState.Visible,
        "blind" or "no_video" => VisibilityState.NoVideo,
        "frozen" => VisibilityState.Frozen,
        "black" => VisibilityState.Black,
        "covered" => VisibilityState.Covered,
        "off" => VisibilityState.Off,
        _ => null,
    };
}

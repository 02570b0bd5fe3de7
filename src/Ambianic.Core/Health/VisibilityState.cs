namespace Ambianic.Core.Health;

/// <summary>Whether a camera's picture can be used, and if not, what is wrong.</summary>
public enum VisibilityState
{
    /// <summary>No picture, on purpose: the program did not run, or the recording has ended.</summary>
    Off,

    /// <summary>The picture can be used.</summary>
    Visible,

    /// <summary>No frame arrives, or none that arrives can be looked at.</summary>
    NoVideo,

    /// <summary>The camera sends the same picture again and again.</summary>
    Frozen,

    /// <summary>The picture is black.</summary>
    Black,

    /// <summary>Nothing but shade can be made out in the picture.</summary>
    Covered,
}

namespace Ambianic.Core.Vision.Motion;

/// <summary>Why a frame is looked at by the model, or not.</summary>
public enum LookReason
{
    /// <summary>Nothing moves and nobody is there: it is not looked at.</summary>
    Quiet,

    /// <summary>Nothing is known of the picture yet.</summary>
    Starting,

    /// <summary>Something moves, or did a moment ago.</summary>
    Motion,

    /// <summary>So much changed that it is the light or the camera.</summary>
    SceneChange,

    /// <summary>Something is followed.</summary>
    Followed,

    /// <summary>The last look is long ago.</summary>
    FullLook,
}

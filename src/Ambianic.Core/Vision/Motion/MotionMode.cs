namespace Ambianic.Core.Vision.Motion;

/// <summary>Whether frames without motion are looked at.</summary>
public enum MotionMode
{
    /// <summary>Only now and then.</summary>
    Auto,

    /// <summary>All of them.</summary>
    Off,
}

namespace Ambianic.Core.Vision.Falls;

/// <summary>What a person is doing, as far as falling is concerned.</summary>
public enum FallState
{
    /// <summary>Standing, sitting, walking, bending: everything that is not one of the others.</summary>
    Upright,

    /// <summary>Came down fast and far.</summary>
    Descending,

    /// <summary>Is low after that; not yet for long enough to be a fall.</summary>
    Down,

    /// <summary>Fell and has not got up.</summary>
    Fallen,

    /// <summary>Has been lying for long after a fall, or without one having been seen.</summary>
    LongLie,
}

namespace Ambianic.Core.Vision.Tracking;

/// <summary>
/// Thresholds for how objects are followed. Places are measured in widths and heights of the object's box, so that near and far
/// objects are treated alike, and times in seconds, so that every frame rate is.
/// </summary>
internal sealed record ObjectTrackingRule
{
    /// <summary>How long a track outlives its last detection, in seconds.</summary>
    public double PatienceSeconds { get; init; } = 5;

    /// <summary>How long one of a single detection does: false detections are mostly alone.</summary>
    public double FirstPatienceSeconds { get; init; } = 2;

    /// <summary>How long a stationary one does when its place looks otherwise: somebody may stand before it.</summary>
    public double StationaryPatienceSeconds { get; init; } = 30;

    /// <summary>Detections below this share of the least confidence that starts a track are not looked at.</summary>
    public float UncertainShare { get; init; } = 0.4f;

    /// <summary>Two boxes that overlap by more than this (IoU, 0 to 1) are one object with two labels.</summary>
    public double DuplicateOverlap { get; init; } = 0.8;

    /// <summary>Standard deviation of a measured centre, in box sizes.</summary>
    public double PlaceNoise { get; init; } = 0.1;

    /// <summary>Standard deviation of the natural logarithm of a measured width or height.</summary>
    public double SizeNoise { get; init; } = 0.15;

    /// <summary>Standard deviation of the velocity of a new object, in box sizes a second: somebody who walks past makes two widths a second.</summary>
    public double StartVelocity { get; init; } = 2;

    /// <summary>How much the velocity of an object changes within a second, in box sizes a second.</summary>
    public double Acceleration { get; init; } = 1;

    /// <summary>The same of the natural logarithm of its size.</summary>
    public double Growth { get; init; } = 0.5;

    /// <summary>Time constant with which the expected velocity of an unseen object fades, in seconds.</summary>
    public double FadeSeconds { get; init; } = 3;

    /// <summary>A detection further away than this many standard deviations of what is expected is another object.</summary>
    public double Gate { get; init; } = 3.5;

    /// <summary>Cost of a detection one box size away from where it is expected; at 1 it cannot be the object.</summary>
    public double DistanceCost { get; init; } = 0.5;

    /// <summary>Each second unseen makes an object findable so many times further from where it is expected.</summary>
    public double UnseenReach { get; init; } = 0.5;

    /// <summary>Cost of another size, for each natural logarithm of the ratio.</summary>
    public double SizeCost { get; init; } = 0.3;

    /// <summary>Cost of the opposite direction of movement.</summary>
    public double TurnCost { get; init; } = 0.2;

    /// <summary>Cost of a label that the object was never given.</summary>
    public double LabelCost { get; init; } = 0.8;

    /// <summary>Cost of each second that an object has not been seen: one seen a moment ago comes first.</summary>
    public double UnseenCost { get; init; } = 0.05;

    /// <summary>The cost at which an uncertain detection cannot be the object.</summary>
    public double UncertainLimit { get; init; } = 0.6;

    /// <summary>An object unseen for longer, in seconds, is not found again by an uncertain detection.</summary>
    public double UncertainSeconds { get; init; } = 1.5;

    /// <summary>The cost, from its last place, at which an object that stopped unexpectedly cannot be the detection.</summary>
    public double StoppedLimit { get; init; } = 0.5;

    /// <summary>Seconds between the steps by which the path of an object that was found again is filled in.</summary>
    public double FillSeconds { get; init; } = 0.2;

    /// <summary>Seconds over which the direction of movement is measured.</summary>
    public double DirectionSeconds { get; init; } = 0.6;

    /// <summary>A direction counts when the object went this far in that time, in box sizes.</summary>
    public double DirectionDistance { get; init; } = 0.15;

    /// <summary>Time constant of the smoothed confidence, in seconds.</summary>
    public double ConfidenceSeconds { get; init; } = 1;

    /// <summary>An object is stationary when it stays where it is for this many seconds.</summary>
    public double StationarySeconds { get; init; } = 10;

    /// <summary>A box of which less than this share lies where the object stands has moved, or lies behind something.</summary>
    public double SamePlaceShare { get; init; } = 0.75;

    /// <summary>A box larger than this many times that of the standing object has moved towards the camera.</summary>
    public double SamePlaceGrowth { get; init; } = 1.8;

    /// <summary>Seconds that it has to be elsewhere before it counts as moving: boxes jump.</summary>
    public double MovedSeconds { get; init; } = 1;

    /// <summary>A stationary object that is not found, while its place looks the same, is kept for so many hours: a night.</summary>
    public double UnseenHours { get; init; } = 16;
}

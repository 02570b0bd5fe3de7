namespace Ambianic.Core.Vision.Falls.Rules;

/// <summary>Thresholds for when the picture or its time does not continue the one before. Changes are in grey levels of 256.</summary>
public sealed record ContinuityRule
{
    /// <summary>A frame that is older by less than this, in seconds, is a straggler; by more, the stream has begun again.</summary>
    public double RestartSeconds { get; init; } = 2;

    /// <summary>Seconds that pass for people between two connections: the stream does not say how long it really was.</summary>
    public double ReconnectSeconds { get; init; } = 1;

    /// <summary>More than this between two samples does not count, in seconds: the computer was suspended, or the camera's clock was set.</summary>
    public double LongestGapSeconds { get; init; } = 30;

    /// <summary>From the last detection of somebody under one track to the first under another, in seconds; the time between samples at one a second.</summary>
    public double TakeOverSeconds { get; init; } = 1;

    /// <summary>
    /// What was concluded from damaged pictures is reported after so many seconds of undamaged ones: the smoothed pose of who only looked
    /// fallen is upright again by then.
    /// </summary>
    public double ConfirmUndamagedSeconds { get; init; } = 1.5;

    /// <summary>
    /// Half of the cells changed by more than this is a cut, whatever is usual: more than a person can cover who falls in front of
    /// the camera.
    /// </summary>
    public double MostChange { get; init; } = 24;

    /// <summary>Less change than this is noise.</summary>
    public double LeastChange { get; init; } = 4;

    /// <summary>A cut changes more than this part of the picture's contrast: in a flat picture another room is little change.</summary>
    public double ContrastShare { get; init; } = 0.5;

    /// <summary>A cut changes this many times as much as usual: a dark picture is noise from one to the next.</summary>
    public double UsualFactor { get; init; } = 4;

    /// <summary>How much of the usual change comes from the latest picture, 0 to 1.</summary>
    public double UsualWeight { get; init; } = 0.1;
}

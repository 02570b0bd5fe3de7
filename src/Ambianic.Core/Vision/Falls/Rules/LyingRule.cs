namespace Ambianic.Core.Vision.Falls.Rules;

/// <summary>Thresholds for how those who lie are followed.</summary>
public sealed record LyingRule
{
    /// <summary>Somebody who does not look lying for longer than this, in seconds, no longer lies.</summary>
    public double InterruptionSeconds { get; init; } = 2;

    /// <summary>How long somebody who lies is followed without being found, in seconds: models find people who lie only now and then.</summary>
    public double PatienceSeconds { get; init; } = 15;

    /// <summary>How much longer than <see cref="FallRule.EscalationSeconds"/> somebody who has fallen is followed without being found, in seconds.</summary>
    public double FallenPatienceSeconds { get; init; } = 30;

    /// <summary>Least number of samples that show somebody up again.</summary>
    public int LeastUpSamples { get; init; } = 2;

    /// <summary>Least part of the samples of <see cref="FallRule.RecoverSeconds"/> that show the person up again, 0 to 1.</summary>
    public float UpShare { get; init; } = 0.7f;

    /// <summary>How far the shoulders of somebody up again are above their lowest place, in heights.</summary>
    public float UpRise { get; init; } = 0.25f;

    /// <summary>How long the place of somebody who lies is remembered, in seconds, so that it is reported once.</summary>
    public double PlaceSeconds { get; init; } = 3600;

    /// <summary>How near to such a place the same person lies, in body sizes.</summary>
    public double PlaceDistance { get; init; } = 1.2;

    /// <summary>
    /// How long nobody may have watched, in seconds, for a new pipeline to continue with those who lie: after that somebody else may
    /// lie there, or they may have got up.
    /// </summary>
    public double UnwatchedSeconds { get; init; } = 120;
}

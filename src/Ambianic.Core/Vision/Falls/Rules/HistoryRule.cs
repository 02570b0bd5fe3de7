namespace Ambianic.Core.Vision.Falls.Rules;

/// <summary>Thresholds for what the last seconds say of a person.</summary>
public sealed record HistoryRule
{
    /// <summary>How long samples of a person are kept, in seconds.</summary>
    public double Seconds { get; init; } = 4;

    /// <summary>How many of the latest samples tell the sampling period: the 4 s that are kept, at 30 samples a second.</summary>
    public int PeriodSamples { get; init; } = 120;

    /// <summary>How long somebody has to be stooped, in seconds, before it is how they always walk.</summary>
    public double StoopedSeconds { get; init; } = 1;

    /// <summary>How many stooped samples there must be for each upright one of somebody who always walks stooped.</summary>
    public int StoopedForOneUpright { get; init; } = 3;
}

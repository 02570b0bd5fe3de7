using Ambianic.Core.Vision.Tracking;

namespace Ambianic.Core.Vision.Falls;

/// <summary>Something to be reported about a person.</summary>
/// <param name="Kind">What.</param>
/// <param name="Body">The person as last seen.</param>
/// <param name="Details">The rest.</param>
public sealed record PersonReport(FallKind Kind, Body Body, FallReport Details)
{
    /// <summary>What it is called where it is stored and shown.</summary>
    public string Label => FallLabels.Of(Kind);

    /// <summary>That somebody fell, or, where no fall was seen, that somebody is there; 0 to 1.</summary>
    public float Confidence => Details.Evidence.Probability ?? Body.Score;
}

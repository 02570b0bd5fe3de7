using Ambianic.Core.Configuration;

namespace Ambianic.Configuration.Saving;

/// <summary>What became of a write.</summary>
/// <param name="Result">The configuration with it; null when nothing was written.</param>
/// <param name="Problems">Why nothing was written; else empty.</param>
public sealed record SaveResult(ConfigurationResult? Result, IReadOnlyList<ConfigurationProblem> Problems)
{
    /// <summary>Nothing was written, because the file is not what the caller has seen.</summary>
    public static SaveResult Stale { get; } = new(null, []);

    /// <summary>True when nothing is wrong with the text, but it may not be set this way.</summary>
    public bool IsForbidden { get; init; }
}

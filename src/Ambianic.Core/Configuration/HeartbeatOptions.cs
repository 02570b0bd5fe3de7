using System.ComponentModel.DataAnnotations;

namespace Ambianic.Core.Configuration;

/// <summary>The section <c>heartbeat</c>: a monitor outside of the house that misses Ambianic when it is silent.</summary>
public sealed record HeartbeatOptions
{
    /// <summary>Address that is asked for while all pipelines are well, <c>http</c> or <c>https</c>; a secret. Empty is no heartbeat.</summary>
    public string Url { get; init; } = "";

    /// <summary>How often. The default is 1m.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(1);
}

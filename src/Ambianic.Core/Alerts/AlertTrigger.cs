using System.Security.Cryptography;
using System.Text;
using Ambianic.Core.Configuration;

namespace Ambianic.Core.Alerts;

/// <summary>Something that happened and that one entry of <c>notifications</c> tells.</summary>
internal sealed record AlertTrigger
{
    /// <summary>See <see cref="Alert.Incident"/>.</summary>
    public required string Incident { get; init; }

    /// <summary>The entry of <c>notifications</c>; of no account when it resolves: that concerns all.</summary>
    public required string Notification { get; init; }

    /// <summary>What it is about.</summary>
    public required AlertKind Kind { get; init; }

    /// <summary>How much it matters.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>True when it says that the incident is over.</summary>
    public bool Resolves { get; init; }

    /// <summary>It becomes an alert at this time, unless it is over by then; null is at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    public string Pipeline { get; init; } = "";

    public string Source { get; init; } = "";

    public IReadOnlyList<string> Labels { get; init; } = [];

    public double? Confidence { get; init; }

    public string? EventId { get; init; }

    /// <summary>In words for people; how it ended, when it resolves.</summary>
    public string Reason { get; init; } = "";

    public bool IsTest { get; init; }

    /// <summary>The id of the alert that it raises: the same for the same trigger.</summary>
    public string AlertId => Ids.Of(Notification, Incident, EventId ?? At.UtcTicks.ToString(System.Globalization.CultureInfo.InvariantCulture));
}

/// <summary>Ids that are derived from what they name.</summary>
internal static class Ids
{
    /// <summary>32 hexadecimal digits.</summary>
    public static string Of(params ReadOnlySpan<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))).AsSpan(0, 16));
}

using System.Globalization;
using Ambianic.Core.Alerts;

namespace Ambianic.Server.Alerts;

/// <summary>An alert in words, for the answer page.</summary>
internal static class AlertWords
{
    /// <summary>What happened, in one line.</summary>
    public static string Headline(Alert alert) => (alert.IsTest ? "TEST: " : "") + alert.Kind switch
    {
        AlertKind.Fall => "Somebody has fallen or is down",
        AlertKind.Outage => "A camera gives no usable picture",
        AlertKind.Storage => "Events cannot be stored",
        AlertKind.Disk => "The disk is nearly full",
        AlertKind.Configuration => "The configuration cannot be used",
        AlertKind.Restart => "Ambianic was killed and is running again",
        AlertKind.Provider => "Notifications do not arrive",
        AlertKind.Summary => "Several things have happened",
        AlertKind.Drill => "A rehearsal",
        _ => alert.Labels.Count > 0 ? $"Seen: {string.Join(", ", alert.Labels)}" : "Something was seen",
    };

    /// <summary>What more is known; empty when nothing is.</summary>
    public static string Details(Alert alert)
    {
        var detected = alert.Labels.Count == 0 ? ""
            : string.Join(", ", alert.Labels) + (alert.Confidence is { } confidence ? string.Create(CultureInfo.InvariantCulture, $" ({confidence:0 %})") : "");
        return string.Join(" · ", new[] { detected, alert.Reason }.Where(part => part.Length > 0));
    }

    /// <summary>How it is now: who takes care, and whether it is over.</summary>
    public static string State(Alert alert, Func<DateTimeOffset, string> clock)
    {
        var answered = alert.AcknowledgedBy is { } by && alert.AcknowledgedAt is { } at ? $"{by} is taking care, since {clock(at)}."
            : alert.State == AlertState.Expired ? "Everybody on the list was told, and nobody has answered."
            : "Nobody has answered yet.";
        var over = alert.ResolvedAt is { } end ? $" It is over since {clock(end)}{(alert.Resolution is { Length: > 0 } how ? $": {how}" : "")}." : "";
        return answered + over + (alert.Feedback == AlertFeedback.FalseAlarm ? " It was marked as a false alarm." : "");
    }
}

using System.Globalization;
using Ambianic.Core.Alerts;

namespace Ambianic.Server.Alerts;

/// <summary>An alert in words, for the answer page.</summary>
internal static class AlertWords
{
    /// <summary>What happened, in one line, as the messages say it.</summary>
    public static string Headline(Alert alert) => (alert.IsTest ? "TEST: " : "") + AlertTexts.Subject(alert);

    /// <summary>What more is known; empty when nothing is.</summary>
    public static string Details(Alert alert)
    {
        var detected = alert.Labels.Count == 0 || alert.Kind == AlertKind.Drill ? ""
            : string.Join(", ", alert.Labels) + (alert.Confidence is { } confidence ? string.Create(CultureInfo.InvariantCulture, $" ({confidence:0 %})") : "");
        return string.Join(" · ", new[] { detected, alert.Reason }.Where(part => part.Length > 0));
    }

    /// <summary>How it is now: who takes care, and whether it is over.</summary>
    public static string State(Alert alert, Func<DateTimeOffset, string> clock)
    {
        var answered = alert.AcknowledgedBy is { } by && alert.AcknowledgedAt is { } at ? $"{by} is taking care, since {clock(at)}."
            : alert.State == AlertState.Expired ? "Everybody on the list was told, and nobody has answered."
            : "Nobody has answered yet.";
        var over = alert.ResolvedAt is { } end ? $" It has been over since {clock(end)}{(alert.Resolution is { Length: > 0 } how ? $": {how}" : "")}." : "";
        var help = alert.HelpAskedBy is { } helpless ? $" {helpless} has asked for help." : "";
        return answered + help + over + (alert.Feedback == AlertFeedback.FalseAlarm ? " It was marked as a false alarm." : "");
    }
}

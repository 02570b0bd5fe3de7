using System.Globalization;
using System.Text.RegularExpressions;
using Ambianic.Core.Configuration;
using Ambianic.Core.Vision.Falls;

namespace Ambianic.Core.Alerts;

/// <summary>What messages say. Plain text; nothing is escaped.</summary>
public static partial class AlertTexts
{
    private const int MostLines = 20;

    /// <summary>The variables that templates may hold, without <c>${}</c>.</summary>
    public static IReadOnlyList<string> Variables { get; } = ["event_source", "event_type", "event_labels", "event_details_url"];

    /// <summary>The names of all variables in a template, known or not.</summary>
    public static IEnumerable<string> VariablesIn(string template) => VariableRegex().Matches(template).Select(match => match.Groups["name"].Value);

    /// <summary>A test message; no two have the same id.</summary>
    /// <param name="displayName">Of this device.</param>
    /// <param name="time">Clock.</param>
    public static AlertMessage Test(string displayName, TimeProvider time)
    {
        var id = Guid.NewGuid().ToString("N");
        return new AlertMessage
        {
            IdempotencyKey = id,
            AlertId = id,
            Kind = DeliveryKind.Alert,
            About = AlertKind.Drill,
            Severity = AlertSeverity.Info,
            Title = $"TEST: {displayName}",
            Text = "This is a test message. If you can read it, alerts reach you here.",
            At = time.GetLocalNow(),
            IsTest = true,
        };
    }

    /// <summary>One message of one alert.</summary>
    internal static (string Title, string Text) Compose(Alert alert, DeliveryKind kind, AlertSettings settings, Uri? details)
    {
        var (subject, happened) = (Subject(alert), Happened(alert, settings));
        var templates = settings.Of(alert.Notification).Templates;
        if (kind is DeliveryKind.Alert or DeliveryKind.Reminder or DeliveryKind.Escalation && alert.Kind is AlertKind.Detection or AlertKind.Fall)
        {
            subject = templates.Title is { } title ? Fill(title, alert, settings, details) : subject;
            happened = templates.Message is { } message ? Fill(message, alert, settings, details) : happened;
        }

        var (first, text) = kind switch
        {
            DeliveryKind.Alert => (subject, happened),
            DeliveryKind.Reminder when alert.HelpAskedBy is { } by => ($"{by} asks for help: {subject}", happened),
            DeliveryKind.Reminder => ($"Nobody has answered yet: {subject}", happened),
            DeliveryKind.Escalation when alert.HelpAskedBy is { } by => ($"{by} asks for help: {subject}", happened),
            DeliveryKind.Escalation => ($"Please help: {subject}", $"{happened}\nNobody has answered yet."),
            DeliveryKind.Taken when alert.Feedback == AlertFeedback.FalseAlarm => ($"A false alarm: {subject}", $"{alert.AcknowledgedBy} said so at {Time(alert.AcknowledgedAt ?? alert.RaisedAt, settings)}. Nothing more is sent unless it happens again."),
            DeliveryKind.Taken => ($"{alert.AcknowledgedBy} is taking care of it: {subject}", $"Since {Time(alert.AcknowledgedAt ?? alert.RaisedAt, settings)}. Nothing more is sent unless it happens again."),
            DeliveryKind.Update when alert.ResolvedAt is { } over => ($"Over: {subject}", $"{Capital(alert.Resolution ?? "over")} at {Time(over, settings)}.\nIt began at {Time(Began(alert), settings)}."),
            DeliveryKind.Update => ($"It goes on: {subject}", $"{happened}\n{alert.AcknowledgedBy} takes care."),
            DeliveryKind.Summary => ($"{subject}: {alert.Triggers} pictures", $"From {Time(alert.RaisedAt, settings)} to {Time(alert.TriggeredAt, settings)}."),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
        return (alert.IsTest ? $"TEST: {first}" : first, alert.IsTest ? $"{text}\nThis is a rehearsal: nothing has happened." : text);
    }

    /// <summary>Several messages as one.</summary>
    internal static (string Title, string Text) Group(IReadOnlyList<(Alert Alert, DeliveryKind Kind)> messages, AlertSettings settings)
    {
        var lines = messages.Take(MostLines).Select(message => $"{Time(message.Alert.RaisedAt, settings)}  {Compose(message.Alert, message.Kind, settings, details: null).Title}");
        var rest = messages.Count > MostLines ? $"\n… and {messages.Count - MostLines} more" : "";
        return ($"{messages.Count} messages of {settings.DisplayName}", string.Join('\n', lines) + rest);
    }

    /// <summary>What it is about, in a few words.</summary>
    public static string Subject(Alert alert) => alert.Kind switch
    {
        AlertKind.Fall or AlertKind.Drill => $"{FallWords(alert)}: {alert.Pipeline}",
        AlertKind.Detection => $"{Capital(string.Join(", ", alert.Labels))}: {alert.Pipeline}",
        AlertKind.Outage => $"No usable picture: {alert.Pipeline}",
        AlertKind.Storage => "Events cannot be stored",
        AlertKind.Disk => "The disk is nearly full",
        AlertKind.Configuration => "The configuration has errors",
        AlertKind.Restart => "Ambianic stopped unexpectedly and has restarted",
        AlertKind.Provider => "Messages do not arrive",
        AlertKind.Summary when alert.Labels.Count > 0 => $"Missed alerts, including a fall: {alert.Pipeline}",
        AlertKind.Summary => "Missed alerts",
        _ => throw new ArgumentOutOfRangeException(nameof(alert), alert.Kind, null),
    };

    private static string FallWords(Alert alert) =>
        alert.Labels.Contains(FallLabels.LongLie) ? "Somebody fell and is still on the floor"
        : alert.Labels.Contains(FallLabels.Fall) ? "Somebody fell"
        : "Somebody is on the floor";

    private static string Happened(Alert alert, AlertSettings settings)
    {
        List<string> lines = [$"{settings.DisplayName}, {Time(Began(alert), settings)}."];
        if (alert.Reason.Length > 0 && alert.Kind is not AlertKind.Fall)
        {
            lines.Add(Credentials.Mask(alert.Reason) is var reason && reason.EndsWith('.') ? reason : $"{reason}.");
        }

        if (alert.Kind is AlertKind.Fall && alert.ResolvedAt is { } over)
        {
            lines.Add($"{Capital(alert.Resolution ?? "over")} at {Time(over, settings)}.");
        }

        return string.Join('\n', lines);
    }

    /// <summary>When this round of it began.</summary>
    internal static DateTimeOffset Began(Alert alert) => alert.Round == 1 ? alert.RaisedAt : alert.RoundAt;

    private static string Fill(string template, Alert alert, AlertSettings settings, Uri? details) => VariableRegex().Replace(template, variable => variable.Groups["name"].Value switch
    {
        "event_source" => alert.Source.Length > 0 ? Credentials.Mask(alert.Source) : alert.Pipeline,
        "event_type" => alert.Kind.ToString().ToLowerInvariant(),
        "event_labels" => $"{settings.DisplayName}: {string.Join(',', alert.Labels)}",
        "event_details_url" => details?.ToString() ?? "",
        _ => variable.Value, // a configuration with others is not accepted
    });

    private static string Time(DateTimeOffset at, AlertSettings settings) =>
        TimeZoneInfo.ConvertTime(at, settings.Zone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    [GeneratedRegex(@"\$\{(?<name>[^}]*)\}")]
    private static partial Regex VariableRegex();
}

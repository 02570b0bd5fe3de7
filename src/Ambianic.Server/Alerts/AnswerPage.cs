using System.Globalization;
using System.Text;
using Ambianic.Core.Alerts;
using Ambianic.Server.Pages;
using static Ambianic.Server.Pages.PlainPage;

namespace Ambianic.Server.Alerts;

/// <summary>The page behind a link, as HTML without scripts and without anything to load but the one picture.</summary>
internal static class AnswerPage
{
    /// <summary>The value of the query's <c>said</c> for a person who takes care after another one.</summary>
    public const string Late = "late";

    private static readonly PlainPage Page = new("""
        body{max-width:36rem}
        h1{margin:.25rem 0;font-size:1.5rem;line-height:1.2}
        p{margin:.4rem 0}
        .state{padding:.7rem .9rem;border-radius:.6rem;background:var(--card);border:1px solid var(--line);font-weight:600}
        .note{border-left:.35rem solid var(--accent)}
        img{display:block;width:100%;height:auto;margin:.8rem 0;border-radius:.6rem}
        form{display:grid;gap:.8rem;margin:1rem 0}
        button,.call{display:block;width:100%;min-height:3.5rem;padding:.8rem;border:2px solid var(--accent);border-radius:.8rem;background:var(--card);color:var(--text);font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
        button.first{background:var(--accent);color:var(--on)}
        .help,.call{border-color:var(--bad);color:var(--bad)}
        """, imageSources: "'self' data:", frameAncestors: "'none'");

    /// <inheritdoc cref="PlainPage.ContentSecurityPolicy"/>
    public static string ContentSecurityPolicy => Page.ContentSecurityPolicy;

    /// <summary>What happened, how it is now, and what can be answered.</summary>
    public static string Of(AnswerView view)
    {
        var alert = view.Alert;
        string Clock(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, view.Zone).ToString("HH:mm", CultureInfo.InvariantCulture);
        var html = new StringBuilder();
        if (Notice(view, Clock) is { } notice)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p class=\"note\" role=\"status\">{Text(notice)}</p>");
        }

        if (view.Said == AlertAnswers.Word(AlertAnswer.CallForHelp))
        {
            html.Append(Call(view.EmergencyNumber));
        }

        var local = TimeZoneInfo.ConvertTime(alert.TriggeredAt, view.Zone);
        html.Append(CultureInfo.InvariantCulture, $"""
            <h1 dir="auto">{Text(AlertWords.Headline(alert))}</h1>
            <p><time datetime="{local:O}">{local:dddd d MMMM yyyy, HH:mm:ss}</time>{(alert.Triggers > 1 ? $" (seen {alert.Triggers} times)" : "")}</p>
            <p dir="auto">{Text(string.Join(" · ", new[] { view.Device, alert.Pipeline }.Where(part => part.Length > 0)))}</p>

            """);
        if (AlertWords.Details(alert) is { Length: > 0 } details)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p class=\"quiet\" dir=\"auto\">{Text(details)}</p>");
        }

        html.Append(CultureInfo.InvariantCulture, $"<p class=\"state\" dir=\"auto\">{Text(AlertWords.State(alert, Clock))}</p>");
        if (alert.IsTest)
        {
            html.Append("<p>This is a rehearsal: nothing has happened. Please answer all the same.</p>");
        }

        if (view.HasPicture)
        {
            html.Append(CultureInfo.InvariantCulture, $"<img src=\"{Text(view.Token)}/picture\" alt=\"What the camera saw\">");
        }

        if (alert.Pipeline.Length > 0)
        {
            html.Append("<p class=\"quiet\">A camera that is snoozed tells nobody of anything for 30 minutes, not even of a fall.</p>");
        }

        html.Append("<form method=\"post\">").AppendJoin('\n', Answers(alert).Select(Button)).Append("</form>");
        if (view.Said != AlertAnswers.Word(AlertAnswer.CallForHelp) && view.EmergencyNumber.Length > 0)
        {
            html.Append(Call(view.EmergencyNumber));
        }

        return Page.Document(AlertWords.Headline(alert), html.Append(CultureInfo.InvariantCulture, $"<p class=\"quiet\">You answer as {Text(view.Name)}.</p>").ToString());
    }

    /// <summary>Says that something is wrong, and what to do.</summary>
    public static string Wrong(string title, string what) => Page.Document(title, $"<h1>{Text(title)}</h1><p>{Text(what)}</p>");

    /// <summary>What can still be answered.</summary>
    private static IEnumerable<AlertAnswer> Answers(Alert alert) => Enum.GetValues<AlertAnswer>().Where(answer => answer switch
    {
        AlertAnswer.TakingCare => alert.IsUnanswered || alert.State == AlertState.Expired,
        AlertAnswer.FalseAlarm => alert.Feedback != AlertFeedback.FalseAlarm,
        AlertAnswer.CallForHelp => !alert.HasEnded || alert.State == AlertState.Expired,
        _ => alert.Pipeline.Length > 0,
    });

    private static string Button(AlertAnswer answer)
    {
        var style = answer switch { AlertAnswer.TakingCare => " class=\"first\"", AlertAnswer.CallForHelp => " class=\"help\"", _ => "" };
        return $"<button name=\"answer\" value=\"{AlertAnswers.Word(answer)}\"{style}>{Text(AlertAnswers.Button(answer))}</button>";
    }

    private static string? Notice(AnswerView view, Func<DateTimeOffset, string> clock)
    {
        var alert = view.Alert;
        var isLate = view.Said == Late || (view.Said == AlertAnswers.Word(AlertAnswer.TakingCare) && alert.AcknowledgedBy is { } by && by != view.Name);
        return AlertAnswers.Parse(view.Said) switch
        {
            _ when isLate && alert.AcknowledgedAt is { } at => $"Somebody was faster: {alert.AcknowledgedBy} has been taking care since {clock(at)}.",
            AlertAnswer.TakingCare when alert.AcknowledgedAt is not null => "Thank you. The others are told that you are taking care of it.",
            AlertAnswer.TakingCare => "This alert had already ended; there was nothing left to answer.",
            AlertAnswer.FalseAlarm when alert.Feedback == AlertFeedback.FalseAlarm => "Thank you. It is marked as a false alarm.",
            AlertAnswer.CallForHelp when alert.HasEnded => "This alert has ended; nobody else will be notified.",
            AlertAnswer.CallForHelp => "The next on the list are told now. "
                + (view.EmergencyNumber.Length > 0 ? "Ambianic does not telephone by itself: press the number." : "No emergency number is configured (emergency_number)."),
            AlertAnswer.Snooze => $"Alerts of {alert.Pipeline} are held back for 30 minutes, falls too.",
            _ => null,
        };
    }

    private static string Call(string number)
    {
        var dialled = string.Concat(number.Where(character => char.IsAsciiDigit(character) || character is '+' or '*' or '#'));
        return dialled.Length == 0 ? "" : $"<p><a class=\"call\" href=\"tel:{Uri.EscapeDataString(dialled).Replace("%2B", "+", StringComparison.Ordinal)}\">Telephone {Text(number)}</a></p>";
    }
}

/// <summary>What the page shows.</summary>
/// <param name="Token">Of the link.</param>
/// <param name="Alert">As it is now.</param>
/// <param name="Name">Who opens the link.</param>
/// <param name="Device">Name of this device.</param>
/// <param name="EmergencyNumber">Empty when none is configured.</param>
/// <param name="HasPicture">True when the link has a picture to show.</param>
/// <param name="Said">What was answered just now; null when nothing was.</param>
/// <param name="Zone">Of the times shown.</param>
internal sealed record AnswerView(
    string Token, Alert Alert, string Name, string Device, string EmergencyNumber, bool HasPicture, string? Said, TimeZoneInfo Zone);

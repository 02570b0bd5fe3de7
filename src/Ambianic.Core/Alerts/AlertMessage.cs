using Ambianic.Core.Configuration;

namespace Ambianic.Core.Alerts;

/// <summary>What a provider sends to one recipient. Nothing in it is escaped; each provider escapes for its own format.</summary>
public sealed record AlertMessage
{
    /// <summary>The same in every attempt, so that a receiver can tell a duplicate; 32 hexadecimal digits.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>The alert that it tells of; 32 hexadecimal digits.</summary>
    public required string AlertId { get; init; }

    /// <summary>Why it is sent.</summary>
    public required DeliveryKind Kind { get; init; }

    /// <summary>What the alert is about.</summary>
    public required AlertKind About { get; init; }

    /// <summary>How much it matters.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>One line of plain text.</summary>
    public required string Title { get; init; }

    /// <summary>Plain text of one or more lines, without links.</summary>
    public required string Text { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Pipeline that saw it; empty when it is about the device.</summary>
    public string Pipeline { get; init; } = "";

    /// <summary>Source that it was seen on; empty when it is about the device.</summary>
    public string Source { get; init; } = "";

    /// <summary>What was detected.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Of the most certain detection, 0 to 1; null when nothing was detected.</summary>
    public double? Confidence { get; init; }

    /// <summary>The event that shows it; null when none does.</summary>
    public string? EventId { get; init; }

    /// <summary>
    /// Where this recipient answers, a page with buttons; it holds a signature and is as good as a password. Null when there is
    /// nothing to answer, or no address at which the page could be reached. A POST to it with the form field <c>answer</c> (see <see cref="AlertAnswers.Word"/>) answers at once.
    /// </summary>
    public Uri? AnswerUrl { get; init; }

    /// <summary>Where the event is shown; null when there is none.</summary>
    public Uri? DetailsUrl { get; init; }

    /// <summary>What it looked like; null when none may or can be sent.</summary>
    public AlertPicture? Picture { get; init; }

    /// <summary>True for a rehearsal; title and text say so already.</summary>
    public bool IsTest { get; init; }

    /// <summary>True when the recipient is to answer, by <see cref="AnswerUrl"/> or by what the provider has for that.</summary>
    public bool AsksForAnswer { get; init; }
}

/// <summary>A picture to attach.</summary>
/// <param name="FileName">For example <c>20260501-101112.123456-image.jpg</c>.</param>
/// <param name="Jpeg">The file's bytes; not to be changed.</param>
public sealed record AlertPicture(string FileName, ReadOnlyMemory<byte> Jpeg);

using System.ComponentModel.DataAnnotations;

namespace Ambianic.Core.Configuration;

/// <summary>An entry of <c>notifications</c>: what becomes an alert, and who is told.</summary>
public sealed record NotificationOptions : IValidatableObject
{
    /// <summary><c>false</c> switches it off. The default is true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Sends the pictures along; without it no picture leaves the house. The default is false.</summary>
    public bool IncludeAttachments { get; init; }

    /// <summary>What a message says.</summary>
    public NotificationTemplates Templates { get; init; } = new();

    /// <summary>Addresses in the syntax of Apprise; they hold secrets. All of them are told at once.</summary>
    public IReadOnlyList<string> Providers { get; init; } = [];

    /// <summary>Only detections with these labels become alerts; falls, outages and faults always do. The default is all labels.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Only these pipelines. The default is all that name this entry in <c>save_detections</c>.</summary>
    public IReadOnlyList<string> Pipelines { get; init; } = [];

    /// <summary>Only detections that are at least this certain, 0 to 1; falls always become alerts. The default is 0.</summary>
    [Range(0.0, 1.0)]
    public double MinConfidence { get; init; }

    /// <summary>Only at these times, in the device's time zone; falls and outages too. The default is always.</summary>
    public IReadOnlyList<WeeklyHours> Schedule { get; init; } = [];

    /// <summary>Detections of one pipeline and label belong together while less than this lies between them: the first is told at once, the others in one summary. The default is 5m.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Cooldown { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Messages of these times wait for their end and come as one summary; falls and outages never wait. The default is never.</summary>
    public IReadOnlyList<WeeklyHours> QuietHours { get; init; } = [];

    /// <summary>How much its alerts matter; the default is <c>critical</c> for falls, <c>warning</c> for outages and faults, <c>info</c> for all else. Falls are always critical.</summary>
    public AlertSeverity? Severity { get; init; }

    /// <summary>Critical alerts that nobody has acknowledged are told again this often; 0 is never. The default is 5m.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan RepeatEvery { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Who is told next when nobody acknowledges, in the order of time.</summary>
    public IReadOnlyList<EscalationOptions> Escalate { get; init; } = [];

    /// <summary>Until when an alert is repeated and escalated. The default is <c>acknowledged</c> for critical alerts and <c>delivered</c> for others.</summary>
    public AlertUntil? Until { get; init; }

    /// <summary>A camera without usable picture for this long is an alert; 0 is never. The default is 5m.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan OutageAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Telephone number that "Call for help" shows.</summary>
    public string EmergencyNumber { get; init; } = "";

    /// <summary>True when somebody would be told.</summary>
    public bool IsActive => Enabled && Providers.Count > 0;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Escalate.Zip(Escalate.Skip(1)).Any(pair => pair.Second.After < pair.First.After))
        {
            yield return new ValidationResult("escalate: each entry must come after the one before; sort them by 'after'");
        }
    }
}

/// <summary>Texts of a message.</summary>
public sealed record NotificationTemplates
{
    /// <summary>The title. Variables: <c>${event_source}</c>, <c>${event_type}</c>, <c>${event_labels}</c>, <c>${event_details_url}</c>.</summary>
    [StringLength(10_000)]
    public string? Title { get; init; }

    /// <summary>The message, with the same variables.</summary>
    [StringLength(10_000)]
    public string? Message { get; init; }
}

/// <summary>Times of the week, by the device's clock.</summary>
public sealed record WeeklyHours
{
    /// <summary>On these days; hours past midnight belong to the day on which they began. The default is every day.</summary>
    public IReadOnlyList<Weekday> Days { get; init; } = [];

    /// <summary>From this time on, <c>HH:MM</c>. The default is 00:00.</summary>
    public TimeOnly From { get; init; }

    /// <summary>Until this time, <c>HH:MM</c>, of the next day when it is not later than <c>from</c>. The default is 00:00, the end of the day.</summary>
    public TimeOnly To { get; init; }
}

/// <summary>A day of the week.</summary>
public enum Weekday
{
    /// <summary>Sunday, as <see cref="DayOfWeek"/> counts.</summary>
    Sun,

    /// <summary>Monday.</summary>
    Mon,

    /// <summary>Tuesday.</summary>
    Tue,

    /// <summary>Wednesday.</summary>
    Wed,

    /// <summary>Thursday.</summary>
    Thu,

    /// <summary>Friday.</summary>
    Fri,

    /// <summary>Saturday.</summary>
    Sat,
}

/// <summary>Who is told next.</summary>
public sealed record EscalationOptions
{
    /// <summary>How long after the alert began.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan After { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Names of <c>notifications</c>, whose providers are told.</summary>
    [Required]
    public IReadOnlyList<string> To { get; init; } = [];
}

/// <summary>Until when an alert is repeated and escalated.</summary>
public enum AlertUntil
{
    /// <summary>Until a person has acknowledged it.</summary>
    Acknowledged,

    /// <summary>Until one provider has taken it.</summary>
    Delivered,
}

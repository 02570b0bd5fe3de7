namespace Ambianic.Core.Timeline;

/// <summary>What people said of an event. It is kept beside the event's files, whose JSON never changes.</summary>
/// <param name="Note">A text of theirs; null when there is none.</param>
/// <param name="Feedback">Whether it shows what it says; null when nobody said.</param>
public readonly record struct EventRemarks(string? Note, EventFeedback? Feedback)
{
    /// <summary>True when nobody said anything.</summary>
    public bool IsEmpty => Note is null && Feedback is null;
}

/// <summary>The words for <see cref="EventFeedback"/> in files, in the database and in the API.</summary>
public static class EventFeedbackWords
{
    /// <summary>The word; null for null.</summary>
    public static string? Of(EventFeedback? feedback) => feedback switch
    {
        EventFeedback.Correct => "correct",
        EventFeedback.FalseAlarm => "false_alarm",
        _ => null,
    };

    /// <summary>Reads a word; null when it is none of them.</summary>
    public static EventFeedback? Parse(string? word) => word switch
    {
        "correct" => EventFeedback.Correct,
        "false_alarm" => EventFeedback.FalseAlarm,
        _ => null,
    };
}

/// <summary>What a person says of an event.</summary>
public enum EventFeedback
{
    /// <summary>It shows what it says.</summary>
    Correct,

    /// <summary>It does not.</summary>
    FalseAlarm,
}

namespace Ambianic.Core.Alerts;

/// <summary>What a person answers to an alert.</summary>
public enum AlertAnswer
{
    /// <summary>"I am taking care."</summary>
    TakingCare,

    /// <summary>"False alarm."</summary>
    FalseAlarm,

    /// <summary>"Call for help": tells the next on the list at once.</summary>
    CallForHelp,

    /// <summary>"Snooze this camera for 30 minutes."</summary>
    Snooze,
}

/// <summary>The words for answers.</summary>
public static class AlertAnswers
{
    /// <summary>As it is sent, for example <c>taking_care</c>.</summary>
    public static string Word(AlertAnswer answer) => answer switch
    {
        AlertAnswer.TakingCare => "taking_care",
        AlertAnswer.FalseAlarm => "false_alarm",
        AlertAnswer.CallForHelp => "call_for_help",
        AlertAnswer.Snooze => "snooze",
        _ => throw new ArgumentOutOfRangeException(nameof(answer), answer, null),
    };

    /// <summary>As a button says it.</summary>
    public static string Button(AlertAnswer answer) => answer switch
    {
        AlertAnswer.TakingCare => "I am taking care",
        AlertAnswer.FalseAlarm => "False alarm",
        AlertAnswer.CallForHelp => "Call for help",
        AlertAnswer.Snooze => "Snooze this camera 30 min",
        _ => throw new ArgumentOutOfRangeException(nameof(answer), answer, null),
    };

    /// <summary>Reads a word; null when it is none.</summary>
    public static AlertAnswer? Parse(string? word) => Enum.GetValues<AlertAnswer>().Cast<AlertAnswer?>().FirstOrDefault(answer => Word(answer!.Value) == word);
}

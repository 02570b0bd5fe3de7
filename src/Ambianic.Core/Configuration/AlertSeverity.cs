namespace Ambianic.Core.Configuration;

/// <summary>How much an alert matters.</summary>
public enum AlertSeverity
{
    /// <summary>Good to know.</summary>
    Info,

    /// <summary>Somebody should look when they can.</summary>
    Warning,

    /// <summary>Somebody has to act now: it is never grouped, delayed or dropped, and told until a person answers.</summary>
    Critical,
}

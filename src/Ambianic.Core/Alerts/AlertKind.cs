namespace Ambianic.Core.Alerts;

/// <summary>What an alert is about.</summary>
public enum AlertKind
{
    /// <summary>Something that was detected, for example a person.</summary>
    Detection,

    /// <summary>Somebody has fallen or is down.</summary>
    Fall,

    /// <summary>A camera gives no usable picture.</summary>
    Outage,

    /// <summary>Events cannot be stored.</summary>
    Storage,

    /// <summary>The disk is nearly full.</summary>
    Disk,

    /// <summary>The configuration cannot be used.</summary>
    Configuration,

    /// <summary>The program was killed and is running again.</summary>
    Restart,

    /// <summary>A provider of notifications does not take messages.</summary>
    Provider,

    /// <summary>Several events that were not told at once.</summary>
    Summary,

    /// <summary>A rehearsal: everything is real except that nothing has happened.</summary>
    Drill,
}

using Microsoft.Extensions.Logging;

namespace Ambianic.Storage;

/// <summary>Every message that this project logs. An event id stays with its message: a new message takes a new number.</summary>
internal static partial class Log
{
    // The store
    [LoggerMessage(5001, LogLevel.Error, "Ambianic watches, but saves nothing until this is fixed: {Reason}")]
    public static partial void StoreNotOpened(this ILogger logger, string reason);

    [LoggerMessage(5002, LogLevel.Warning, "{Database} is damaged ({Reason}): it is kept as {Aside} and rebuilt from the event files")]
    public static partial void DatabaseRebuilt(this ILogger logger, string database, string reason, string aside);

    [LoggerMessage(5003, LogLevel.Information, "{Count} event(s) that had files but were not in the database are on the timeline again")]
    public static partial void EventsRecovered(this ILogger logger, int count);

    [LoggerMessage(5004, LogLevel.Warning, "{Count} event file(s) cannot be read and are left as they are, first {Path}: {Reason}")]
    public static partial void EventFilesUnreadable(this ILogger logger, int count, string path, string reason);

    [LoggerMessage(5005, LogLevel.Warning, "Not every event file could be compared with the database; it is tried again")]
    public static partial void RecoveryFailed(this ILogger logger, Exception error);

    [LoggerMessage(5006, LogLevel.Error, "Not every event file could be compared with the database, by a defect of Ambianic; please report it. The next start tries again")]
    public static partial void RecoveryMetDefect(this ILogger logger, Exception error);

    // Writing
    [LoggerMessage(5101, LogLevel.Warning, "Events are stored but the timeline log is not written: {Reason}")]
    public static partial void TimelineLogNotWritten(this ILogger logger, string reason);

    [LoggerMessage(5102, LogLevel.Warning, "Old events could not be removed; it is tried again: {Reason}")]
    public static partial void OldEventsNotRemoved(this ILogger logger, string reason);

    [LoggerMessage(5103, LogLevel.Error, "The thread that stores events met a defect of Ambianic and goes on; please report it")]
    public static partial void WriterMetDefect(this ILogger logger, Exception error);

    [LoggerMessage(5104, LogLevel.Error, "The program ends while its disk hangs; {Count} event(s) that waited are not stored: {Reason}")]
    public static partial void EventsAbandoned(this ILogger logger, int count, string reason);

    [LoggerMessage(5105, LogLevel.Warning, "{Database} was deleted while it was in use: it is filled again from the event files")]
    public static partial void DatabaseDeletedInUse(this ILogger logger, string database);

    [LoggerMessage(5106, LogLevel.Warning, "{Database} was damaged while it was in use: it is kept as {Aside} and filled again from the event files")]
    public static partial void DatabaseDamagedInUse(this ILogger logger, string database, string aside);

    [LoggerMessage(5107, LogLevel.Warning, "The card of an outage could not be drawn; the outage is told without")]
    public static partial void CardNotDrawn(this ILogger logger, Exception error);

    // Retention
    [LoggerMessage(5201, LogLevel.Information, "Removed {Count} event(s) of {From} to {To}: {Why}")]
    public static partial void EventsRemoved(this ILogger logger, int count, DateTimeOffset from, DateTimeOffset to, string why);

    [LoggerMessage(5202, LogLevel.Warning, "{Fault}; it is tried again in ten minutes")]
    public static partial void EventsNotRemoved(this ILogger logger, string fault);

    [LoggerMessage(5203, LogLevel.Warning, "{Fault}")]
    public static partial void QuotaOutOfReach(this ILogger logger, string fault);

    [LoggerMessage(5204, LogLevel.Warning, "{Fault}")]
    public static partial void SpaceNotFreed(this ILogger logger, string fault);

    // Alerts
    [LoggerMessage(5301, LogLevel.Error, "{Database} is damaged ({Reason}): it is kept as {Aside}, and a new one has what could be read of it; {Lost}")]
    public static partial void AlertsReplaced(this ILogger logger, string database, string reason, string aside, string lost);

    [LoggerMessage(5302, LogLevel.Error, "{Database} was deleted while it was in use: a new one is made; {Lost}")]
    public static partial void AlertsDeletedInUse(this ILogger logger, string database, string lost);

    [LoggerMessage(5303, LogLevel.Warning, "{Database} holds keys, and other users of this computer may read it: {Reason}")]
    public static partial void AlertsNotProtected(this ILogger logger, string database, string reason);

    [LoggerMessage(5304, LogLevel.Warning, "Alerts of long ago could not be removed; it is tried again tomorrow: {Reason}")]
    public static partial void OldAlertsNotRemoved(this ILogger logger, string reason);

    // Visits
    [LoggerMessage(5370, LogLevel.Warning, "Visits could not be stored; they wait, and it is tried again every five seconds: {Reason}")]
    public static partial void VisitsNotStored(this ILogger logger, string reason);

    [LoggerMessage(5371, LogLevel.Error, "{Database} is damaged ({Reason}): it is kept as {Aside} and begun again; earlier visits are shown as single events")]
    public static partial void VisitsReplaced(this ILogger logger, string database, string reason, string aside);
}

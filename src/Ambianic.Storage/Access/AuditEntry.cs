namespace Ambianic.Storage.Access;

/// <summary>Which part of the audit log an entry is in. Each part has a bound of its own, so that none can push out another.</summary>
public enum AuditKind
{
    /// <summary>What administrators change.</summary>
    Change,

    /// <summary>What carers change: answers, snoozes, pins, subscriptions.</summary>
    Care,

    /// <summary>Log-ins and log-outs.</summary>
    LogIn,

    /// <summary>Log-ins that were refused, those of a minute together.</summary>
    Refusal,
}

/// <summary>Something that was done and by whom.</summary>
/// <param name="At">When; of several, the first.</param>
/// <param name="Who">A user, or <c>token NAME</c>.</param>
/// <param name="What">The log-in or the call; no secrets.</param>
/// <param name="Subject">Whom or what it changed: the user, token, source, pipeline or device; empty when the call says it.</param>
/// <param name="From">IP address.</param>
/// <param name="Kind">Part of the log.</param>
/// <param name="Count">How often, from 1.</param>
public sealed record AuditEntry(DateTimeOffset At, string Who, string What, string Subject, string From, AuditKind Kind, int Count = 1);

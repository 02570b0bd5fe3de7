namespace Ambianic.Server.Access;

/// <summary>Whom or what a call changes, for the audit log, where its path does not say it.</summary>
internal static class AuditSubjects
{
    private static readonly object Key = new();

    /// <summary>Says it.</summary>
    /// <param name="context">The call.</param>
    /// <param name="subject">For people; no secret.</param>
    public static void SetAuditSubject(this HttpContext context, string subject) => context.Items[Key] = subject;

    /// <summary>What was said; null when nothing was.</summary>
    public static string? AuditSubject(this HttpContext context) => context.Items[Key] as string;
}

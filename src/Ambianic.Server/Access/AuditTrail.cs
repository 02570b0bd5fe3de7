using System.Net;
using Ambianic.Core.Configuration;
using Ambianic.Storage.Access;
using Microsoft.AspNetCore.Authorization;

namespace Ambianic.Server.Access;

/// <summary>
/// Notes log-ins, and what administrators and carers change. What cannot be noted is done all the same, and the log says so. Log-ins that
/// were refused are written once a minute.
/// </summary>
internal sealed class AuditTrail(AccessDatabase database, TimeProvider time, ILogger<AuditTrail> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <summary>Parameters of paths that may be shown; another one may be a key.</summary>
    private static readonly string[] Harmless = ["id", "name", "enabled", "pipeline", "source"];

    private readonly RefusedLogIns _refused = new(time);

    /// <summary>Answers a call, and notes it when it has changed something.</summary>
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.GetEndpoint() is RouteEndpoint endpoint && KindOf(endpoint) is { } kind
            && endpoint.Metadata.GetMetadata<ChangesNothing>() is null
            && !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method)
            && context.Response.StatusCode < StatusCodes.Status400BadRequest)
        {
            Note(kind, context.User.NameOf() ?? "nobody", $"{context.Request.Method} {Path(endpoint, context)}", SubjectOf(endpoint, context), context.Connection.RemoteIpAddress);
        }
    }

    /// <summary>Notes something.</summary>
    public void Note(AuditKind kind, string who, string what, string subject, IPAddress? address) => Write(
        [.. TakeRefused(), new AuditEntry(time.GetUtcNow(), who, Credentials.Mask(what), Credentials.MaskName(subject), address?.ToString() ?? "", kind)]);

    /// <summary>Notes a log-in that was refused.</summary>
    public void Refused(string who, IPAddress? address)
    {
        if (_refused.Add(who, address))
        {
            logger.LogInRefused(who, address);
        }
    }

    /// <summary>The audit log, the newest first.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public IReadOnlyList<AuditEntry> Read(int limit)
    {
        WriteRefused();
        return database.Audit(limit);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                WriteRefused();
            }
        }
        catch (OperationCanceledException)
        {
            WriteRefused(); // the program stops
        }
    }

    private static AuditKind? KindOf(RouteEndpoint endpoint)
    {
        var decisions = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>();
        return decisions.Any(decision => decision.Policy == Policies.Admin) ? AuditKind.Change
            : decisions.Any(decision => decision.Policy == Policies.Carer) ? AuditKind.Care
            : null;
    }

    private static string SubjectOf(RouteEndpoint endpoint, HttpContext context) =>
        context.AuditSubject()
        ?? endpoint.RoutePattern.Parameters.Where(parameter => Harmless.Contains(parameter.Name)).Select(parameter => context.Request.RouteValues[parameter.Name]?.ToString()).FirstOrDefault()
        ?? "";

    private void WriteRefused() => Write(TakeRefused());

    private IReadOnlyList<AuditEntry> TakeRefused()
    {
        var refused = _refused.Take();
        foreach (var entry in refused.Where(entry => entry.Count > 1))
        {
            logger.LogInsRefused(entry.Count, entry.Who, entry.From);
        }

        return refused;
    }

    private void Write(IReadOnlyList<AuditEntry> entries)
    {
        try
        {
            if (entries.Count > 0)
            {
                database.Add(entries);
            }
        }
        catch (IOException error)
        {
            logger.AuditNotWritten(entries[^1].What, error.Message);
        }
    }

    /// <summary>Marks a call that only looks, whatever its method.</summary>
    public sealed record ChangesNothing;

    private static string Path(RouteEndpoint endpoint, HttpContext context)
    {
        var path = endpoint.RoutePattern.RawText ?? "";
        foreach (var parameter in endpoint.RoutePattern.Parameters.Where(parameter => Harmless.Contains(parameter.Name)))
        {
            path = path.Replace($"{{{parameter.Name}}}", Credentials.MaskName(context.Request.RouteValues[parameter.Name]?.ToString() ?? ""), StringComparison.Ordinal);
        }

        return path;
    }
}

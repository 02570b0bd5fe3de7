using System.Net;
using Ambianic.Core.Configuration;
using Ambianic.Storage.Access;
using Microsoft.AspNetCore.Authorization;

namespace Ambianic.Server.Access;

/// <summary>Notes log-ins and what administrators change. What cannot be noted is done all the same, and the log says so.</summary>
internal sealed class AuditTrail(AccessDatabase database, TimeProvider time, ILogger<AuditTrail> logger)
{
    /// <summary>Parameters of paths that may be shown; another one may be a key.</summary>
    private static readonly string[] Harmless = ["id", "name", "enabled", "pipeline", "source"];

    /// <summary>Answers a call, and notes it when it is an administrator's and has changed something.</summary>
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.GetEndpoint() is RouteEndpoint endpoint
            && endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Any(decision => decision.Policy == Policies.Admin)
            && endpoint.Metadata.GetMetadata<ChangesNothing>() is null
            && !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method)
            && context.Response.StatusCode < StatusCodes.Status400BadRequest)
        {
            Note(context.User.NameOf() ?? "nobody", $"{context.Request.Method} {Path(endpoint, context)}", context.Connection.RemoteIpAddress);
        }
    }

    /// <summary>Notes something.</summary>
    public void Note(string who, string what, IPAddress? address)
    {
        try
        {
            database.Add(new AuditEntry(time.GetUtcNow(), who, Credentials.Mask(what), address?.ToString() ?? ""));
        }
        catch (IOException error)
        {
            logger.AuditNotWritten(what, error.Message);
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

using Ambianic.Configuration;
using Microsoft.AspNetCore.Diagnostics;

namespace Ambianic.Api;

/// <summary>Answers a failed request with what happened and what to do, as problem details (RFC 9457).</summary>
internal sealed partial class ApiErrors(IProblemDetailsService problems, ILogger<ApiErrors> logger) : IExceptionHandler
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception error, CancellationToken cancellation)
    {
        var (status, detail) = error switch
        {
            BadHttpRequestException wrong => (wrong.StatusCode, $"{wrong.Message.TrimEnd('.')}; what the call takes is in /api/openapi.json"),
            IOException storage => (StatusCodes.Status503ServiceUnavailable, Credentials.Mask(storage.Message)),
            _ => (StatusCodes.Status500InternalServerError, "this is a defect of Ambianic; its log says more"),
        };
        if (status >= StatusCodes.Status500InternalServerError)
        {
            LogFailed(status == StatusCodes.Status500InternalServerError ? error : null, context.Request.Path, detail);
        }

        context.Response.StatusCode = status;
        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            Exception = error,
            ProblemDetails = { Status = status, Detail = detail },
        });
    }

    [LoggerMessage(LogLevel.Error, "{Path} could not be answered: {Detail}")]
    private partial void LogFailed(Exception? error, string path, string detail);
}

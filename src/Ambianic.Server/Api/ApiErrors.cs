using Ambianic.Core.Configuration;
using Ambianic.Server.Alerts;
using Microsoft.AspNetCore.Diagnostics;

namespace Ambianic.Server.Api;

/// <summary>Answers a failed request with what happened and what to do, as problem details (RFC 9457).</summary>
internal sealed class ApiErrors(IProblemDetailsService problems, TimeProvider time, ILogger<ApiErrors> logger) : IExceptionHandler
{
    /// <summary>Pages ask every few seconds: a cause that was not met for this long was mended meanwhile.</summary>
    private static readonly TimeSpan Mended = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, long> _metAt = [];

    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception error, CancellationToken cancellation)
    {
        var (status, detail) = error switch
        {
            BadHttpRequestException wrong => (wrong.StatusCode, $"{wrong.Message.TrimEnd('.')}; what the call takes is in /api/openapi.json"),
            IOException storage => (StatusCodes.Status503ServiceUnavailable, Credentials.Mask(storage.Message)),
            _ => (StatusCodes.Status500InternalServerError, "this is a defect of Ambianic; its log says more"),
        };
        if (status >= StatusCodes.Status500InternalServerError && TryNote(error))
        {
            logger.RequestFailed(status == StatusCodes.Status500InternalServerError ? error : null, Shown(context.Request.Path), detail);
        }

        context.Response.StatusCode = status;
        var answer = new ProblemDetailsContext { HttpContext = context, Exception = error, ProblemDetails = { Status = status, Detail = detail } };
        if (!await problems.TryWriteAsync(answer))
        {
            await context.Response.WriteAsJsonAsync(answer.ProblemDetails, options: null, "application/problem+json", cancellation); // to a caller who accepts no JSON
        }

        return true;
    }

    /// <summary>What follows <c>/a/</c> is as good as a password.</summary>
    private static string Shown(PathString path) => path.StartsWithSegments(AnswerHosts.Path) ? $"{AnswerHosts.Path}/{Credentials.Masked}" : path;

    /// <summary>Notes a cause; false when it was logged less than ten minutes after it was last met. Numbers, such as the seconds that a disk has not answered for, make no new cause.</summary>
    private bool TryNote(Exception error)
    {
        var cause = $"{error.GetType()} {string.Concat(error.Message.Where(letter => !char.IsDigit(letter)))}";
        lock (_metAt)
        {
            foreach (var (mended, _) in _metAt.Where(met => time.GetElapsedTime(met.Value) >= Mended).ToList())
            {
                _metAt.Remove(mended);
            }

            var isFirst = !_metAt.ContainsKey(cause);
            _metAt[cause] = time.GetTimestamp();
            return isFirst;
        }
    }
}

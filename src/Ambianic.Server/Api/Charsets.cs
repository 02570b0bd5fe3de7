using Microsoft.Net.Http.Headers;

namespace Ambianic.Server.Api;

/// <summary>Refuses bodies in character sets that cannot be read; the framework would answer that the program has failed.</summary>
internal static class Charsets
{
    private static readonly string[] Known = ["utf-8", "utf8", "utf-16", "us-ascii", "iso-8859-1"];

    public static void UseKnownCharsets(this IApplicationBuilder application) => application.Use((context, next) =>
        MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) && type.Charset is { HasValue: true } charset
        && !Known.Contains(HeaderUtilities.RemoveQuotes(charset).Value, StringComparer.OrdinalIgnoreCase)
            ? Results.Problem($"the body's charset is none of {string.Join(", ", Known)}", statusCode: StatusCodes.Status415UnsupportedMediaType).ExecuteAsync(context)
            : next(context));
}

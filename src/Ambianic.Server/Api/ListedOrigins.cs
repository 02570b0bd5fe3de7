using Ambianic.Server.Hosting;

namespace Ambianic.Server.Api;

/// <summary>Lets pages of the origins that <c>api.cors_origins</c> lists call (Fetch Standard, CORS protocol). Looked up for each request, as the list may change.</summary>
internal static class ListedOrigins
{
    public static void UseListedOrigins(this WebApplication application)
    {
        var current = application.Services.GetRequiredService<CurrentConfiguration>();
        application.UseCors(cors => cors
            .SetIsOriginAllowed(origin => Holds(current, origin))
            .WithMethods("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
            .AllowAnyHeader());
    }

    /// <summary>True when the request comes from such a page.</summary>
    public static bool IsListedOrigin(this HttpContext context) =>
        context.Request.Headers.Origin is [{ } origin] && Holds(context.RequestServices.GetRequiredService<CurrentConfiguration>(), origin);

    private static bool Holds(CurrentConfiguration current, string origin) =>
        current.Result.Configuration.Api.CorsOrigins.Any(listed => listed.TrimEnd('/').Equals(origin, StringComparison.OrdinalIgnoreCase));
}

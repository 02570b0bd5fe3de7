using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace Ambianic.Api;

/// <summary>The stored pictures and their JSON, and nothing else of the data directory.</summary>
internal static class DataApi
{
    private const string Prefix = "/api/data";
    private const string Folder = "detections";

    /// <param name="application">The program.</param>
    /// <param name="dataDir">The data directory, absolute.</param>
    public static void UseDataFiles(this WebApplication application, string dataDir)
    {
        var root = Path.Combine(dataDir, Folder);
        Directory.CreateDirectory(root);
        application.UseStaticFiles(new StaticFileOptions
        {
            // The provider refuses every path that would lead out of its root.
            FileProvider = new PhysicalFileProvider(root),
            RequestPath = $"{Prefix}/{Folder}",
            ServeUnknownFileTypes = false,
            OnPrepareResponse = answer =>
            {
                // A stored file never changes, and belongs to the person who asked alone.
                answer.Context.Response.GetTypedHeaders().CacheControl =
                    new CacheControlHeaderValue { Private = true, MaxAge = TimeSpan.FromDays(30) };
                answer.Context.Response.Headers.XContentTypeOptions = "nosniff";
            },
        });
    }
}

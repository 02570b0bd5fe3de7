using Ambianic.Server.Access;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Ambianic.Server.Api;

/// <summary>The stored pictures and their JSON, and nothing else of the data directory.</summary>
internal static class DataApi
{
    /// <summary>Before the path of a file within the data directory.</summary>
    public const string Prefix = "/api/data";

    private const string Folder = "detections";

    /// <param name="routes">Where to.</param>
    /// <param name="dataDir">The data directory, absolute.</param>
    public static void MapDataFiles(this IEndpointRouteBuilder routes, string dataDir)
    {
        routes.MapFiles($"{Prefix}/{Folder}/{{**file}}", new StaticFileOptions
        {
            FileProvider = new LateFiles(Path.Combine(dataDir, Folder)),
            RequestPath = $"{Prefix}/{Folder}",
            ServeUnknownFileTypes = false,
            OnPrepareResponse = answer =>
            {
                // A stored file never changes, so that its entity tag, of its time and length, is a strong one; it belongs to the person who asked alone.
                answer.Context.Response.GetTypedHeaders().CacheControl =
                    new CacheControlHeaderValue { Private = true, MaxAge = TimeSpan.FromDays(30) };
                answer.Context.Response.Headers.XContentTypeOptions = "nosniff";
            },
        }).RequireAuthorization(Policies.Viewer);
    }

    /// <summary>The files of a folder that may come into being later: a disk that cannot be written or does not answer is no reason not to start.</summary>
    private sealed class LateFiles(string folder) : IFileProvider
    {
        private PhysicalFileProvider? _files;

        public IFileInfo GetFileInfo(string subpath) => Files()?.GetFileInfo(subpath) ?? new NotFoundFileInfo(subpath);

        public IDirectoryContents GetDirectoryContents(string subpath) => NotFoundDirectoryContents.Singleton;

        public IChangeToken Watch(string filter) => NullChangeToken.Singleton;

        /// <summary>The provider refuses every path that would lead out of its root.</summary>
        private PhysicalFileProvider? Files() => _files ??= Directory.Exists(folder) ? new PhysicalFileProvider(folder) : null;
    }
}

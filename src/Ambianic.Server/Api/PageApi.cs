using Ambianic.Server.Access;
using Microsoft.Extensions.FileProviders;

namespace Ambianic.Server.Api;

/// <summary>The pages of this device, and files as endpoints, so that each has its decision who may read it.</summary>
internal static class PageApi
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Pages need a log-in, so that a person is led to it. Their scripts, styles and icons are part of the program and tell nothing.</summary>
    public static void MapPage(this IEndpointRouteBuilder routes)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "wwwroot");
        var options = new StaticFileOptions { FileProvider = new PhysicalFileProvider(folder) };
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)))
        {
            var file = routes.MapFiles($"/{path}", options);
            if (Path.GetExtension(path) == ".html")
            {
                file.RequireAuthorization(Policies.Viewer);
            }
            else
            {
                file.AllowAnonymous();
            }
        }
    }

    /// <summary>Answers with files of a folder; they are not in the description of the calls.</summary>
    public static IEndpointConventionBuilder MapFiles(this IEndpointRouteBuilder routes, string pattern, StaticFileOptions options)
    {
        var files = routes.CreateApplicationBuilder();
        files.Use((context, next) =>
        {
            context.SetEndpoint(null); // static files are only read when no endpoint answers
            return next(context);
        });
        files.UseStaticFiles(options);
        return routes.MapMethods(pattern, Reading, files.Build()).ExcludeFromDescription();
    }
}

using Ambianic.Core.Vision;
using Ambianic.Inference.Models;
using Ambianic.Inference.Sessions;
using Ambianic.Server.Access;

namespace Ambianic.Server.Api;

/// <summary>Models: what there is, what has been fetched, what runs.</summary>
internal static class ModelsApi
{
    public static void MapModels(this IEndpointRouteBuilder routes) => routes.MapGet("/api/models", (ModelStore store, DetectorPool pool) =>
    {
        var running = pool.Statistics.GroupBy(one => one.Model).ToDictionary(group => group.Key, Sum);
        return new ModelPage(
            "success",
            [
                .. ModelCatalog.All.Select(model => Known(model, store.Find(model), running.GetValueOrDefault(model.Name))),
                .. running.Where(one => ModelCatalog.Find(one.Key) is null).Select(one => Own(one.Value)),
            ]);
    }).RequireAuthorization(Policies.Viewer).WithSummary("Models that can be named in the configuration and those that run: licence, size, whether fetched, how fast");

    private static InferenceStatistics Sum(IEnumerable<InferenceStatistics> of) =>
        of.Aggregate((one, other) => one with { Count = one.Count + other.Count, Time = one.Time + other.Time });

    private static ModelReport Known(CatalogModel model, string? file, InferenceStatistics? running) => new(
        model.Name,
        model.Role,
        model == ModelCatalog.Default(model.Role),
        model.Licence,
        model.Origin.ToString(),
        model.Input.Width,
        model.Input.Height,
        model.Labels.Count,
        file is not null,
        file is null ? null : SizeOf(file),
        running is not null,
        running?.Count ?? 0,
        Milliseconds(running));

    private static ModelReport Own(InferenceStatistics running) => new(
        running.Model, null, false, null, "a file of your own", null, null, null, true, null, true, running.Count, Milliseconds(running));

    private static double? Milliseconds(InferenceStatistics? running) =>
        running is { Count: > 0 } ? Math.Round(running.Time.TotalMilliseconds / running.Count, 1) : null;

    /// <summary>Null when it was removed a moment ago.</summary>
    private static long? SizeOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : null;

    internal sealed record ModelPage(string Status, IReadOnlyList<ModelReport> Models);

    /// <summary>A model. What only the catalog knows is null for a file of the user's own.</summary>
    internal sealed record ModelReport(
        string Name,
        ModelRole? Role,
        bool IsDefault,
        string? Licence,
        string? Origin,
        int? Width,
        int? Height,
        int? Classes,
        bool IsFetched,
        long? Bytes,
        bool IsInUse,
        long Inferences,
        double? InferenceMs);
}

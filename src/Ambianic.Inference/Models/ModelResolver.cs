using Ambianic.Core.Vision;
using Ambianic.Inference.Labels;
using Microsoft.Extensions.Logging;

namespace Ambianic.Inference.Models;

/// <summary>Decides which model an element gets, from what its configuration says.</summary>
public sealed class ModelResolver(ModelStore store, ILogger<ModelResolver> logger)
{
    /// <summary>A model that is ready to be loaded; fetched or imported when it has not been before.</summary>
    /// <param name="role">What the element needs.</param>
    /// <param name="options">The element's <c>model</c>; null is the default of the role.</param>
    /// <param name="labels">The element's <c>labels</c>: a file, or null.</param>
    /// <param name="progress">Receives the state of downloads.</param>
    /// <param name="cancellation">Stops a download.</param>
    /// <exception cref="ModelException">There is no such model, or it cannot be had or read.</exception>
    public Task<ResolvedModel> ResolveAsync(
        ModelRole role, ModelOptions? options, string? labels, IProgress<DownloadProgress>? progress, CancellationToken cancellation) => options switch
    {
        { Name: { Length: > 0 } name } => NamedAsync(role, name, options, labels, progress, cancellation),
        { Onnx: { Length: > 0 } onnx } => OnnxAsync(onnx, options, labels, cancellation),
        { Tflite: { Length: > 0 } tflite } when LegacyModelFiles.IsForEdgeTpu(tflite) => EdgeTpuAsync(role, tflite, options, labels, progress, cancellation),
        { Tflite: { Length: > 0 } tflite } => TfliteAsync(role, tflite, options, labels, progress, cancellation),
        { Edgetpu: { Length: > 0 } edgetpu } => EdgeTpuAsync(role, edgetpu, options, labels, progress, cancellation),
        _ => CatalogAsync(ModelCatalog.Default(role), options, labels, progress, cancellation),
    };

    private Task<ResolvedModel> NamedAsync(
        ModelRole role, string name, ModelOptions options, string? labels, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var known = string.Join(", ", ModelCatalog.All.Where(model => model.Role == role).Select(model => model.Name));
        return ModelCatalog.Find(name) switch
        {
            null => throw new ModelException($"there is no model '{name}' in the catalog; for {Text(role)} it has {known}"),
            { } model when model.Role != role => throw new ModelException(
                $"the model '{name}' finds {Text(model.Role)}, and {Text(role)} are wanted; for those the catalog has {known}"),
            { } model => CatalogAsync(model, options, labels, progress, cancellation),
        };
    }

    private async Task<ResolvedModel> CatalogAsync(
        CatalogModel model, ModelOptions? options, string? labels, IProgress<DownloadProgress>? progress, CancellationToken cancellation) => new(
            model.Name,
            await store.GetAsync(model, progress, cancellation),
            model.Input,
            options?.Decoder ?? model.Decoder,
            labels is null ? model.Labels : LabelFile.Load(labels).For(model.Labels.Count, countsFromOne: false))
        {
            Calibration = model.Calibration,
            Classes = model.Labels.Count,
        };

    private async Task<ResolvedModel> OnnxAsync(string path, ModelOptions options, string? labels, CancellationToken cancellation)
    {
        if (!File.Exists(path))
        {
            throw Missing(path);
        }

        await store.TryAsync(path, cancellation);
        return Own(Path.GetFullPath(path), path, options, labels);
    }

    private async Task<ResolvedModel> TfliteAsync(
        ModelRole role, string path, ModelOptions options, string? labels, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        if (File.Exists(path))
        {
            return Own(await store.ImportAsync(path, cancellation), path, options, labels);
        }

        var wellKnown = LegacyModelFiles.RoleOfWellKnown(path) ?? throw Missing(path);
        if (wellKnown != role)
        {
            throw new ModelException($"the model {path} finds {Text(wellKnown)}, and {Text(role)} are wanted");
        }

        var instead = ModelCatalog.Default(role);
        logger.ModelSubstituted(path, instead.Name);
        var resolved = await CatalogAsync(instead, null, null, progress, cancellation);
        return resolved with { Notice = $"{path} is not there; {instead.Name} of the catalog is used instead, with its own labels" };
    }

    /// <summary>A file compiled for the Edge TPU cannot be read by anything else; the file it was compiled from usually lies beside it, or the catalog has something else for it.</summary>
    private Task<ResolvedModel> EdgeTpuAsync(
        ModelRole role, string path, ModelOptions options, string? labels, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var origin = LegacyModelFiles.OriginOf(path);
        return File.Exists(path) && !File.Exists(origin) && LegacyModelFiles.RoleOfWellKnown(origin) is null
            ? throw new ModelException(
                $"the model {path} is compiled for the Edge TPU and cannot be converted; name the file it was compiled from as 'tflite'")
            : TfliteAsync(role, origin, options, labels, progress, cancellation);
    }

    private static ResolvedModel Own(string onnx, string path, ModelOptions options, string? labels)
    {
        var file = labels is null ? null : LabelFile.Load(labels);
        return new ResolvedModel(Path.GetFileName(path), onnx, null, options.Decoder, file?.Names) { LabelFile = file };
    }

    private static ModelException Missing(string path) => Directory.Exists(path)
        ? new($"the model {path} is a folder, not a file")
        : new($"the model {path} is not there (looked for {Path.GetFullPath(path)})");

    private static string Text(ModelRole role) => role switch
    {
        ModelRole.Faces => "faces",
        ModelRole.Poses => "poses",
        _ => "objects",
    };
}

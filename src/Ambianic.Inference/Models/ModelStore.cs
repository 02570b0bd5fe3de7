using System.Collections.Concurrent;
using Ambianic.OnnxImport;
using Microsoft.Extensions.Logging;

namespace Ambianic.Inference.Models;

/// <summary>
/// Keeps models ready to be loaded: fetched once, checked, imported to ONNX once. What is there is used without network.
/// </summary>
/// <remarks>
/// Files are complete as soon as they have their name, so several processes may share a store; a lock lets one of them
/// fetch at a time. Files never change: their names hold a hash of what they were made from.
/// </remarks>
public sealed class ModelStore(string directory, IHttpClientFactory http, TimeProvider time, ILogger<ModelStore> logger)
{
    /// <summary>Files that are ONNX already are not imported: the number in the hash of their name is the one it was then, for ever.</summary>
    private const int NotImported = 4;

    private readonly StoreFolder _folder = new(directory, time, logger);

    /// <summary>Files that could not be rebuilt, with the earlier conversion that is used instead until the process ends.</summary>
    private readonly ConcurrentDictionary<string, string> _instead = new();

    /// <summary>The npm client: a program and its first arguments.</summary>
    internal IReadOnlyList<string> NpmCommand { get; init; } = ["npm"];

    /// <summary>Version of the importer whose conversions are used.</summary>
    internal int ImporterVersion { get; init; } = ModelImporter.Version;

    /// <summary>Tries a file of the user's own, or its conversion, before it is used; a <see cref="ModelException"/> rejects it. The default, null, is to trust it.</summary>
    public Func<string, CancellationToken, Task>? Trial { get; init; }

    /// <summary>Where models are kept when nobody says otherwise: <c>AMBIANIC_CACHE</c>, else the user's cache (<c>XDG_CACHE_HOME</c> or <c>~/.cache</c>).</summary>
    public static string DefaultDirectory()
    {
        if (Environment.GetEnvironmentVariable("AMBIANIC_CACHE") is { Length: > 0 } cache)
        {
            return Path.GetFullPath(cache);
        }

        var user = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg
            ? xdg
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.GetFullPath(Path.Combine(user, "ambianic"));
    }

    /// <summary>The ready file of a model, or null when it has to be pulled first.</summary>
    public string? Find(CatalogModel model) => FileOf(model).Path is var path && File.Exists(path) ? path : null;

    /// <summary>
    /// The ready file of a model, pulled when it is not there. When it cannot be had, what an earlier importer made of it:
    /// an update without network must not stop the cameras.
    /// </summary>
    /// <exception cref="ModelException">It cannot be had, and there is no earlier file.</exception>
    public async Task<string> GetAsync(CatalogModel model, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var file = FileOf(model);
        if (_instead.TryGetValue(file.Path, out var instead) && File.Exists(instead))
        {
            return instead; // npm takes long to give up, so it is tried once
        }

        try
        {
            await PullAsync([model], progress, cancellation);
            return file.Path;
        }
        catch (ModelException error)
        {
            if (await EarlierAsync(file, cancellation) is not { } earlier)
            {
                throw;
            }

            logger.EarlierModelUsed(model.Name, error.Message, earlier);
            return _instead[file.Path] = earlier;
        }
    }

    /// <summary>Fetches and imports those that are not there or are damaged; a package that several of them need is fetched once.</summary>
    /// <exception cref="ModelException">One cannot be had; those before it are there.</exception>
    public async Task PullAsync(
        IReadOnlyCollection<CatalogModel> models, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        if ((await MissingAsync(models, cancellation)).Count == 0)
        {
            return;
        }

        await using var held = await _folder.LockAsync(cancellation);
        var fetch = new ModelFetch(_folder, http, NpmCommand, time, logger);
        foreach (var together in (await MissingAsync(models, cancellation)).GroupBy(PackageOf))
        {
            await _folder.InTemporaryAsync(() => fetch.RunAsync([.. together.Select(model => (model, FileOf(model)))], progress, cancellation));
        }
    }

    /// <summary>The ONNX form of a file of the user's own, imported when it has not been before or the result is damaged.</summary>
    /// <param name="path">A file in a format that <see cref="ModelImporter"/> reads.</param>
    /// <param name="cancellation">Stops waiting for another process that imports.</param>
    /// <exception cref="ModelException">It cannot be read.</exception>
    public async Task<string> ImportAsync(string path, CancellationToken cancellation)
    {
        var hash = await ModelFileHash.ComputeAsync(path, cancellation);
        var onnx = new ConvertedFile(_folder.Models, Path.GetFileNameWithoutExtension(path), [hash], ImporterVersion);
        if (!await FinishedFile.IsWholeAsync(onnx.Path, cancellation))
        {
            await using var held = await _folder.LockAsync(cancellation);
            var conversion = new ModelConversion(_folder, logger);
            await _folder.InTemporaryAsync(() => conversion.ImportAsync(path, onnx, outputs: null, Trial, cancellation));
        }

        return onnx.Path;
    }

    /// <summary>Tries an ONNX file of the user's own, unless one with the same content has passed before.</summary>
    /// <exception cref="ModelException">It cannot be read, or must not be used.</exception>
    public Task TryAsync(string onnx, CancellationToken cancellation) => new ModelTrials(_folder.Models, Trial).TryAsync(onnx, cancellation);

    private static async Task<string?> EarlierAsync(ConvertedFile file, CancellationToken cancellation)
    {
        foreach (var path in file.Earlier)
        {
            if (await FinishedFile.IsWholeAsync(path, cancellation))
            {
                return path;
            }
        }

        return null;
    }

    private async Task<IReadOnlyList<CatalogModel>> MissingAsync(IEnumerable<CatalogModel> models, CancellationToken cancellation)
    {
        List<CatalogModel> missing = [];
        foreach (var model in models)
        {
            if (!await FinishedFile.IsWholeAsync(FileOf(model).Path, cancellation))
            {
                missing.Add(model);
            }
        }

        return missing;
    }

    private static object PackageOf(CatalogModel model) => model.Origin is NpmOrigin npm ? (npm.Package, npm.Version) : model;

    private ConvertedFile FileOf(CatalogModel model) => model.Origin switch
    {
        NpmOrigin npm => new(_folder.Models, model.Name, [.. npm.Files.Select(file => file.Sha256), .. model.Outputs ?? []], ImporterVersion),
        WebOrigin web => new(_folder.Models, model.Name, [web.File.Sha256], NotImported),
        _ => throw new ArgumentException($"An origin cannot be a {model.Origin}", nameof(model)),
    };
}

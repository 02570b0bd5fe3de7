using System.Formats.Tar;
using Ambianic.Core.Frames;
using Ambianic.Media.Processes;

namespace Ambianic.Server.Demo;

/// <summary>
/// Real footage for a first look, fetched once: a street recorded by a fixed camera, from the Debian package
/// <c>opencv-doc</c> (OpenCV's test video of pedestrians); where that is not to be had, a loop of photographs of
/// people from the npm package <c>@vladmandic/face-api</c> (MIT).
/// </summary>
/// <param name="directory">Where it is kept.</param>
internal sealed class DemoFootage(string directory)
{
    private const string DebianPackage = "opencv-doc";
    private const long DebianPackageBytes = 95_715_012;
    private const string Recording = "vtest.avi";
    private const string Pictures = "pictures.mp4";
    private const string NpmPackage = "@vladmandic/face-api@1.7.15";

    /// <summary>The footage that is there already, or null.</summary>
    public string? Cached => new[] { Recording, Pictures }
        .Select(name => Path.Combine(directory, name))
        .FirstOrDefault(File.Exists);

    /// <summary>Fetches the footage unless it is there.</summary>
    /// <param name="progress">Share that has arrived, 0 to 1.</param>
    /// <param name="cancellation">Ends what was started.</param>
    /// <returns>Path of a video file.</returns>
    /// <exception cref="IOException">Neither package could be fetched; the message says why.</exception>
    public async Task<string> GetAsync(IProgress<double> progress, CancellationToken cancellation)
    {
        if (Cached is { } cached)
        {
            progress.Report(1);
            return cached;
        }

        var work = Path.Combine(directory, "tmp");
        Directory.CreateDirectory(directory);
        if (Directory.Exists(work))
        {
            Directory.Delete(work, recursive: true); // of a download that was broken off
        }

        Directory.CreateDirectory(work);
        try
        {
            string found;
            try
            {
                found = await FetchRecordingAsync(work, progress, cancellation);
            }
            catch (IOException recordingError)
            {
                try
                {
                    found = await FetchPicturesAsync(work, cancellation);
                }
                catch (IOException picturesError)
                {
                    throw new IOException(
                        $"no footage for the demo: {recordingError.Message}; {picturesError.Message}. Is this computer connected to the internet?");
                }
            }

            var final = Path.Combine(directory, Path.GetFileName(found));
            File.Copy(found, final + ".part", overwrite: true);
            File.Move(final + ".part", final, overwrite: true);
            progress.Report(1);
            return final;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static async Task<string> FetchRecordingAsync(string work, IProgress<double> progress, CancellationToken cancellation)
    {
        using (var watch = DirectoryGrowth.Watch(work, DebianPackageBytes, progress))
        {
            await RunAsync(work, "apt-get", ["download", DebianPackage], cancellation);
        }

        var package = Directory.EnumerateFiles(work, $"{DebianPackage}*.deb").FirstOrDefault()
            ?? throw new IOException($"apt-get downloaded no {DebianPackage}");
        await using var unpacker = await StartAsync(work, Find("dpkg-deb"), ["--fsys-tarfile", package], static _ => { });
        await using var tar = new TarReader(unpacker.Output);
        while (await tar.GetNextEntryAsync(copyData: false, cancellation) is { } entry)
        {
            if (entry.Name.EndsWith('/' + Recording, StringComparison.Ordinal))
            {
                var recording = Path.Combine(work, Recording);
                await entry.ExtractToFileAsync(recording, overwrite: true, cancellation);
                return recording;
            }
        }

        throw new IOException($"{DebianPackage} holds no {Recording}");
    }

    private static async Task<string> FetchPicturesAsync(string work, CancellationToken cancellation)
    {
        await RunAsync(work, "npm", ["pack", NpmPackage, "--silent"], cancellation);
        var package = Directory.EnumerateFiles(work, "*.tgz").FirstOrDefault()
            ?? throw new IOException($"npm downloaded no {NpmPackage}");
        await RunAsync(
            work, "tar", ["-xzf", package, "--wildcards", "package/demo/sample*.jpg", "--strip-components=2"], cancellation);
        var video = Path.Combine(work, Pictures);
        await RunAsync(
            work,
            "ffmpeg",
            [
                "-v", "error", "-nostdin", "-pattern_type", "glob", "-framerate", "1/3", "-i", "sample*.jpg",
                "-vf", "scale=960:720:force_original_aspect_ratio=decrease,pad=960:720:-1:-1", "-r", "5", "-c:v", "mpeg4", "-q:v", "3", video,
            ],
            cancellation);
        return video;
    }

    private static async Task<ChildProcess> StartAsync(string work, string path, string[] arguments, Action<string> onError)
    {
        var program = await ChildProcess.StartAsync(
            Executables.OfThisProcess, path, arguments, withInput: true, line => onError(line.ToString()), TimeProvider.System, work);
        await program.Input.DisposeAsync();
        return program;
    }

    private static async Task RunAsync(string work, string name, string[] arguments, CancellationToken cancellation)
    {
        var last = "";
        await using var program = await StartAsync(work, Find(name), arguments, line => last = line.Trim() is { Length: > 0 } said ? said : last);
        await program.Output.CopyToAsync(Stream.Null, cancellation);
        if (await program.WaitForExitAsync(cancellation) is not 0)
        {
            throw new IOException($"{name} {arguments[0]} failed: {last}");
        }
    }

    private static string Find(string program)
    {
        try
        {
            return program == "ffmpeg" ? Executables.OfThisProcess.Ffmpeg
                : Executables.OfThisProcess.Find(program) ?? throw new IOException($"{program} is not installed");
        }
        catch (SourceException error)
        {
            throw new IOException(error.Message, error);
        }
    }
}

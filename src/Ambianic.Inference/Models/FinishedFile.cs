using System.Security.Cryptography;
using Ambianic.OnnxImport;

namespace Ambianic.Inference.Models;

/// <summary>A model that never changes once it has its name, and beside it the SHA-256 of its content, so that damage is noticed.</summary>
internal static class FinishedFile
{
    /// <summary>What the name of the file with the hash ends in.</summary>
    public const string HashSuffix = ".sha256";

    /// <summary>Gives a complete file its name, in place of a damaged one.</summary>
    public static async Task NameAsync(string unfinished, string path, CancellationToken cancellation)
    {
        await WriteHashAsync(path, await HashAsync(unfinished, cancellation), cancellation);
        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>False when the file is not there or is not what it was.</summary>
    /// <remarks>
    /// We never name a file before its hash is there; one without was copied by hand, perhaps not to its end. When it ends
    /// where a model ends it gets its hash now.
    /// </remarks>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async Task<bool> IsWholeAsync(string path, CancellationToken cancellation)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        var hash = await HashAsync(path, cancellation);
        if (File.Exists(path + HashSuffix))
        {
            return hash == await File.ReadAllTextAsync(path + HashSuffix, cancellation);
        }

        return ModelImporter.IsOnnx(path) && await AdoptAsync(path, hash, cancellation);
    }

    private static async Task<bool> AdoptAsync(string path, string hash, CancellationToken cancellation)
    {
        try
        {
            await WriteHashAsync(path, hash, cancellation);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A folder that only others may write: it is looked at again next time.
        }

        return true;
    }

    /// <summary>Complete and on the disk before it has its name: a hash that a power cut emptied would condemn a good file.</summary>
    private static async Task WriteHashAsync(string path, string hash, CancellationToken cancellation)
    {
        var unfinished = $"{path}{HashSuffix}.new";
        await using (var file = File.Create(unfinished))
        {
            await file.WriteAsync(System.Text.Encoding.ASCII.GetBytes(hash), cancellation);
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path + HashSuffix, overwrite: true);
    }

    private static async Task<string> HashAsync(string path, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation));
    }
}

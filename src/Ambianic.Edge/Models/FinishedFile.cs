using System.Security.Cryptography;

namespace Ambianic.Models;

/// <summary>A file that never changes once it has its name, and beside it the SHA-256 of its content, so that damage is noticed.</summary>
internal static class FinishedFile
{
    /// <summary>What the name of the file with the hash ends in.</summary>
    public const string HashSuffix = ".sha256";

    /// <summary>Gives a complete file its name, in place of a damaged one.</summary>
    public static async Task NameAsync(string unfinished, string path, CancellationToken cancellation)
    {
        await File.WriteAllTextAsync(path + HashSuffix, await HashAsync(unfinished, cancellation), cancellation);
        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>False when the file is not there or is not what it was; a file without a hash beside it is believed.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async Task<bool> IsWholeAsync(string path, CancellationToken cancellation) => File.Exists(path)
        && (!File.Exists(path + HashSuffix)
            || await HashAsync(path, cancellation) == await File.ReadAllTextAsync(path + HashSuffix, cancellation));

    private static async Task<string> HashAsync(string path, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation));
    }
}

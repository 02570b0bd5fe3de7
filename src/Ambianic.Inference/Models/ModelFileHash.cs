using System.Security.Cryptography;
using Ambianic.Shared;

namespace Ambianic.Inference.Models;

/// <summary>What a model file of the user's own is known by.</summary>
internal static class ModelFileHash
{
    /// <summary>The SHA-256 of a file's content, lower-case hexadecimal.</summary>
    /// <exception cref="ModelException">It cannot be read; the message names it.</exception>
    public static async Task<string> ComputeAsync(string path, CancellationToken cancellation)
    {
        try
        {
            await using var file = RegularFile.Open(path);
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"the model {path} cannot be read: {error.Message}", error);
        }
    }
}

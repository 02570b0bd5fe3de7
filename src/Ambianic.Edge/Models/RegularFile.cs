using System.Security.Cryptography;

namespace Ambianic.Models;

/// <summary>
/// Reads files that a configuration names and that may be anything: a device never ends, and a pipe blocks who opens it.
/// </summary>
public static class RegularFile
{
    /// <summary>The whole file; nothing for a device or a pipe, which have no length.</summary>
    /// <param name="path">The file.</param>
    /// <param name="largest">In bytes.</param>
    /// <exception cref="ModelException">It is a folder, or larger than <paramref name="largest"/>.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static byte[] ReadAll(string path, long largest)
    {
        if (HasNoLength(path))
        {
            return [];
        }

        using var file = File.OpenRead(path);
        if (file.Length > largest)
        {
            throw new ModelException($"it is too large: {file.Length} bytes, at most {largest} are read");
        }

        var content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="ModelException">It is a folder, empty, a device or a pipe.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    internal static FileStream Open(string path) => HasNoLength(path)
        ? throw new ModelException("there is nothing in it: it is empty, or no file but a device or a pipe")
        : File.OpenRead(path);

    /// <summary>The SHA-256 of a file's content, lower-case hexadecimal.</summary>
    /// <exception cref="ModelException">It cannot be read; the message names it.</exception>
    internal static async Task<string> HashAsync(string path, CancellationToken cancellation)
    {
        try
        {
            await using var file = Open(path);
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation));
        }
        catch (Exception error) when (error is ModelException or IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"the model {path} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>True for an empty file, a device and a pipe. Asked before a file is opened, because that is where a pipe blocks.</summary>
    /// <exception cref="IOException">There is nothing, or it is a link that leads nowhere.</exception>
    public static bool HasNoLength(string path)
    {
        if (Directory.Exists(path))
        {
            throw new ModelException("it is a folder; name a file in it"); // opening one ends in "access denied"
        }

        var file = new FileInfo(path);
        return (file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file) is { Exists: true, Length: 0 };
    }
}

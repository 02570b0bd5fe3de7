using System.IO.Compression;

namespace Ambianic.Server.Tests.Doctor;

/// <summary>Reads a bundle.</summary>
internal static class Bundle
{
    /// <summary>The text of each file in it, by its path.</summary>
    public static IReadOnlyDictionary<string, string> Read(string path)
    {
        using var archive = ZipFile.OpenRead(path);
        return archive.Entries.ToDictionary(entry => entry.FullName, entry =>
        {
            using var reader = new StreamReader(entry.Open());
            return reader.ReadToEnd();
        });
    }
}

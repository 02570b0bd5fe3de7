using System.Security.Cryptography;
using System.Text;

namespace Ambianic.Inference.Models;

/// <summary>The file that an importer makes of a model; its name holds a hash of what it is made from and by which importer.</summary>
/// <param name="directory">Where it lies.</param>
/// <param name="name">For people.</param>
/// <param name="madeFrom">Hashes of the sources, and what is taken of them.</param>
/// <param name="importer">Version of the importer.</param>
internal sealed class ConvertedFile(string directory, string name, IReadOnlyList<string> madeFrom, int importer)
{
    /// <summary>Where it is, or will be.</summary>
    public string Path => By(importer);

    /// <summary>Where earlier importers put theirs, the latest first.</summary>
    public IEnumerable<string> Earlier => Enumerable.Range(1, importer - 1).Reverse().Select(By);

    /// <summary>Makes room: nothing asks for what earlier importers made any more.</summary>
    public void RemoveEarlier()
    {
        foreach (var path in Earlier)
        {
            try
            {
                File.Delete(path);
                File.Delete(path + FinishedFile.HashSuffix);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Somebody else's in a shared folder; it costs room and nothing else.
            }
        }
    }

    private string By(int version)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{version} {string.Join(' ', madeFrom)}"));
        return System.IO.Path.Combine(directory, $"{name}-{Convert.ToHexStringLower(hash.AsSpan(0, 8))}.onnx");
    }
}

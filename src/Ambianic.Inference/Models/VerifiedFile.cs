using System.Security.Cryptography;

namespace Ambianic.Inference.Models;

/// <summary>Writes a file whose content is known beforehand, and accepts nothing else.</summary>
internal static class VerifiedFile
{
    private const int BufferSize = 1 << 16;

    /// <summary>Copies <paramref name="content"/> to <paramref name="path"/>, reading no more than one byte too many.</summary>
    /// <exception cref="ModelException">Size or SHA-256 are not those of <paramref name="expected"/>; what was written is deleted.</exception>
    public static async Task WriteAsync(
        Stream content, string path, ModelFile expected, string from, IProgress<long>? received, CancellationToken cancellation)
    {
        var size = 0L;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using (var file = File.Create(path))
        {
            var buffer = new byte[BufferSize];
            int read;
            while (size <= expected.Size && (read = await content.ReadAsync(buffer, cancellation)) > 0)
            {
                size += read;
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
                received?.Report(size);
            }

            file.Flush(flushToDisk: true);
        }

        if (size != expected.Size || Convert.ToHexStringLower(hash.GetHashAndReset()) != expected.Sha256)
        {
            File.Delete(path);
            throw new ModelException(
                $"{expected.Path} from {from} is not the file that was expected (its size or SHA-256 differs) and is not used; "
                + "try again, and if it stays so, the file was changed by its publisher or on the way");
        }
    }
}

namespace Ambianic.Inference.Models;

/// <summary>Tries ONNX files of the user's own, each content once: an empty file of its hash says that it has passed.</summary>
/// <param name="folder">Where those are.</param>
/// <param name="trial">Tries a file; a <see cref="ModelException"/> rejects it. Null trusts every file that can be read.</param>
internal sealed class ModelTrials(string folder, Func<string, CancellationToken, Task>? trial)
{
    /// <exception cref="ModelException">It cannot be read, or must not be used.</exception>
    public async Task TryAsync(string onnx, CancellationToken cancellation)
    {
        var passed = Path.Combine(folder, await ModelFileHash.ComputeAsync(onnx, cancellation) + ".tried");
        if (trial is null || File.Exists(passed))
        {
            return;
        }

        try
        {
            await trial(onnx, cancellation);
        }
        catch (ModelException error)
        {
            throw new ModelException($"{onnx} cannot be used: {error.Message}", error);
        }

        try
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllBytesAsync(passed, [], cancellation);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A folder that only others may write: it is tried again at the next start.
        }
    }
}

using Ambianic.OnnxImport;
using Microsoft.Extensions.Logging;

namespace Ambianic.Inference.Models;

/// <summary>Makes the files of a store, in its temporary folder until they are complete. The store's lock must be held.</summary>
internal sealed class ModelConversion(StoreFolder folder, ILogger logger)
{
    /// <summary>Imports a file and gives the result its name.</summary>
    /// <param name="source">A file that <see cref="ModelImporter"/> reads.</param>
    /// <param name="onnx">What it becomes.</param>
    /// <param name="outputs">Outputs that are kept; null is all.</param>
    /// <param name="trial">Tries the result before it gets its name; null is to trust it.</param>
    /// <param name="cancellation">Ends the trial.</param>
    /// <exception cref="ModelException">It cannot be read, or was rejected.</exception>
    public async Task ImportAsync(
        string source, ConvertedFile onnx, IReadOnlyList<string>? outputs, Func<string, CancellationToken, Task>? trial, CancellationToken cancellation)
    {
        var unfinished = Path.Combine(folder.Temporary, Path.GetFileName(onnx.Path));
        try
        {
            ModelImporter.Import(source, unfinished, outputs);
            await (trial?.Invoke(unfinished, cancellation) ?? Task.CompletedTask);
        }
        catch (ModelImportException error)
        {
            throw new ModelException(error.Message, error);
        }
        catch (IOException error)
        {
            throw new ModelException($"{source} cannot be imported: {error.Message}; free some space, or set AMBIANIC_CACHE to another folder", error);
        }
        catch (ModelException error) when (!error.Message.Contains(source, StringComparison.Ordinal))
        {
            throw new ModelException($"{source} cannot be used: {error.Message}", error);
        }

        await NameAsync(unfinished, onnx, cancellation);
        logger.ModelImported(Path.GetFileName(source), onnx.Path);
    }

    /// <summary>Gives a complete file its name, in one step; earlier conversions of the same model are removed.</summary>
    public async Task NameAsync(string unfinished, ConvertedFile onnx, CancellationToken cancellation)
    {
        if (File.Exists(onnx.Path))
        {
            logger.ModelDamaged(onnx.Path);
        }

        await FinishedFile.NameAsync(unfinished, onnx.Path, cancellation);
        onnx.RemoveEarlier();
    }
}

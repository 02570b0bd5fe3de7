using System.Text.Json;
using Ambianic.Models.Import.TfJs;
using Google.Protobuf;

namespace Ambianic.Models.Import;

/// <summary>Turns the formats that models come in into ONNX: read, lay out, write.</summary>
public static class ModelImporter
{
    /// <summary>Raised whenever the same file would be imported differently, so that cached results are made anew.</summary>
    public const int Version = 2;

    /// <summary>Imports a model.</summary>
    /// <param name="path">The <c>model.json</c> of a TensorFlow.js graph model, its weights beside it.</param>
    /// <param name="onnxPath">Where the result goes; overwritten.</param>
    /// <param name="outputs">Names of the outputs wanted; null is all of them.</param>
    /// <exception cref="ModelException">It cannot be read; the message names the file and, where it is one, the operator.</exception>
    public static void Import(string path, string onnxPath, IReadOnlyList<string>? outputs = null)
    {
        try
        {
            var graph = ChannelsFirst.Rewrite(TfJsReader.Read(path, outputs));
            var model = OnnxWriter.Write(graph, $"{Version}", new Dictionary<string, string> { ["source"] = Path.GetFileName(path) });
            using var file = File.Create(onnxPath);
            model.WriteTo(file);
            file.Flush(flushToDisk: true);
        }
        catch (ModelException error)
        {
            throw new ModelException($"{path} cannot be imported: {error.Message}", error);
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException or KeyNotFoundException
            or ArgumentException or IndexOutOfRangeException or InvalidCastException or OverflowException)
        {
            throw new ModelException($"{path} cannot be imported: the file is damaged ({error.Message})", error);
        }
    }
}

using Ambianic.OnnxImport.Graphs;
using Ambianic.OnnxImport.TfJs;
using Ambianic.OnnxImport.Tflite;
using Ambianic.Shared;
using Google.Protobuf;

namespace Ambianic.OnnxImport;

/// <summary>Converts models to ONNX: read, change the layout, write.</summary>
public static class ModelImporter
{
    /// <summary>Raised whenever a file would give a model that computes something else, so that cached results are rebuilt.</summary>
    public const int Version = 6;

    private const long LargestFile = 1 << 30;
    private static ReadOnlySpan<byte> TfliteIdentifier => "TFL3"u8;

    /// <summary>Imports a model.</summary>
    /// <param name="path">A TensorFlow Lite file, or the <c>model.json</c> of a TensorFlow.js graph model, its weights beside it.</param>
    /// <param name="onnxPath">Where the result goes; overwritten.</param>
    /// <param name="outputs">Names of the outputs wanted of a TensorFlow.js model; null is all of them.</param>
    /// <exception cref="ModelImportException">It cannot be read; the message names the file and, where it is one, the operator.</exception>
    public static void Import(string path, string onnxPath, IReadOnlyList<string>? outputs = null)
    {
        var model = Convert(path, outputs);
        using var file = File.Create(onnxPath);
        model.WriteTo(file);
        file.Flush(flushToDisk: true);
    }

    /// <summary>The same, in memory.</summary>
    internal static ModelProto Convert(string path, IReadOnlyList<string>? outputs) => OfFile(path, () => OnnxWriter.Write(
        ChannelsFirst.Rewrite(Read(path, outputs)), $"{Version}", new Dictionary<string, string> { ["source"] = Path.GetFileName(path) }));

    /// <summary>Describes a model without importing it.</summary>
    /// <exception cref="ModelImportException">As for <see cref="Import"/>.</exception>
    public static ModelDescription Describe(string path) => OfFile(path, () =>
    {
        var graph = Read(path, null);
        return new ModelDescription(
            [.. graph.Inputs.Select(ModelTensor.Of)], [.. graph.Outputs.Select(ModelTensor.Of)], graph.SourceOperators);
    });

    /// <summary>True when a file is a whole ONNX model; false also for one that was cut off.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static bool IsOnnx(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return ModelProto.Parser.ParseFrom(file) is { Graph: not null, OpsetImport.Count: > 0 };
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    private static Graph Read(string path, IReadOnlyList<string>? outputs)
    {
        var content = RegularFile.ReadAll(path, LargestFile);
        return IsTflite(content) ? TfliteReader.Read(content)
            : IsJson(content) ? TfJsReader.Read(content, Path.GetDirectoryName(Path.GetFullPath(path))!, outputs)
            : path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) ? throw new GraphException("an ONNX file needs no import; a configuration names it with model: {onnx: FILE}")
            : throw new GraphException("it is neither a TensorFlow Lite file nor the model.json of a TensorFlow.js model");
    }

    private static T OfFile<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is GraphException or IOException or UnauthorizedAccessException)
        {
            throw new ModelImportException($"{path} cannot be imported: {error.Message}", error);
        }
        catch (Exception error) when (GraphException.IsDamage(error))
        {
            throw new ModelImportException($"{path} cannot be imported: the file is damaged ({error.Message})", error);
        }
    }

    private static bool IsTflite(byte[] content) => content.Length >= 8 && content.AsSpan(4, 4).SequenceEqual(TfliteIdentifier);

    private static bool IsJson(byte[] content) => content.AsSpan().TrimStart(" \t\r\n"u8) is [(byte)'{', ..];
}

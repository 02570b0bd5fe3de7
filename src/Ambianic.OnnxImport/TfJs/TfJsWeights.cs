using System.Text.Json;
using Ambianic.OnnxImport.Graphs;
using Ambianic.Shared;

namespace Ambianic.OnnxImport.TfJs;

/// <summary>Reads the constants of a TensorFlow.js model: groups of weights, one after the other in the group's files.</summary>
internal static class TfJsWeights
{
    private const long LargestFile = 1 << 30;

    /// <summary>All constants by name.</summary>
    /// <param name="manifest">The <c>weightsManifest</c> of <c>model.json</c>.</param>
    /// <param name="directory">Where the files lie; files elsewhere are refused.</param>
    /// <exception cref="GraphException">A file is missing, too short or too large, or a type is not supported.</exception>
    public static Dictionary<string, Tensor> Read(JsonElement manifest, string directory)
    {
        var tensors = new Dictionary<string, Tensor>();
        var read = 0L;
        foreach (var group in manifest.EnumerateArray())
        {
            var data = ReadFiles([.. group.GetProperty("paths").EnumerateArray().Select(path => path.GetString() ?? "")], directory);
            read += data.Length;
            if (read > LargestFile)
            {
                throw new GraphException($"the weights are too large: more than {LargestFile} bytes in all");
            }

            var position = 0;
            foreach (var weight in group.GetProperty("weights").EnumerateArray())
            {
                var name = weight.GetProperty("name").GetString() ?? "";
                tensors[name] = Read(weight, name, data, ref position);
            }
        }

        return tensors;
    }

    private static byte[] ReadFiles(IReadOnlyList<string> names, string directory)
    {
        var data = new MemoryStream();
        foreach (var name in names)
        {
            if (name != Path.GetFileName(name))
            {
                throw new GraphException($"the weights file '{name}' lies outside the model's folder");
            }

            var path = Path.Combine(directory, name);
            if (!File.Exists(path))
            {
                throw new GraphException($"the weights file '{name}' is missing beside it");
            }

            data.Write(RegularFile.ReadAll(path, LargestFile - data.Length));
        }

        return data.ToArray();
    }

    private static Tensor Read(JsonElement weight, string name, byte[] data, ref int position)
    {
        int[] shape = [.. weight.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())];
        var type = weight.GetProperty("dtype").GetString() switch
        {
            "float32" => ElementType.Float,
            "int32" => ElementType.Int32,
            "bool" => ElementType.Bool,
            var other => throw new GraphException($"the type {other} of the weight '{name}' is not supported"),
        };
        var stored = type;
        if (weight.TryGetProperty("quantization", out var quantization))
        {
            stored = quantization.GetProperty("dtype").GetString() switch
            {
                "float16" => ElementType.Float16,
                "uint8" => ElementType.UInt8,
                var other => throw new GraphException($"the quantization {other} of the weight '{name}' is not supported"),
            };
        }

        var length = Tensor.SizeInBytes(stored, shape);
        if (length > data.Length - position)
        {
            throw new GraphException($"the weights file ends within the weight '{name}'");
        }

        var tensor = new Tensor(stored, shape, data.AsSpan(position, length).ToArray());
        position += length;
        return stored == ElementType.UInt8 ? Dequantise(tensor, quantization) : tensor.Widen();
    }

    private static Tensor Dequantise(Tensor tensor, JsonElement quantization)
    {
        var (scale, minimum) = (quantization.GetProperty("scale").GetSingle(), quantization.GetProperty("min").GetSingle());
        return Tensor.Of(tensor.Shape, [.. tensor.Data.Select(value => (value * scale) + minimum)]);
    }
}

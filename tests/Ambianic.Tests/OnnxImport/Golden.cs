using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Ambianic.Tests.OnnxImport;

/// <summary>What another interpreter answered to the same input.</summary>
internal sealed record GoldenCase(string Name, string Type, int[] Shape, byte[] Input, IReadOnlyList<GoldenOutput> Outputs)
{
    public static IReadOnlyList<GoldenCase> Read(string model)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(TestData.Require($"golden/{model}.json")));
        GoldenCase[] cases = [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(item => new GoldenCase(
            item.GetProperty("name").GetString()!,
            item.GetProperty("dtype").GetString()!,
            item.TryGetProperty("shape", out var shape) ? [.. shape.EnumerateArray().Select(size => size.GetInt32())] : [],
            Unpack(item.GetProperty("input").GetString()!),
            [.. item.GetProperty("outputs").EnumerateArray().Select(output => new GoldenOutput(
                output.GetProperty("name").GetString()!, Unpack(output.GetProperty("file").GetString()!)))]))];
        Assert.NotEmpty(cases);
        Assert.All(cases, item => Assert.NotEmpty(item.Outputs));
        return cases;
    }

    /// <summary>Runs an ONNX model on the input and returns its outputs as bytes, by name.</summary>
    public Dictionary<string, byte[]> Run(InferenceSession session)
    {
        var input = session.InputMetadata.Single();
        var shape = Shape.Length > 0 ? Shape : input.Value.Dimensions;
        var value = Type switch
        {
            "int32" => NamedOnnxValue.CreateFromTensor(input.Key, new DenseTensor<int>(MemoryMarshal.Cast<byte, int>(Input).ToArray(), shape)),
            "uint8" => NamedOnnxValue.CreateFromTensor(input.Key, new DenseTensor<byte>(Input, shape)),
            _ => NamedOnnxValue.CreateFromTensor(input.Key, new DenseTensor<float>(MemoryMarshal.Cast<byte, float>(Input).ToArray(), shape)),
        };
        using var results = session.Run([value]);
        return results.ToDictionary(result => result.Name, result => result.Value switch
        {
            DenseTensor<float> tensor => MemoryMarshal.AsBytes(tensor.Buffer.Span).ToArray(),
            DenseTensor<byte> tensor => tensor.Buffer.ToArray(),
            DenseTensor<sbyte> tensor => MemoryMarshal.AsBytes(tensor.Buffer.Span).ToArray(),
            var other => throw new NotSupportedException($"{other.GetType()}"),
        });
    }

    private static byte[] Unpack(string file)
    {
        using var packed = new GZipStream(File.OpenRead(TestData.Require($"golden/{file}")), CompressionMode.Decompress);
        using var memory = new MemoryStream();
        packed.CopyTo(memory);
        return memory.ToArray();
    }
}

/// <summary>One expected output.</summary>
internal sealed record GoldenOutput(string Name, byte[] Data)
{
    private const double Negligible = 1e-3;

    /// <summary>The largest difference to <paramref name="actual"/>, relative to the largest element, or to 0.001 when all are smaller.</summary>
    public double RelativeError(byte[] actual)
    {
        var expected = MemoryMarshal.Cast<byte, float>(Data);
        var got = MemoryMarshal.Cast<byte, float>(actual);
        Assert.Equal(expected.Length, got.Length);
        var (largest, difference) = (Negligible, 0.0);
        for (var i = 0; i < expected.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(expected[i]));
            difference = Math.Max(difference, Math.Abs(expected[i] - got[i]));
        }

        return difference / largest;
    }
}

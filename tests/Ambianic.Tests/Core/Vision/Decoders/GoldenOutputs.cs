using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;
using Ambianic.Core.Vision.Decoders;

namespace Ambianic.Tests.Core.Vision.Decoders;

/// <summary>What another interpreter said about a picture.</summary>
internal static class GoldenOutputs
{
    public static IReadOnlyList<ModelOutput> Read(string model, string picture)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(TestData.Require($"golden/{model}.json")));
        var golden = document.RootElement.GetProperty("cases").EnumerateArray()
            .Single(item => item.GetProperty("name").GetString() == picture);
        return [.. golden.GetProperty("outputs").EnumerateArray().Select(output =>
        {
            var values = Unpack(output.GetProperty("file").GetString()!);
            return new ModelOutput(
                output.GetProperty("name").GetString()!,
                output.TryGetProperty("shape", out var shape) ? [.. shape.EnumerateArray().Select(length => length.GetInt32())] : [values.Length],
                values);
        })];
    }

    private static float[] Unpack(string file)
    {
        using var packed = new GZipStream(File.OpenRead(TestData.Require($"golden/{file}")), CompressionMode.Decompress);
        using var memory = new MemoryStream();
        packed.CopyTo(memory);
        return MemoryMarshal.Cast<byte, float>(memory.ToArray()).ToArray();
    }
}

using Ambianic.OnnxImport;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Ambianic.Tests.OnnxImport.Tflite;

/// <summary>Imports small TensorFlow Lite files as a user does, from a file, and runs what becomes of them.</summary>
internal sealed class TinyImport : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    /// <summary>The file that is imported.</summary>
    public string Path => _directory["model.tflite"];

    public void Dispose() => _directory.Dispose();

    /// <summary>The model as ONNX.</summary>
    public byte[] Import(byte[] file)
    {
        File.WriteAllBytes(Path, file);
        return ModelImporter.Convert(Path, null).ToByteArray();
    }

    /// <summary>What the only output says of the input <c>x</c>.</summary>
    public float[] Run<T>(byte[] file, T[] x, params int[] shape)
    {
        using var session = new InferenceSession(Import(file));
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("x", new DenseTensor<T>(x, shape))]);
        return [.. results.Single().AsEnumerable<float>()];
    }

    /// <summary>The import fails and names the file and the reason.</summary>
    public void AssertRefused(byte[] file, string reason)
    {
        var error = Assert.Throws<ModelImportException>(() => Import(file));

        Assert.StartsWith($"{Path} cannot be imported: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}

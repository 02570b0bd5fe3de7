using Ambianic.Core.Vision;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using SkiaSharp;

namespace Ambianic.Tests.OnnxImport.Tflite;

/// <summary>Finds people with a YOLOX model of 416 x 416, without suppression: every cell that says person.</summary>
internal sealed class YoloxPeople(InferenceSession session) : IDisposable
{
    private const int Side = 416;

    public List<Box> Find(string picture, float threshold)
    {
        using var results = session.Run(
            [NamedOnnxValue.CreateFromTensor(session.InputNames[0], new DenseTensor<float>(Prepare(picture), [1, 3, Side, Side]))]);
        var rows = results[0].AsEnumerable<float>().ToArray();
        List<Box> people = [];
        var row = 0;
        foreach (var stride in (int[])[8, 16, 32])
        {
            for (var cell = 0; cell < Side / stride * (Side / stride); cell++, row += 85)
            {
                if (rows[row + 4] * rows[row + 5] >= threshold)
                {
                    var x = (rows[row] + (cell % (Side / stride))) * stride;
                    var y = (rows[row + 1] + (cell / (Side / stride))) * stride;
                    var (width, height) = (MathF.Exp(rows[row + 2]) * stride / 2, MathF.Exp(rows[row + 3]) * stride / 2);
                    people.Add(new Box(x - width, y - height, x + width, y + height));
                }
            }
        }

        return people;
    }

    public void Dispose() => session.Dispose();

    private static float[] Prepare(string picture)
    {
        using var original = SKBitmap.Decode(picture);
        var scale = Math.Min((float)Side / original.Width, (float)Side / original.Height);
        var info = new SKImageInfo((int)(original.Width * scale), (int)(original.Height * scale));
        using var bitmap = original.Resize(info, new SKSamplingOptions(SKFilterMode.Linear));
        var tensor = new float[3 * Side * Side];
        Array.Fill(tensor, 114);
        for (var y = 0; y < bitmap.Height; y++)
        {
            for (var x = 0; x < bitmap.Width; x++)
            {
                var (colour, at) = (bitmap.GetPixel(x, y), (y * Side) + x);
                (tensor[at], tensor[at + (Side * Side)], tensor[at + (2 * Side * Side)]) = (colour.Blue, colour.Green, colour.Red);
            }
        }

        return tensor;
    }
}

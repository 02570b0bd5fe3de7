using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Decoders;
using Ambianic.Core.Vision.Input;
using CsCheck;

namespace Ambianic.Tests.Core.Vision.Decoders;

public sealed class DetectionDecodersTests
{
    private static readonly Box Person = new(0.12f, 0.31f, 0.51f, 1);

    [Theory]
    [InlineData("nanodet", "nanodet", 416)]
    [InlineData("centernet", "centernet", 512)]
    public void Decode_GoldenOutputsOfAPerson_FindsHerWhereSheIs(string model, string decoder, int side)
    {
        var outputs = GoldenOutputs.Read(model, "person.jpg");

        var best = Decoding.Decode(decoder, outputs, ModelInputs.Pixels(side, side), 0.4f, 1280, 720)[0];

        Assert.Equal(0, best.Label);
        Assert.InRange(best.Box.IoU(Person), 0.8f, 1);
        Assert.Equal(decoder, DetectionDecoders.Guess(outputs, side, side).Name);
    }

    public static TheoryData<string> Names => [.. DetectionDecoders.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Input_TensorOfWholeNumbers_TakesPixelsAsTheyAre(string decoder)
    {
        var usual = DetectionDecoders.Get(decoder).Usual(ModelInputs.Pixels(64, 64));
        foreach (var type in new[] { TensorType.UInt8, TensorType.Int32 })
        {
            var input = DetectionDecoders.Input(DetectionDecoders.Get(decoder), ModelInputs.Pixels(64, 64) with { Type = type }, [], isSizeFree: true);

            Assert.Equal((ModelInput.NoMean, ModelInput.NoScale), (input.Mean, input.Scale));
            Assert.Equal((type, usual.Order, usual.Placement, usual.Pad), (input.Type, input.Order, input.Placement, input.Pad));
        }
    }

    [Fact]
    public void NanoDet_OneCell_IsItsCentreAndExpectedSides()
    {
        ModelOutput[] outputs =
        [
            Zeros("a", 64, 3), Zeros("b", 16, 3), Zeros("c", 4, 3),
            Zeros("d", 64, 44), Zeros("e", 16, 44), Zeros("f", 4, 44),
        ];
        Values(outputs[1])[(5 * 3) + 2] = 0.9f; // stride 16: cell (1, 1), its centre at (24, 24)
        for (var side = 0; side < 4; side++)
        {
            Values(outputs[4])[(5 * 44) + (side * 11) + 1 + side] = 100; // all the weight on one bin: 1, 2, 3, 4 strides
        }

        var found = Decoding.Decode("nanodet", outputs, ModelInputs.Pixels(64, 64), 0.5f, 64, 64);

        var candidate = Assert.Single(found);
        Assert.Equal((2, 0.9f), (candidate.Label, candidate.Score));
        Decoding.AssertClose(new Box(8 / 64f, 0, 1, 1), candidate.Box, 1e-5f);
    }

    [Fact]
    public void CenterNet_Rows_AreBoxesOfTheTensor()
    {
        var output = new ModelOutput("detections", [1, 2, 6], new float[] { 10, 20, 50, 60, 0.7f, 3, 0, 0, 9, 9, 0.1f, 1 });

        var candidate = Assert.Single(Decoding.Decode("centernet", [output], ModelInputs.Pixels(100, 100), 0.5f, 100, 100));

        Assert.Equal(new Candidate(3, 0.7f, new Box(0.1f, 0.2f, 0.5f, 0.6f)), candidate);
    }

    [Fact]
    public void Yolox_OneCell_IsOffsetAndExponentialSize()
    {
        var output = Zeros("output", 21, 7); // 32x32: 16 cells of stride 8, 4 of stride 16, 1 of stride 32
        var row = Values(output).Slice(6 * 7, 7); // cell (2, 1) of stride 8
        ((float[])[0.5f, 0.25f, MathF.Log(1.5f), 0, 0.8f, 0.1f, 0.9f]).CopyTo(row);

        var candidate = Assert.Single(Decoding.Decode("yolox", [output], ModelInputs.Pixels(32, 32, LetterboxPlacement.TopLeft), 0.5f, 32, 32));

        Assert.Equal(1, candidate.Label);
        Assert.Equal(0.72f, candidate.Score, 1e-5f);
        Decoding.AssertClose(new Box(14 / 32f, 6 / 32f, 26 / 32f, 14 / 32f), candidate.Box, 1e-5f);
    }

    [Fact]
    public void Guess_ObjectnessOfOneEverywhere_IsAYoloWhoseBoxesArePixels()
    {
        var output = Zeros("output", 21, 7); // 32x32, one row a cell as a YOLOX has
        for (var cell = 0; cell < 21; cell++)
        {
            ((float[])[4 + cell, 8, 6, 4, 1, 0.01f, 0.02f]).CopyTo(Values(output).Slice(cell * 7, 7));
        }

        Assert.Equal("yolo", DetectionDecoders.Guess([output], 32, 32).Name);

        Values(output)[4] = 0.5f;
        Assert.StartsWith("yolox", DetectionDecoders.Guess([output], 32, 32).Name, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("yolox")]
    [InlineData("yolox-decoded")]
    public void Guess_YoloxWithItsBoxesDecodedOrNot_ReadsTheSameBox(string name)
    {
        var (output, random) = (Zeros("output", 21, 7), new Random(3));
        for (var cell = 0; cell < 21; cell++)
        {
            var (stride, column, line) = cell < 16 ? (8, cell % 4, cell / 4) : cell < 20 ? (16, (cell - 16) % 2, (cell - 16) / 2) : (32, 0, 0);
            var (x, y, width, height) = (Real() + 0.5f, Real() + 0.5f, Real(), Real());
            (x, y, width, height) = cell == 6 ? (0.5f, 0.25f, MathF.Log(1.5f), 0) : (x, y, width, height);
            var row = Values(output).Slice(cell * 7, 7);
            ((float[])(name == "yolox"
                ? [x, y, width, height]
                : [(x + column) * stride, (y + line) * stride, MathF.Exp(width) * stride, MathF.Exp(height) * stride])).CopyTo(row);
            row[4] = cell == 6 ? 0.8f : 0.01f;
            row[6] = 0.9f;
        }

        var candidate = Assert.Single(Decoding.Decode(
            DetectionDecoders.Guess([output], 32, 32).Name, [output], ModelInputs.Pixels(32, 32, LetterboxPlacement.TopLeft), 0.5f, 32, 32));

        Assert.Equal(name, DetectionDecoders.Guess([output], 32, 32).Name);
        Decoding.AssertClose(new Box(14 / 32f, 6 / 32f, 26 / 32f, 14 / 32f), candidate.Box, 1e-5f);

        float Real() => (random.NextSingle() - 0.5f) * 2;
    }

    [Fact]
    public void Decode_OutputsOfAnotherFamily_SaysSo()
    {
        var output = Zeros("output", 10, 7);

        Assert.Throws<InferenceException>(() => Decoding.Decode("yolox", [output], ModelInputs.Pixels(32, 32), 0.5f, 32, 32));
        Assert.Throws<InferenceException>(() => Decoding.Decode("nanodet", [output], ModelInputs.Pixels(32, 32), 0.5f, 32, 32));
        Assert.Throws<InferenceException>(() => Decoding.Decode("centernet", [output], ModelInputs.Pixels(32, 32), 0.5f, 32, 32));
        Assert.Throws<InferenceException>(() => Decoding.Decode("detr", [Zeros("output", 84, 8400)], ModelInputs.Pixels(640, 640), 0.5f, 640, 640));
    }

    [Fact]
    [Slow]
    public void Decode_AnyOutputs_IsReadOrRefused()
    {
        var axis = Gen.OneOf(0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 21, 34, 44, 56, 84, 195, 300, 896);
        var name = Gen.OneOf(
            "output0", "boxes", "logits", "scores", "labels", "detections", "cls_8", "obj_8", "bbox_8", "kps_8",
            DetectionPostProcess.Boxes, DetectionPostProcess.Scores, DetectionPostProcess.Anchors, DetectionPostProcess.Parameters);
        var output = Gen.Select(name, axis.Array[1, 4], Gen.Int[0, 1000], (called, shape, seed) => Noise(called, Tame(shape), seed));
        Gen.Select(Gen.OneOf([.. DetectionDecoders.Names]), output.Array[1, 6]).Sample(
            (decoder, outputs) =>
            {
                try
                {
                    Decoding.Decode(decoder, outputs, ModelInputs.Pixels(32, 32), 0.1f, 32, 32);
                }
                catch (InferenceException refused)
                {
                    Assert.NotEmpty(refused.Message);
                }
            },
            iter: 5000);
    }

    [Fact]
    public void Get_UnknownName_ListsTheNames() =>
        Assert.Contains("yolox", Assert.Throws<InferenceException>(() => DetectionDecoders.Get("yolo9000")).Message, StringComparison.Ordinal);

    [Fact]
    public void Guess_UnknownShape_ListsTheOutputsAndTheNames()
    {
        var error = Assert.Throws<InferenceException>(() => DetectionDecoders.Guess([Zeros("strange", 3, 5)], 32, 32));

        Assert.Contains("strange [1,3,5]", error.Message, StringComparison.Ordinal);
        Assert.Contains("nanodet", error.Message, StringComparison.Ordinal);
    }

    /// <summary>At most one long axis, and one picture: nobody runs a model on more.</summary>
    private static int[] Tame(int[] shape) => [1, .. shape.Skip(1).Select((length, index) => index > 0 ? Math.Min(length, 60) : length)];

    private static ModelOutput Noise(string name, int[] shape, int seed)
    {
        var random = new Random(seed);
        var values = new float[shape.Aggregate(1, (product, length) => product * length)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (random.NextSingle() * 4) - 2;
        }

        return new ModelOutput(name, shape, values);
    }

    private static ModelOutput Zeros(string name, int rows, int columns) => new(name, [1, rows, columns], new float[rows * columns]);

    private static Span<float> Values(ModelOutput output) =>
        System.Runtime.InteropServices.MemoryMarshal.AsMemory(output.Values).Span;
}

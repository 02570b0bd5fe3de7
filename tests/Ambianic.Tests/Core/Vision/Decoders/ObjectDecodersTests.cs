using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Decoders;
using Ambianic.Core.Vision.Input;

namespace Ambianic.Tests.Core.Vision.Decoders;

/// <summary>Decoders of users' own object models, on tensors made by hand.</summary>
public sealed class ObjectDecodersTests
{
    private static readonly ModelInput Input = ModelInputs.Pixels(100, 100);
    private static readonly Box Expected = new(0.1f, 0.2f, 0.5f, 0.8f);

    /// <summary>What ONNX exports, which give pixels of the tensor, and TensorFlow's, which give parts of it.</summary>
    public static TheoryData<float> Units => [1, 0.01f];

    [Theory]
    [MemberData(nameof(Units))]
    public void Yolo_ClassesInRows_IsVersion8(float unit)
    {
        const int Cells = 50;
        var values = new float[7 * Cells];
        float[] cell = [30 * unit, 50 * unit, 40 * unit, 60 * unit, 0.1f, 0.9f, 0.7f];
        for (var row = 0; row < 7; row++)
        {
            values[(row * Cells) + 20] = cell[row];
        }

        AssertOne(Decoding.Decode("yolo", [new ModelOutput("output0", [1, 7, Cells], values)], Input, 0.5f, 100, 100), 1, 0.9f);
    }

    [Theory]
    [MemberData(nameof(Units))]
    public void Yolo_ObjectnessAndClassesInColumns_IsVersion5(float unit)
    {
        var values = new float[50 * 8];
        ((float[])[30 * unit, 50 * unit, 40 * unit, 60 * unit, 0.9f, 0.1f, 0.2f, 0.8f]).CopyTo(values.AsSpan(20 * 8));

        AssertOne(Decoding.Decode("yolo", [new ModelOutput("output", [1, 50, 8], values)], Input, 0.5f, 100, 100), 2, 0.72f);
    }

    [Theory]
    [MemberData(nameof(Units))]
    public void Yolo_SixColumnsAndFewRows_IsSuppressedAlready(float unit)
    {
        var values = new float[300 * 6];
        ((float[])[10 * unit, 20 * unit, 50 * unit, 80 * unit, 0.75f, 4]).CopyTo(values.AsSpan());

        AssertOne(Decoding.Decode("yolo", [new ModelOutput("output0", [1, 300, 6], values)], Input, 0.5f, 100, 100), 4, 0.75f);
    }

    [Fact]
    public void Yolo_PartsOfARectangle_AreOfItsOwnSides()
    {
        var output = new ModelOutput("output0", [1, 1, 6], new float[] { 0.1f, 0.2f, 0.5f, 0.8f, 0.75f, 4 });

        AssertOne(Decoding.Decode("yolo", [output], ModelInputs.Pixels(640, 384), 0.5f, 640, 384), 4, 0.75f);
    }

    [Fact]
    public void Yolo_SmallThingInTheCornerAndUncertainOnesBeyondIt_IsInPixels()
    {
        var output = new ModelOutput("output0", [1, 3, 6], new float[] { 0, 0, 6, 5, 0.9f, 0, 0.2f, 0.1f, 0.4f, 0.5f, 0.6f, 0, 90, 90, 99, 99, 0.1f, 0 });

        var found = Decoding.Decode("yolo", [output], Input, 0.5f, 100, 100);

        Decoding.AssertClose(new Box(0, 0, 0.06f, 0.05f), found[0].Box, 1e-4f);
    }

    [Fact]
    public void Yolo_PartsBeyondTheTensor_AreStillParts()
    {
        var output = new ModelOutput("output0", [1, 2, 6], new float[] { -0.2f, 0.2f, 1.3f, 0.8f, 0.9f, 0, 0.5f, 0.5f, 3, 3, 0.6f, 0 });

        var found = Decoding.Decode("yolo", [output], Input, 0.5f, 100, 100);

        Decoding.AssertClose(new Box(0, 0.2f, 1, 0.8f), found[0].Box, 1e-4f);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.4f)]
    public void Yolo_NothingCertain_IsNothing(float score)
    {
        var output = new ModelOutput("output0", [1, 1, 6], new float[] { 0.1f, 0.2f, 0.5f, 0.8f, score, 0 });

        Assert.Empty(Decoding.Decode("yolo", [output], Input, 0.5f, 100, 100));
    }

    [Fact]
    public void Yolo_OneClassOfVersion5InASmallPicture_IsNotTakenForFinished()
    {
        var values = new float[186 * 6]; // 62 cells of strides 8, 16 and 32, three anchors each
        ((float[])[16, 32, 16, 16, 0.9f, 0.8f]).CopyTo(values.AsSpan(20 * 6));

        var found = Decoding.Decode("yolo", [new ModelOutput("output", [1, 186, 6], values)], ModelInputs.Pixels(64, 48), 0.5f, 64, 48);

        Assert.Equal((0, 0.72f), (Assert.Single(found).Label, MathF.Round(found[0].Score, 3)));
    }

    [Theory]
    [InlineData("of which class", 1, 100, 5)]
    [InlineData("not a YOLO's", 1, 4, 100)]
    [InlineData("not a YOLO's", 1, 7, 7)]
    [InlineData("not a YOLO's", 2, 84, 100)]
    [InlineData("not a YOLO's", 100, 6)]
    public void Yolo_ImpossibleShape_SaysSo(string reason, params int[] shape)
    {
        var output = new ModelOutput("output", shape, new float[shape.Aggregate(1, (product, length) => product * length)]);

        var error = Assert.Throws<InferenceException>(() => Decoding.Decode("yolo", [output], Input, 0, 100, 100));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Throws<InferenceException>(() => DetectionDecoders.Guess([output], 100, 100));
    }

    [Fact]
    public void Detr_OneOutput_IsRelativeBoxesAndScores()
    {
        var values = new float[300 * 7];
        ((float[])[0.3f, 0.5f, 0.4f, 0.6f, 0.1f, 0.2f, 0.8f]).CopyTo(values.AsSpan(7 * 7));

        AssertOne(Decoding.Decode("detr", [new ModelOutput("output0", [1, 300, 7], values)], Input, 0.5f, 100, 100), 2, 0.8f);
    }

    [Fact]
    public void Detr_LogitsAndBoxes_TakesTheSigmoid()
    {
        ModelOutput[] outputs =
        [
            new("logits", [1, 2, 3], new float[] { -9, -9, -9, -9, 2, -9 }),
            new("pred_boxes", [1, 2, 4], new float[] { 0, 0, 0, 0, 0.3f, 0.5f, 0.4f, 0.6f }),
        ];

        AssertOne(Decoding.Decode("detr", outputs, Input, 0.5f, 100, 100), 1, 0.881f);
    }

    [Fact]
    public void Detr_LabelsBoxesScores_AreTakenAsTheyAre()
    {
        ModelOutput[] outputs =
        [
            new("labels", [1, 1], new float[] { 5 }), new("boxes", [1, 1, 4], new float[] { 10, 20, 50, 80 }), new("scores", [1, 1], new float[] { 0.7f }),
        ];

        AssertOne(Decoding.Decode("detr", outputs, Input, 0.5f, 100, 100), 5, 0.7f);
    }

    [Fact]
    public void SsdPostprocess_FinishedInTheGraph_IsTopLeftBottomRight()
    {
        ModelOutput[] outputs =
        [
            new("TFLite_Detection_PostProcess", [1, 2, 4], new float[] { 0.2f, 0.1f, 0.8f, 0.5f, 0, 0, 1, 1 }),
            new("TFLite_Detection_PostProcess:1", [1, 2], new float[] { 7, 0 }),
            new("TFLite_Detection_PostProcess:2", [1, 2], new float[] { 0.9f, 0.2f }),
            new("TFLite_Detection_PostProcess:3", [1], new float[] { 2 }),
        ];

        AssertOne(Decoding.Decode("ssd-postprocess", outputs, Input, 0.5f, 100, 100), 7, 0.9f);
    }

    [Fact]
    public void SsdPostprocess_LeftToUs_DecodesAnchors()
    {
        ModelOutput[] outputs =
        [
            new(DetectionPostProcess.Boxes, [1, 1, 4], new float[4]),
            new(DetectionPostProcess.Scores, [1, 1, 3], new float[] { 0, 0.2f, 0.8f }),
            new(DetectionPostProcess.Anchors, [1, 4], new float[] { 0.5f, 0.3f, 0.6f, 0.4f }),
            new(DetectionPostProcess.Parameters, [11], new float[] { 5, 1, 5, 0, 0.1f, 0.5f, 2, 10, 10, 5, 5 }),
        ];

        AssertOne(Decoding.Decode("ssd-postprocess", outputs, Input, 0.5f, 100, 100), 1, 0.8f);
        Assert.Equal("ssd-postprocess", DetectionDecoders.Guess(outputs, 100, 100).Name);
    }

    [Theory]
    [InlineData("yolox", 416, 416, 1, 3549, 85)]
    [InlineData("yolox", 640, 384, 1, 5040, 85)]
    [InlineData("yolox", 640, 640, 1, 8400, 6)]
    [InlineData("yolo", 640, 640, 1, 84, 8400)]
    [InlineData("yolo", 640, 384, 1, 84, 5040)]
    [InlineData("yolo", 640, 640, 1, 25200, 85)]
    [InlineData("yolo", 640, 384, 1, 15120, 85)]
    [InlineData("yolo", 640, 640, 1, 300, 6)]
    [InlineData("detr", 640, 640, 1, 300, 84)]
    [InlineData("movenet-multi", 256, 256, 1, 6, 56)]
    [InlineData("movenet-single", 192, 192, 1, 1, 17, 3)]
    public void Guess_OneOutput_TellsByItsShapeAndThePictures(string decoder, int width, int height, params int[] shape) =>
        Assert.Equal(decoder, DetectionDecoders.Guess([new ModelOutput("output0", shape, ReadOnlyMemory<float>.Empty)], width, height).Name);

    private static void AssertOne(List<Candidate> found, int label, float score)
    {
        var candidate = Assert.Single(found);
        Assert.Equal(label, candidate.Label);
        Assert.Equal(score, candidate.Score, 0.001f);
        Decoding.AssertClose(Expected, candidate.Box, 1e-4f);
    }
}

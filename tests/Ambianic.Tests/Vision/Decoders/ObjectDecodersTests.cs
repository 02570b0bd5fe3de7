namespace Ambianic.Vision.Decoders;

/// <summary>Decoders of users' own object models, on tensors made by hand.</summary>
public sealed class ObjectDecodersTests
{
    private static readonly ModelInput Input = ModelInputs.Pixels(100, 100);
    private static readonly Box Expected = new(0.1f, 0.2f, 0.5f, 0.8f);

    [Fact]
    public void Yolo_ClassesInRows_IsVersion8()
    {
        const int Cells = 50;
        var values = new float[7 * Cells];
        float[] cell = [30, 50, 40, 60, 0.1f, 0.9f, 0.7f];
        for (var row = 0; row < 7; row++)
        {
            values[(row * Cells) + 20] = cell[row];
        }

        AssertOne(Decoding.Decode("yolo", [new ModelOutput("output0", [1, 7, Cells], values)], Input, 0.5f, 100, 100), 1, 0.9f);
    }

    [Fact]
    public void Yolo_ObjectnessAndClassesInColumns_IsVersion5()
    {
        var values = new float[50 * 8];
        ((float[])[30, 50, 40, 60, 0.9f, 0.1f, 0.2f, 0.8f]).CopyTo(values.AsSpan(20 * 8));

        AssertOne(Decoding.Decode("yolo", [new ModelOutput("output", [1, 50, 8], values)], Input, 0.5f, 100, 100), 2, 0.72f);
    }

    [Fact]
    public void Yolo_SixColumnsAndFewRows_IsSuppressedAlready()
    {
        var values = new float[300 * 6];
        ((float[])[10, 20, 50, 80, 0.75f, 4]).CopyTo(values.AsSpan());

        AssertOne(Decoding.Decode("yolo", [new ModelOutput("output0", [1, 300, 6], values)], Input, 0.5f, 100, 100), 4, 0.75f);
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
        var postProcess = new DetectionPostProcess
        {
            MostDetections = 5, ClassesPerDetection = 1, DetectionsPerClass = 5, IsRegular = false, ScoreThreshold = 0.1f,
            OverlapThreshold = 0.5f, Classes = 2, ScaleY = 10, ScaleX = 10, ScaleHeight = 5, ScaleWidth = 5,
        };
        ModelOutput[] outputs =
        [
            new(DetectionPostProcess.Boxes, [1, 1, 4], new float[4]),
            new(DetectionPostProcess.Scores, [1, 1, 3], new float[] { 0, 0.2f, 0.8f }),
            new(DetectionPostProcess.Anchors, [1, 4], new float[] { 0.5f, 0.3f, 0.6f, 0.4f }),
            new(DetectionPostProcess.Parameters, [11], postProcess.ToTensor()),
        ];

        AssertOne(Decoding.Decode("ssd-postprocess", outputs, Input, 0.5f, 100, 100), 1, 0.8f);
        Assert.Equal("ssd-postprocess", DetectionDecoders.Guess(outputs).Name);
    }

    [Theory]
    [InlineData("yolox", 1, 3549, 85)]
    [InlineData("yolo", 1, 84, 8400)]
    [InlineData("yolo", 1, 25200, 85)]
    [InlineData("yolo", 1, 300, 6)]
    [InlineData("detr", 1, 300, 84)]
    [InlineData("movenet-multi", 1, 6, 56)]
    [InlineData("movenet-single", 1, 1, 17, 3)]
    public void Guess_OneOutput_TellsByItsShape(string decoder, params int[] shape) =>
        Assert.Equal(decoder, DetectionDecoders.Guess([new ModelOutput("output0", shape, ReadOnlyMemory<float>.Empty)]).Name);

    private static void AssertOne(List<Candidate> found, int label, float score)
    {
        var candidate = Assert.Single(found);
        Assert.Equal(label, candidate.Label);
        Assert.Equal(score, candidate.Score, 0.001f);
        Decoding.AssertClose(Expected, candidate.Box, 1e-4f);
    }
}

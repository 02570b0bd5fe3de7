using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Decoders;
using Ambianic.Core.Vision.Input;

namespace Ambianic.Tests.Core.Vision.Decoders;

/// <summary>Detectors whose graph has suppressed, and those that leave boxes and scores to whoever reads them.</summary>
public sealed class EndToEndDecodersTests
{
    private static readonly ModelInput Input = ModelInputs.Pixels(100, 100);

    [Theory]
    [InlineData("num_dets", "det_boxes", "det_scores", "det_classes")]
    [InlineData("graph2_num_predictions", "graph2_pred_boxes", "graph2_pred_scores", "graph2_pred_classes")]
    public void EndToEndBoxes_NamesOfTheirExporter_AreCorners(string number, string boxes, string scores, string classes)
    {
        ModelOutput[] outputs =
        [
            new(number, [1, 1], new float[] { 1 }), new(boxes, [1, 2, 4], new float[] { 10, 20, 50, 80, -1, -1, -1, -1 }),
            new(scores, [1, 2], new float[] { 0.9f, -1 }), new(classes, [1, 2], new float[] { 7, -1 }),
        ];

        AssertOne("finished-boxes", outputs, 7);
    }

    [Fact]
    public void EndToEndBoxes_ScoreBesideTheCorners_IsRead() => AssertOne(
        "finished-boxes",
        [new("dets", [1, 2, 5], new float[] { 10, 20, 50, 80, 0.9f, 0, 0, 1, 1, 0.1f }), new("labels", [1, 2], new float[] { 7, 0 })],
        7);

    [Theory]
    [InlineData("output", 0f, 10f, 20f, 50f, 80f, 7f, 0.9f)]
    [InlineData("graph2_flat_predictions", 0f, 10f, 20f, 50f, 80f, 0.9f, 7f)]
    public void EndToEndRows_TwoAxes_ScoreIsWhatIsNotWhole(string name, params float[] row) =>
        AssertOne("finished-rows", [new(name, [1, 7], row)], 7);

    [Fact]
    public void EndToEndRows_OpenVino_CountsFromOneAndEndsEarly() => AssertOne(
        "finished-rows", [new("detection_out", [1, 1, 2, 7], new float[] { 0, 8, 0.9f, 0.1f, 0.2f, 0.5f, 0.8f, -1, 0, 0.9f, 0, 0, 0, 0 })], 7);

    [Fact]
    public void EndToEndRows_EfficientDet_BeginsWithTheTop() => AssertOne(
        "finished-rows", [new("detections:0", [1, 2, 7], new float[] { 0, 20, 10, 80, 50, 0.9f, 8, 0, 0, 0, 1, 1, 0, 1 })], 7);

    [Fact]
    public void Guess_ClassifierOfSevenClasses_IsNotTakenForARow() =>
        Assert.Throws<InferenceException>(() => DetectionDecoders.Guess([new("output", [1, 7], new float[] { 0, 0.1f, 0.2f, 0.3f, 0.1f, 0.2f, 0.1f })], 100, 100));

    [Theory]
    [InlineData(1f)]
    [InlineData(100f)]
    public void BoxesScores_CornersAndScores_AreSuppressed(float unit)
    {
        ModelOutput scores = new("scores", [1, 3, 3], new float[] { 0, 0.1f, 0.9f, 0.1f, 0, 0.8f, 0, 0, 0.1f });
        ModelOutput boxes = new("boxes", [1, 3, 4], new[] { 0.1f, 0.2f, 0.5f, 0.8f, 0.11f, 0.2f, 0.5f, 0.8f, 0, 0, 1, 1 }.Select(value => value * unit).ToArray());

        AssertOne("boxes-scores", [boxes, scores], 2);
        AssertOne("boxes-scores", [scores, boxes], 2);
        AssertOne("boxes-scores", [boxes with { Shape = [1, 3, 1, 4] }, scores], 2);
    }

    [Fact]
    public void BoxesScores_SharesOfASoftmax_BeginWithTheBackground()
    {
        ModelOutput[] outputs =
        [
            new("scores", [1, 2, 4], new float[] { 0.05f, 0, 0.05f, 0.9f, 0.97f, 0.01f, 0.01f, 0.01f }),
            new("boxes", [1, 2, 4], new float[] { 0.1f, 0.2f, 0.5f, 0.8f, 0, 0, 1, 1 }),
        ];

        AssertOne("boxes-scores", outputs, 2);
        Assert.Equal((3, 1), (DetectionDecoders.Get("boxes-scores").Classes(outputs), DetectionDecoders.Get("boxes-scores").FirstClass(outputs)));
    }

    [Fact]
    public void Guess_CentresAndScores_AreRefused() => Assert.Throws<InferenceException>(() => DetectionDecoders.Guess(
        [
            new("boxes", [1, 2, 4], new float[] { 0.5f, 0.5f, 0.1f, 0.2f, 0.7f, 0.5f, 0.1f, 0.2f }),
            new("scores", [1, 2, 3], new float[] { 0, 0.1f, 0.9f, 0.1f, 0, 0.8f }),
        ],
        100, 100));

    [Fact]
    public void Yolo_EarlyExportOfVersion5_RepeatsItsOutputByScale()
    {
        var values = new float[63 * 7]; // 32x32: 3 anchors on each of 21 cells
        ((float[])[30, 50, 40, 60, 1, 0, 0.9f]).CopyTo(values, 0);
        var input = ModelInputs.Pixels(32, 32);
        ModelOutput[] outputs = [new("output", [1, 63, 7], values), new("350", [1, 3, 4, 4, 7], new float[336]), new("416", [1, 3, 2, 2, 7], new float[84])];

        Assert.Equal("yolo", DetectionDecoders.Guess(outputs, 32, 32).Name);
        Assert.Equal(1, Assert.Single(Decoding.Decode("yolo", outputs, input, 0.5f, 32, 32)).Label);
    }

    private static void AssertOne(string decoder, ModelOutput[] outputs, int label)
    {
        Assert.Equal(decoder, DetectionDecoders.Guess(outputs, 100, 100).Name);
        var candidate = Assert.Single(Decoding.Decode(decoder, outputs, Input, 0.5f, 100, 100));
        Assert.Equal((label, 0.9f), (candidate.Label, candidate.Score));
        Decoding.AssertClose(new Box(0.1f, 0.2f, 0.5f, 0.8f), candidate.Box, 1e-5f);
    }
}

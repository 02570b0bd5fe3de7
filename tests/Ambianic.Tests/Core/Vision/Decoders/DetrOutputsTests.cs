using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Decoders;
using Ambianic.Core.Vision.Input;

namespace Ambianic.Tests.Core.Vision.Decoders;

/// <summary>Detection transformers as their exporters name, order and count their outputs.</summary>
public sealed class DetrOutputsTests
{
    private static readonly ModelInput Input = ModelInputs.Pixels(100, 100);
    private static readonly Box Expected = new(0.1f, 0.2f, 0.5f, 0.8f);

    [Theory]
    [InlineData("dets", "labels")]
    [InlineData("labels", "dets")]
    [InlineData("pred_boxes", "logits")]
    [InlineData("pred_logits", "pred_boxes")]
    [InlineData("2514", "2519")]
    [InlineData("output_1", "output_0")]
    public void Decode_LogitsInAnyOrder_AreFound(string first, string second)
    {
        var (boxes, logits) = Queries(classes: 91, label: 1, logit: 2);
        var boxesFirst = first is "dets" or "pred_boxes" or "2514";
        ModelOutput[] outputs = boxesFirst ? [boxes with { Name = first }, logits with { Name = second }] : [logits with { Name = first }, boxes with { Name = second }];

        AssertOne(outputs, 1, 0.881f);
        AssertOne([.. outputs, new ModelOutput("masks", [1, 300, 4, 4], new float[300 * 16])], 1, 0.881f, isNamed: !char.IsDigit(first[^1]));
    }

    [Theory]
    [InlineData(91, 1)] // the last column is "nothing", as in the first DETR
    [InlineData(0, 2)]
    public void Decode_MostQueriesSayNothing_ClassesAreShares(int nothing, int label)
    {
        var (boxes, logits) = Queries(classes: 92, label, logit: 6);
        var values = System.Runtime.InteropServices.MemoryMarshal.AsMemory(logits.Values).Span;
        for (var query = 0; query < 300; query++)
        {
            values[(query * 92) + nothing] = query == 0 ? 4 : 7;
        }

        var share = 1 / (1 + MathF.Exp(-2));
        AssertOne([logits with { Name = "logits" }, boxes with { Name = "pred_boxes" }], nothing == 0 ? label - 1 : label, share);
        Assert.Equal(91, DetectionDecoders.Get("detr").Classes([logits with { Name = "logits" }, boxes with { Name = "pred_boxes" }]));
    }

    [Theory]
    [InlineData("dets", "labels", 91)]
    [InlineData("pred_boxes", "logits", 92)]
    public void Decode_LogitsThatAreScoresAlready_AreTakenAsTheyAre(string boxesName, string scoresName, int columns)
    {
        var (boxes, logits) = Queries(columns, label: 1, logit: 0.9f);
        var scores = logits.Values.ToArray().Select(value => value < 0 ? 0.002f : value).ToArray();

        AssertOne([boxes with { Name = boxesName }, logits with { Name = scoresName, Values = scores }], 1, 0.9f);
    }

    [Fact]
    public void Decode_BoxesInPixels_AreReadAsPixels()
    {
        var (boxes, logits) = Queries(classes: 91, label: 1, logit: 2);
        var pixels = boxes.Values.ToArray().Select(value => value * 100).ToArray();

        AssertOne([boxes with { Name = "dets", Values = pixels }, logits with { Name = "labels" }], 1, 0.881f);
    }

    [Fact]
    public void Decode_MaskedClasses_AreNeverFound()
    {
        var (boxes, logits) = Queries(classes: 91, label: 1, logit: 2);
        var masked = logits.Values.ToArray();
        for (var query = 0; query < 300; query++)
        {
            masked[(query * 91) + 90] = float.NegativeInfinity;
        }

        ModelOutput[] outputs = [boxes with { Name = "dets" }, logits with { Name = "labels", Values = masked }];
        FiniteNumbers.Require(outputs);
        AssertOne(outputs, 1, 0.881f);

        Array.Fill(masked, float.NegativeInfinity, 91, 91); // a query that knows no class at all
        Assert.Throws<InferenceException>(() => FiniteNumbers.Require(outputs));
    }

    [Fact]
    public void Input_RfDetr_IsNormalisedAsInImageNet()
    {
        var (boxes, logits) = Queries(classes: 91, label: 1, logit: 2);

        var input = DetectionDecoders.Input(
            DetectionDecoders.Get("detr"), ModelInputs.Pixels(560, 560), [boxes with { Name = "dets" }, logits with { Name = "labels" }], isSizeFree: false);

        Assert.Equal([0.485f * 255, 0.456f * 255, 0.406f * 255], input.Mean);
        Assert.Equal(1 / (0.229f * 255), input.Scale[0], 1e-6f);
    }

    [Fact]
    public void Decode_TorchVision_CountsFromOne()
    {
        ModelOutput[] outputs =
        [
            new("boxes", [2, 4], new float[] { 10, 20, 50, 80, 0, 0, 1, 1 }), new("labels", [2], new float[] { 1, 5 }), new("scores", [2], new float[] { 0.9f, 0.1f }),
        ];

        AssertOne(outputs, 0, 0.9f);
        Assert.Equal(1, DetectionDecoders.Get("detr").FirstClass(outputs));
    }

    [Fact]
    public void Decode_EndToEndBoxesInParts_AreReadAsParts()
    {
        ModelOutput[] outputs =
        [
            new("bboxes", [1, 1, 4], new float[] { 0.1f, 0.2f, 0.5f, 0.8f }), new("labels", [1, 1], new float[] { 3 }), new("scores", [1, 1], new float[] { 0.9f }),
        ];

        AssertOne(outputs, 3, 0.9f);
    }

    [Fact]
    public void Guess_TwoOutputsThatBelongToNothing_AreRefused()
    {
        var (boxes, logits) = Queries(classes: 8, label: 1, logit: 2);
        var wide = new ModelOutput("a", boxes.Shape, boxes.Values.ToArray().Select(value => value * 90).ToArray());

        Assert.Throws<InferenceException>(() => DetectionDecoders.Guess([wide, logits with { Name = "b" }], 100, 100));
    }

    private static void AssertOne(ModelOutput[] outputs, int label, float score, bool isNamed = true)
    {
        if (isNamed)
        {
            Assert.Equal("detr", DetectionDecoders.Guess(outputs, 100, 100).Name);
        }

        var candidate = Assert.Single(Decoding.Decode("detr", outputs, Input, 0.5f, 100, 100));
        Assert.Equal(label, candidate.Label);
        Assert.Equal(score, candidate.Score, 0.001f);
        Decoding.AssertClose(Expected, candidate.Box, 1e-4f);
    }

    /// <summary>One thing in 300 queries.</summary>
    private static (ModelOutput Boxes, ModelOutput Logits) Queries(int classes, int label, float logit)
    {
        var (boxes, logits) = (new float[300 * 4], Enumerable.Repeat(-6f, 300 * classes).ToArray());
        ((float[])[0.3f, 0.5f, 0.4f, 0.6f]).CopyTo(boxes, 0);
        logits[label] = logit;
        return (new ModelOutput("", [1, 300, 4], boxes), new ModelOutput("", [1, 300, classes], logits));
    }
}

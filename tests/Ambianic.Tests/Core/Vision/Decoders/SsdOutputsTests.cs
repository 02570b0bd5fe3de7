using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Decoders;

namespace Ambianic.Tests.Core.Vision.Decoders;

/// <summary>The outputs of one SSD under the names, and in the orders and numbers, of its exporters.</summary>
public sealed class SsdOutputsTests
{
    private static readonly float[] Scores = [0.9f, 0.8f, 0.1f, 0, 0];
    private static readonly float[] Classes = [16, 2, 5, 0, 0];
    private static readonly float[] Anchors = [1201, 77, 9, 400, 0];

    /// <summary>Boxes, scores, classes counted from 0 and from 1, number, anchors, and the raw ones that only some exports have.</summary>
    [Theory]
    [InlineData("TFLite_Detection_PostProcess=b TFLite_Detection_PostProcess:1=c TFLite_Detection_PostProcess:2=s TFLite_Detection_PostProcess:3=n")]
    [InlineData("StatefulPartitionedCall:0=s StatefulPartitionedCall:1=b StatefulPartitionedCall:2=n StatefulPartitionedCall:3=c")]
    [InlineData("StatefulPartitionedCall:3=b StatefulPartitionedCall:2=c StatefulPartitionedCall:1=s StatefulPartitionedCall:0=n")]
    [InlineData("Identity=b Identity_1:0=c Identity_2:0=s Identity_3:0=n")]
    [InlineData("Identity:0=n Identity_1:0=s Identity_2:0=c Identity_3:0=b")]
    [InlineData("output_0=c output_1=b output_2=s")]
    [InlineData("num_detections:0=n detection_boxes:0=b detection_scores:0=s detection_classes:0=o")]
    [InlineData("detection_classes=o detection_scores=s detection_boxes=b")]
    [InlineData("detection_anchor_indices=a detection_boxes=b detection_classes=o detection_multiclass_scores=m detection_scores=s num_detections=n raw_detection_boxes=R raw_detection_scores=r")]
    [InlineData("Identity=a Identity_1=b Identity_2=o Identity_3=m Identity_4=s Identity_5=n Identity_6=R Identity_7=r")]
    [InlineData("location=b category=c score=s number_of_detections=n")]
    [InlineData("boxes=b classes=c scores=s number=n")]
    public void Decode_AnyExport_FindsTheSame(string export)
    {
        ModelOutput[] outputs = [.. export.Split(' ').Select(output => Output(output[..^2], output[^1], axes: 1))];
        ModelOutput[] withoutBatch = [.. export.Split(' ').Select(output => Output(output[..^2], output[^1], axes: 0))];

        Assert.Equal("ssd-postprocess", DetectionDecoders.Guess(outputs, 100, 100).Name);
        foreach (var form in new[] { outputs, withoutBatch })
        {
            var found = Decoding.Decode("ssd-postprocess", form, ModelInputs.Pixels(100, 100), 0.5f, 100, 100);
            Assert.Equal([(16, 0.9f), (2, 0.8f)], found.Select(candidate => (candidate.Label, candidate.Score)));
            Decoding.AssertClose(new Box(0.1f, 0.2f, 0.5f, 0.8f), found[0].Box, 1e-5f);
        }
    }

    [Theory]
    [InlineData("x=s y=b z=n w=c", 1, 1)] // the order of TensorFlow 2
    [InlineData("x=b y=c z=s w=n", 1, 1)] // the order of all others
    [InlineData("x=s y=b z=n w=c", 1, 3)]
    [InlineData("x=b y=s z=c w=n", 1, 3)] // a class above 1 tells, whatever the order
    public void Decode_ScoresThatAreWholeNumbers_AreToldByClassesOrOrder(string export, float score, float label)
    {
        ModelOutput[] outputs = [.. export.Split(' ').Select(output => output[^1] switch
        {
            's' => new ModelOutput(output[..1], [1, 5], new float[] { score, 0, 0, 0, 0 }),
            'c' => new ModelOutput(output[..1], [1, 5], new float[] { label, 0, 0, 0, 0 }),
            var kind => Output(output[..1], kind, 1),
        })];

        var candidate = Assert.Single(Decoding.Decode("ssd-postprocess", outputs, ModelInputs.Pixels(100, 100), 0.5f, 100, 100));

        Assert.Equal(((int)label, score), (candidate.Label, candidate.Score));
    }

    [Fact]
    public void Decode_EightOutputsAndScoresThatAreWholeNumbers_AnchorsAreNoClasses()
    {
        ModelOutput[] outputs = [.. "abomsnRr".Select((kind, index) => kind == 's'
            ? new ModelOutput("Identity_4", [1, 5], new float[] { 1, 1, 0, 0, 0 })
            : Output($"Identity_{index}", kind, 1))];

        var found = Decoding.Decode("ssd-postprocess", outputs, ModelInputs.Pixels(100, 100), 0.5f, 100, 100);

        Assert.Equal([(2, 1f), (16, 1f)], found.Select(candidate => (candidate.Label, candidate.Score)).Order());
    }

    [Fact]
    public void Decode_BoxesBeyondTheNumberOfRows_MayBeAnything()
    {
        var boxes = Output("y", 'b', 1);
        var values = boxes.Values.ToArray();
        values[^1] = 900;
        ModelOutput[] outputs = [Output("x", 's', 1), boxes with { Values = values }, new("z", [1], new float[] { 2 }), Output("w", 'c', 1)];

        Assert.Equal(2, Decoding.Decode("ssd-postprocess", outputs, ModelInputs.Pixels(100, 100), 0.5f, 100, 100).Count);
    }

    [Theory]
    [InlineData("x=s y=b z=n w=c")]
    [InlineData("x=b y=c z=s w=n")]
    public void Decode_OneRow_IsReadInTheOrderOfItsExporter(string export)
    {
        ModelOutput[] outputs = [.. export.Split(' ').Select(output => output[^1] switch
        {
            'b' => new ModelOutput(output[..1], [1, 1, 4], new float[] { 0.2f, 0.1f, 0.8f, 0.5f }),
            's' => new ModelOutput(output[..1], [1, 1], new float[] { 0.75f }),
            'c' => new ModelOutput(output[..1], [1, 1], new float[] { 7 }),
            _ => new ModelOutput(output[..1], [1, 1], new float[] { 1 }),
        })];

        var candidate = Assert.Single(Decoding.Decode("ssd-postprocess", outputs, ModelInputs.Pixels(100, 100), 0.5f, 100, 100));

        Assert.Equal((7, 0.75f), (candidate.Label, candidate.Score));
    }

    [Theory]
    [InlineData("num_detections", 0, 0)]
    [InlineData("num_detections", 1, 1)]
    [InlineData("x", 1, 1)]
    [InlineData("x", 5, 2)]
    [InlineData("x", 900, 2)] // not the number of rows
    public void Decode_RowsBeyondTheirNumber_AreNotRead(string name, float number, int expected)
    {
        ModelOutput[] outputs = [Output("a", 'b', 1), Output("b", 'c', 1), Output("c", 's', 1), new(name, [1], new[] { number })];

        Assert.Equal(expected, Decoding.Decode("ssd-postprocess", outputs, ModelInputs.Pixels(100, 100), 0.5f, 100, 100).Count);
    }

    [Fact]
    public void Decode_NamedBoxesInPixels_AreReadAsPixels()
    {
        ModelOutput[] outputs =
        [
            new("detection_boxes", [1, 2, 4], new float[] { 20, 10, 80, 50, 0, 0, 0, 0 }), new("detection_scores", [1, 2], new float[] { 0.9f, 0 }),
            new("detection_classes", [1, 2], new float[] { 1, 1 }),
        ];

        var candidate = Assert.Single(Decoding.Decode("ssd-postprocess", outputs, ModelInputs.Pixels(100, 100), 0.5f, 100, 100));

        Decoding.AssertClose(new Box(0.1f, 0.2f, 0.5f, 0.8f), candidate.Box, 1e-5f);
    }

    [Theory]
    [InlineData("x=b y=c w=n")]
    [InlineData("x=b y=s z=s w=n")]
    [InlineData("x=r y=s z=c w=n")]
    public void Guess_PartOfTheOutputsIsMissing_IsRefused(string export)
    {
        ModelOutput[] outputs = [.. export.Split(' ').Select(output => Output(output[..1], output[^1], 1))];

        var error = Assert.Throws<InferenceException>(() => DetectionDecoders.Guess(outputs, 100, 100));

        Assert.Contains("x [1,5,", error.Message, StringComparison.Ordinal);
        Assert.True(error.NeedsDecoder);
    }

    private static ModelOutput Output(string name, char kind, int axes)
    {
        var (shape, values) = kind switch
        {
            'b' => ((int[])[5, 4], (float[])[0.2f, 0.1f, 0.8f, 0.5f, 0, 0.9f, 0.1f, 1, .. new float[12]]),
            's' => ([5], Scores),
            'c' => ([5], Classes),
            'o' => ([5], [.. Classes.Select(label => label + 1)]),
            'a' => ([5], Anchors),
            'n' => ([1], [5]),
            'm' => ([5, 91], new float[5 * 91]),
            'R' => ([40, 4], new float[160]),
            _ => (axes == 0 ? [40, 91] : (int[])[5, 8], axes == 0 ? new float[40 * 91] : new float[40]),
        };
        return new ModelOutput(name, axes == 0 || kind == 'n' ? shape : [1, .. shape], values);
    }
}

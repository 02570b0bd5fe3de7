using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Decoders;
using Ambianic.Core.Vision.Input;

namespace Ambianic.Tests.Core.Vision.Decoders;

public sealed class FaceAndPoseDecodersTests
{
    private static readonly Box Person = new(0.12f, 0.31f, 0.51f, 1);
    private static readonly Box Face = new(0.21f, 0.47f, 0.34f, 0.69f);

    [Theory]
    [InlineData("blazeface-back", 256)]
    [InlineData("tfl_face_detection_full_range", 192)]
    public void BlazeFace_GoldenOutputsOfAPerson_FindsOneFaceAndItsEyes(string model, int side)
    {
        var outputs = Shaped(GoldenOutputs.Read(model, "person.jpg"));

        var face = Assert.Single(Decoding.Decode("blazeface", outputs, ModelInputs.Pixels(side, side), 0.6f, 1280, 720));

        Assert.InRange(face.Box.IoU(Face), 0.5f, 1);
        Assert.Equal("blazeface", DetectionDecoders.Guess(outputs, side, side).Name);
    }

    [Fact]
    public void BlazeFace_OneAnchor_IsRelativeToItsCell()
    {
        var logits = new float[512];
        Array.Fill(logits, -100);
        var values = new float[512 * 16];
        var anchor = (((3 * 16) + 5) * 2) + 1; // second anchor of column 5, row 3 of the fine grid
        logits[anchor] = 3;
        ((float[])[2, -1, 8, 6, 1, 1]).CopyTo(values.AsSpan(anchor * 16));
        var coarse = new float[384];
        Array.Fill(coarse, -100);
        ModelOutput[] outputs =
        [
            new("c", [1, 384, 16], new float[384 * 16]), new("a", [1, 512, 1], logits), new("b", [1, 384, 1], coarse), new("d", [1, 512, 16], values),
        ];

        var face = Assert.Single(Decoding.Decode("blazeface", outputs, ModelInputs.Pixels(128, 128), 0.5f, 128, 128));

        // centre (44, 28) + (2, -1), size 8 x 6
        Decoding.AssertClose(new Box(42 / 128f, 24 / 128f, 50 / 128f, 30 / 128f), face.Box, 1e-5f);
        Assert.Equal(0.9526f, face.Score, 0.001f);
    }

    [Fact]
    public void MoveNetMulti_GoldenOutputs_FindTheBodyAndItsPoints()
    {
        var (body, points) = Pose("movenet-multi", GoldenOutputs.Read("movenet-multipose", "person.jpg"), 0.2f, new ModelInput(
            256, 256, ChannelOrder.Rgb, TensorLayout.Nhwc, TensorType.Int32, ModelInput.NoMean, ModelInput.NoScale, LetterboxPlacement.TopLeft, 0) { SizeMultiple = 32 });

        Assert.InRange(body.IoU(Person), 0.8f, 1);
        Assert.True(Face.Grow(0.2f).IoU(new Box(points[0].X - 0.01f, points[0].Y - 0.01f, points[0].X + 0.01f, points[0].Y + 0.01f)) > 0, "the nose lies in the face");
        Assert.True(points[5].X > points[6].X, "she looks at us, so that her left shoulder is on the right");
    }

    [Fact]
    public void MoveNetSingle_GoldenOutputs_AgreeWithTheBody()
    {
        var (body, _) = Pose("movenet-single", GoldenOutputs.Read("movenet-thunder", "person.jpg"), 0.2f, ModelInputs.Pixels(256, 256));

        Assert.InRange(body.IoU(Person), 0.5f, 1);
    }

    [Fact]
    public void PoseNet_HottestCells_PlusTheirOffsets()
    {
        var heat = new float[3 * 3 * 17];
        Array.Fill(heat, -5);
        var offsets = new float[3 * 3 * 34];
        for (var point = 0; point < 17; point++)
        {
            var cell = point % 9;
            heat[(cell * 17) + point] = 4;
            offsets[(cell * 34) + point] = 1;
            offsets[(cell * 34) + 17 + point] = 2;
        }

        ModelOutput[] outputs = [new("heatmaps", [1, 3, 3, 17], heat), new("offsets", [1, 3, 3, 34], offsets)];

        var (_, points) = Pose("posenet", outputs, 0.5f, ModelInputs.Pixels(33, 33), 33, 33);

        Assert.Equal((18f / 33, 17f / 33), (points[4].X, points[4].Y)); // the middle cell, one stride of 16 in
        Assert.Equal(0.982f, points[4].Score, 0.001f);
        Assert.Equal("posenet", DetectionDecoders.Guess(outputs, 33, 33).Name);
    }

    [Fact]
    public void BlazePose_Landmarks_ArePixelsAndLogits()
    {
        var landmarks = new float[195];
        for (var point = 0; point < 39; point++)
        {
            ((float[])[point * 5, point * 3, 0, 4, 5]).CopyTo(landmarks.AsSpan(point * 5));
        }

        ModelOutput[] outputs = [new("ld_3d", [1, 195], landmarks), new("output_poseflag", [1, 1], new float[] { 0.97f })];

        var (body, points) = Pose("blazepose", outputs, 0.5f, ModelInputs.Pixels(256, 256), 256, 256);

        Decoding.AssertClose(new Box(0, 0, 160 / 256f, 96 / 256f), body, 1e-5f);
        Assert.Equal((55 / 256f, 33 / 256f), (points[11].X, points[11].Y));
        Assert.Equal(0.982f, points[11].Score, 0.001f);
    }

    [Fact]
    public void YuNet_OneCell_IsOffsetAndExponentialSize()
    {
        List<ModelOutput> outputs = [];
        foreach (var (stride, cells) in new[] { (8, 16), (16, 4), (32, 1) })
        {
            outputs.AddRange(
            [
                new($"cls_{stride}", [1, cells, 1], new float[cells]), new($"obj_{stride}", [1, cells, 1], new float[cells]),
                new($"bbox_{stride}", [1, cells, 4], new float[cells * 4]), new($"kps_{stride}", [1, cells, 10], new float[cells * 10]),
            ]);
        }

        Set(outputs, "cls_16", 3, 0.81f);
        Set(outputs, "obj_16", 3, 1);
        Set(outputs, "bbox_16", 3, 0.25f, 0.25f, 0, MathF.Log(0.5f));

        var face = Assert.Single(Decoding.Decode("yunet", outputs, ModelInputs.Pixels(32, 32), 0.5f, 32, 32));

        Assert.Equal(0.9f, face.Score, 1e-5f);
        Decoding.AssertClose(new Box(12 / 32f, 16 / 32f, 28 / 32f, 24 / 32f), face.Box, 1e-5f);
        Assert.Equal("yunet", DetectionDecoders.Guess(outputs, 32, 32).Name);
    }

    private static void Set(List<ModelOutput> outputs, string name, int cell, params float[] values) =>
        values.CopyTo(System.Runtime.InteropServices.MemoryMarshal.AsMemory(outputs.Single(output => output.Name == name).Values).Span[(cell * values.Length)..]);

    /// <summary>The TensorFlow Lite interpreter's shapes are not recorded; these models have one or sixteen columns.</summary>
    private static ModelOutput[] Shaped(IReadOnlyList<ModelOutput> outputs) =>
        [.. outputs.Select(output => output.Shape.Count > 1 ? output
            : output with { Shape = output.Name.Contains("regressor", StringComparison.Ordinal) ? [1, output.Values.Length / 16, 16] : [1, output.Values.Length, 1] })];

    private static (Box Body, CandidatePoint[] Points) Pose(
        string decoder, IReadOnlyList<ModelOutput> outputs, float threshold, ModelInput input, int width = 1280, int height = 720)
    {
        var letterbox = Letterbox.Fit(input, width, height, null);
        var found = new CandidateList();
        DetectionDecoders.Get(decoder).Decode(outputs, letterbox, threshold, found);
        var body = Assert.Single(found.Items);
        return (letterbox.ToRegion(body.Box), [.. found.Points.Skip(body.FirstPoint).Select(point =>
        {
            var (x, y) = letterbox.ToRegion(point.X, point.Y);
            return new CandidatePoint(x, y, point.Score);
        })]);
    }
}

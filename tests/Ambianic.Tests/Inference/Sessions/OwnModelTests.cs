using Ambianic.Core.Frames;
using Ambianic.Core.Vision;
using Ambianic.Inference.Labels;
using Ambianic.Inference.Models;
using Ambianic.Inference.Sessions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Tests.Inference.Sessions;

/// <summary>A user's ONNX file of which nothing is known but the file.</summary>
public sealed class OwnModelTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    [Fact]
    public async Task Detect_YoloWithSuppressionAndNames_NeedsNothingElse()
    {
        var path = new TinyOnnx(1, 3, 32, 32)
            .Output("output0", [1, 2, 6], [8, 8, 24, 24, 0.9f, 1, 0, 0, 0, 0, 0, 0])
            .Metadata("names", "{0: 'cat', 1: \"driver's dog\"}")
            .Write(_folder.FullName);

        var detection = Assert.Single(await LookAsync(path, 32, 32));

        Assert.Equal(new Detection("driver's dog", 0.9f, new Box(0.25f, 0.25f, 0.75f, 0.75f)) { Keypoints = detection.Keypoints }, detection);
    }

    [Fact]
    public async Task Detect_DetectionTransformer_IsToldTheTensorsSize()
    {
        var path = new TinyOnnx(-1, 3, 64, 32)
            .Sizes("orig_target_sizes")
            .Output("labels", [1, 2], [0L, 2L])
            .Output("boxes", [1, 2, 4], [0, 16, 32, 48, 0, 0, 1, 1])
            .Output("scores", [1, 2], [0.8f, 0.1f])
            .Write(_folder.FullName);

        var detection = Assert.Single(await LookAsync(path, 32, 32, "a", "b", "c"));

        Assert.Equal(("a", Box.Whole), (detection.Label, detection.Box));
    }

    /// <summary>Two of a kind that stand close together, IoU 2/3: who drops one of them here loses a person that the model has found.</summary>
    [Theory]
    [InlineData("yolo")]
    [InlineData("detr")]
    [InlineData("ssd-postprocess")]
    public async Task Detect_GraphHasSuppressedItself_ShowsAllThatItKept(string family)
    {
        var model = new TinyOnnx(1, 3, 100, 100);
        var path = family switch
        {
            "yolo" => model.Output("output0", [1, 2, 6], [0, 0, 30, 30, 0.9f, 0, 6, 0, 36, 30, 0.8f, 0]),
            "detr" => model.Output("labels", [1, 2], [0L, 0L]).Output("boxes", [1, 2, 4], [0, 0, 30, 30, 6, 0, 36, 30]).Output("scores", [1, 2], [0.9f, 0.8f]),
            _ => model.Output("boxes", [1, 2, 4], [0, 0, 0.3f, 0.3f, 0, 0.06f, 0.3f, 0.36f]).Output("classes", [1, 2], [0f, 0f])
                .Output("scores", [1, 2], [0.9f, 0.8f]).Output("number", [1], [2f]),
        };

        var found = await LookAsync(path.Write(_folder.FullName), 100, 100, ["person"], family);

        Assert.Equal([0.9f, 0.8f], found.Select(detection => detection.Confidence));
    }

    [Fact]
    public async Task Detect_OutputsOfUnknownLength_AreReadEachTime()
    {
        var path = new TinyOnnx(-1, 3, -1, -1)
            .Output("output0", [1, 1, 6], [0, 0, 640, 320, 0.7f, 0], isFree: true)
            .Write(_folder.FullName);

        var detection = Assert.Single(await LookAsync(path, 100, 100, "thing"));

        Assert.Equal(new Box(0, 0, 1, 0.5f), detection.Box);
    }

    [Fact]
    public async Task Detect_LabelsWithAGapForAModelWithoutOne_AreItsClasses()
    {
        var values = new float[6 * 21]; // 32x32: 21 cells, a box and two classes in columns
        (values[0], values[21], values[42], values[63], values[5 * 21]) = (16, 16, 16, 16, 0.9f);
        var path = new TinyOnnx(1, 3, 32, 32).Output("output0", [1, 6, 21], values).Write(_folder.FullName);

        var detection = Assert.Single(await LookAsync(path, 32, 32, "cat", LabelSets.Unnamed(1), "dog"));

        Assert.Equal("dog", detection.Label);
    }

    [Fact]
    public async Task Detect_QuantisedSsd_TakesBytesRowByRow()
    {
        var path = TinyOnnx.OfBytes(1, 40, 40, 3)
            .Output("detection_boxes", [1, 1, 4], [0, 0.25f, 0.5f, 0.75f])
            .Output("detection_classes", [1, 1], [2f]) // it counts from 1
            .Output("detection_scores", [1, 1], [0.9f])
            .Output("num_detections", [1], [1f])
            .Write(_folder.FullName);

        var detection = Assert.Single(await LookAsync(path, 80, 40, "a", "b"));

        Assert.Equal(("b", new Box(0.25f, 0, 0.75f, 1)), (detection.Label, detection.Box));
    }

    /// <summary>The model says person, car and dog; whichever way it counts, and the file does.</summary>
    [Theory]
    [InlineData("detection_classes:0", 1, "???\nperson\nbicycle\ncar")]
    [InlineData("detection_classes:0", 1, "person\nbicycle\ncar")]
    [InlineData("detection_classes:0", 1, "item { id: 1 name: 'person' }\nitem { id: 2 name: 'bicycle' }\nitem { id: 3 name: 'car' }")]
    [InlineData("detection_classes:0", 1, "1 person\n2 bicycle\n3 car")]
    [InlineData("c", 0, "???\nperson\nbicycle\ncar")]
    [InlineData("c", 0, "person\nbicycle\ncar")]
    [InlineData("c", 0, "item { id: 1 name: 'person' }\nitem { id: 2 name: 'bicycle' }\nitem { id: 3 name: 'car' }")]
    [InlineData("c", 0, "0 person\n1 bicycle\n2 car")]
    public async Task Detect_SsdWithAFileOfLabels_CountsAsBothMean(string name, int first, string labels)
    {
        var path = TinyOnnx.OfBytes(1, 40, 40, 3)
            .Output(name == "c" ? "b" : "detection_boxes:0", [1, 2, 4], [0, 0.25f, 0.5f, 0.75f, 0, 0, 0.5f, 0.5f])
            .Output(name, [1, 2], [first, first + 2f])
            .Output(name == "c" ? "s" : "detection_scores:0", [1, 2], [0.9f, 0.8f])
            .Output("n", [1], [2f])
            .Write(_folder.FullName);
        var file = Path.Combine(_folder.FullName, "labels.txt");
        await File.WriteAllTextAsync(file, labels, TestContext.Current.CancellationToken);

        Assert.Equal(["person", "car"], (await LookWithFileAsync(path, file)).Select(detection => detection.Label));
    }

    [Fact]
    public async Task Detect_RfDetrWithoutLabels_CountsAsCocoDoes()
    {
        var (boxes, logits) = (new float[300 * 4], Enumerable.Repeat(-9f, 300 * 91).ToArray());
        ((float[])[0.5f, 0.5f, 0.5f, 0.5f]).CopyTo(boxes, 0);
        (logits[18], logits[91 + 1]) = (3, 2);
        ((float[])[0.5f, 0.5f, 0.5f, 0.5f]).CopyTo(boxes, 4);
        var path = new TinyOnnx(1, 3, 56, 56).Output("dets", [1, 300, 4], boxes).Output("labels", [1, 300, 91], logits)
            .Output("masks", [1, 300, 2, 2], new float[1200]).Write(_folder.FullName);

        Assert.Equal(["dog", "person"], (await LookAsync(path, 56, 56)).Select(detection => detection.Label));
    }

    /// <summary>Trained for two classes, it says three.</summary>
    [Theory]
    [InlineData("cat\ndog", "dog")]
    [InlineData("background\ncat\ndog", "cat")]
    public async Task Detect_RfDetrOfOwnClasses_NeedsNoLabelForTheLast(string labels, string expected)
    {
        var logits = Enumerable.Repeat(-9f, 300 * 3).ToArray();
        logits[1] = 3;
        var boxes = new float[300 * 4];
        ((float[])[0.5f, 0.5f, 0.5f, 0.5f]).CopyTo(boxes, 0);
        var path = new TinyOnnx(1, 3, 56, 56).Output("dets", [1, 300, 4], boxes).Output("labels", [1, 300, 3], logits).Write(_folder.FullName);
        var file = Path.Combine(_folder.FullName, "labels.txt");
        await File.WriteAllTextAsync(file, labels, TestContext.Current.CancellationToken);

        Assert.Equal(expected, Assert.Single(await LookWithFileAsync(path, file)).Label);
    }

    [Fact]
    public async Task Ready_FileOfTooFewLabels_IsAnErrorOfTheFile()
    {
        var path = new TinyOnnx(1, 3, 32, 32).Output("output0", [1, 7, 21], new float[7 * 21]).Write(_folder.FullName);
        var file = Path.Combine(_folder.FullName, "labels.txt");
        await File.WriteAllTextAsync(file, "cat\ndog\n", TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<InferenceException>(() => LookWithFileAsync(path, file));

        Assert.Contains($"{file}:2: the labels end here after 2, and the model tells 3 classes apart", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Detect_HalfPrecision_TakesPicturesAndGivesBoxes()
    {
        var path = TinyOnnx.OfHalfPrecision(1, 3, 32, 32)
            .HalfOutput("output0", [1, 1, 6], [(Half)8, (Half)8, (Half)24, (Half)24, (Half)0.75f, (Half)0])
            .Write(_folder.FullName);

        var detection = Assert.Single(await LookAsync(path, 32, 32, "thing"));

        Assert.Equal((0.75f, new Box(0.25f, 0.25f, 0.75f, 0.75f)), (detection.Confidence, detection.Box));
    }

    /// <summary>The body ends in the middle of a frame of 640x400, which becomes 256x160; only a graph of a free size takes that as it is.</summary>
    [Theory]
    [InlineData(256, 256, 160f / 256 / 2)]
    [InlineData(192, 256, 160f / 192 / 2)]
    [InlineData(-1, -1, 0.5f)]
    public async Task Detect_MoveNetMultiPose_TakesPicturesOfTheGraphsSize(int height, int width, float bottom)
    {
        var body = new float[6 * 56];
        ((float[])[0, 0.25f, bottom, 0.75f, 0.9f]).CopyTo(body.AsSpan(51));
        var path = TinyOnnx.OfWholeNumbers(1, height, width, 3).Output("output_0", [1, 6, 56], body).Write(_folder.FullName);

        var detection = Assert.Single(await LookAsync(path, 640, 400));

        Assert.Equal(("person", 0.25f, 0.75f), (detection.Label, detection.Box.XMin, detection.Box.XMax));
        Assert.Equal(0.5f, detection.Box.YMax, 3);
    }

    [Theory]
    [InlineData("{0: 'cat', 5: 'dog'}")]
    [InlineData("""{"0": "cat", "5": "dog"}""")]
    [InlineData("""["cat", "b", "c", "d", "e", "dog"]""")]
    [InlineData("['cat', 'b', \"c's\", 'd', 'e', 'dog']")]
    public async Task Detect_NamesInTheMetadata_AreReadInAnyForm(string names)
    {
        var path = new TinyOnnx(1, 3, 32, 32)
            .Output("output0", [1, 2, 6], [8, 8, 24, 24, 0.9f, 5, 0, 0, 6, 6, 0.8f, 0]).Metadata("names", names).Write(_folder.FullName);

        Assert.Equal(["dog", "cat"], (await LookAsync(path, 32, 32)).Select(detection => detection.Label));
    }

    [Theory]
    [InlineData(1, 20_000, 20_000, 3)]
    [InlineData(1, 3, 60_000, 60_000)]
    [InlineData(1, 3, -1, 4097)]
    public async Task Ready_ImmensePicture_IsRefusedBeforeMemoryIsTaken(params int[] shape)
    {
        var path = new TinyOnnx([.. shape.Select(side => (long)side)]).Output("output0", [1, 1, 6], new float[6]).Write(_folder.FullName);

        var error = await Assert.ThrowsAsync<InferenceException>(() => LookAsync(path, 32, 32));

        Assert.Contains($"{path} takes pictures of", error.Message, StringComparison.Ordinal);
        Assert.Contains("4096", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ready_ImmenseOutput_IsRefusedBeforeMemoryIsTaken()
    {
        var path = new TinyOnnx(-1, 3, -1, -1).Echo("images", "immense", 1, 1, 3, 60_000, 60_000).Write(_folder.FullName);

        var error = await Assert.ThrowsAsync<InferenceException>(() => LookAsync(path, 32, 32));

        Assert.Contains("'immense' is too large", error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ready_FilesDamagedAnywhere_AreErrorsThatNameThem()
    {
        var path = new TinyOnnx(1, 3, 32, 32).Output("output0", [1, 1, 6], [8, 8, 24, 24, 0.9f, 0]).Metadata("names", "{0: 'cat'}").Write(_folder.FullName);
        var original = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        var (random, refused) = (new Random(3), 0);
        for (var i = 0; i < 200; i++)
        {
            var damaged = random.Next(4) == 0 ? original[..random.Next(1, original.Length)] : [.. original];
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            await File.WriteAllBytesAsync(path, damaged, TestContext.Current.CancellationToken);
            try
            {
                await LookAsync(path, 32, 32);
            }
            catch (InferenceException error)
            {
                refused++;
                Assert.Contains("own", error.Message, StringComparison.Ordinal);
            }
        }

        Assert.InRange(refused, 20, 200);
    }

    [Fact]
    public async Task Detect_EightyUnnamedClasses_AreThoseOfCoco()
    {
        const int Cells = 100;
        var values = new float[84 * Cells];
        (values[0], values[Cells], values[2 * Cells], values[3 * Cells]) = (16, 16, 8, 8);
        values[(4 + 15) * Cells] = 0.9f;
        var path = new TinyOnnx(1, 3, 32, 32).Output("output0", [1, 84, Cells], values).Write(_folder.FullName);

        Assert.Equal("cat", Assert.Single(await LookAsync(path, 32, 32, decoder: "yolo")).Label);
    }

    [Fact]
    public async Task Detect_OwnCalibration_IsApplied()
    {
        var path = new TinyOnnx(1, 3, 32, 32).Output("output0", [1, 1, 6], [8, 8, 24, 24, 0.3f, 0]).Write(_folder.FullName);

        var detection = Assert.Single(await LookAsync(path, 32, 32, ["a"], calibration: new Calibration { Intercept = 2 }));

        Assert.Equal(0.76f, detection.Confidence, 0.01f);
    }

    [Theory]
    [InlineData(1, "channels")]
    [InlineData(3, "how to read")]
    public async Task Ready_ModelThatCannotBeUsed_SaysWhy(int channels, string reason)
    {
        var path = new TinyOnnx(1, channels, 32, 32).Output("odd", [1, 7], new float[7]).Write(_folder.FullName);

        var error = await Assert.ThrowsAsync<InferenceException>(() => LookAsync(path, 32, 32));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Equal(channels == 3, error.Message.EndsWith("its inputs are images Float [1,3,32,32]", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ready_WrongDecoder_IsToldBeforeTheFirstPicture()
    {
        var path = new TinyOnnx(1, 3, 32, 32).Output("output0", [1, 2, 6], new float[12]).Write(_folder.FullName);
        using var pool = Pool(path, null);

        var error = await Assert.ThrowsAsync<InferenceException>(async () =>
            await pool.Create(ModelRole.Objects, new ModelOptions { Decoder = "yolox" }, null).ReadyAsync(TestContext.Current.CancellationToken));

        Assert.Contains("[1,2,6]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ready_PosesOfTheYoloFamily_AreNotTakenForClasses()
    {
        var path = new TinyOnnx(1, 3, 32, 32).Output("output0", [1, 56, 100], new float[5600]).Metadata("names", "{0: 'person'}").Write(_folder.FullName);

        var error = await Assert.ThrowsAsync<InferenceException>(() => LookAsync(path, 32, 32));

        Assert.Contains("52 classes", error.Message, StringComparison.Ordinal);
        Assert.Contains("model.decoder: yolo", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Detect_RectangularYolox_IsRecognised()
    {
        const int Cells = (8 * 4) + (4 * 2) + (2 * 1); // of 64x32
        var values = new float[Cells * 6];
        ((float[])[0.5f, 0.5f, 1, 1, 0.9f, 1]).CopyTo(values.AsSpan(9 * 6));
        var path = new TinyOnnx(1, 3, 32, 64).Output("output", [1, Cells, 6], values).Write(_folder.FullName);

        var detection = Assert.Single(await LookAsync(path, 64, 32, "a"));

        Assert.InRange(detection.Box.IoU(new Box(1.14f / 64, 1.14f / 32, 22.87f / 64, 22.87f / 32)), 0.98f, 1);
    }

    [Fact]
    public async Task Ready_ModelWithAnotherInput_NamesIt()
    {
        var path = new TinyOnnx(1, 3, 32, 32).Echo("sound", "output", 1, 1, 3, 32, 32).Write(_folder.FullName);

        await Assert.ThrowsAsync<InferenceException>(() => LookAsync(path, 32, 32));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static Task<IReadOnlyList<Detection>> LookAsync(string path, int width, int height, params string[] labels) =>
        LookAsync(path, width, height, labels, null, null);

    private static async Task<IReadOnlyList<Detection>> LookAsync(
        string path, int width, int height, string[]? labels = null, string? decoder = null, Calibration? calibration = null)
    {
        using var pool = Pool(path, labels);
        using var frame = new FramePool().Rent(width, height, PixelFormat.I420);
        return await pool.Create(ModelRole.Objects, new ModelOptions { Decoder = decoder, Calibration = calibration }, null)
            .DetectAsync(frame, null, 0.6f, TestContext.Current.CancellationToken);
    }

    private static async Task<IReadOnlyList<Detection>> LookWithFileAsync(string path, string file)
    {
        var labels = LabelFile.Load(file);
        using var pool = new DetectorPool(
            (_, _, _, _) => Task.FromResult(new ResolvedModel("own", path, null, null, labels.Names) { LabelFile = labels }),
            TimeProvider.System,
            NullLogger<DetectorPool>.Instance);
        using var frame = new FramePool().Rent(40, 40, PixelFormat.I420);
        return await pool.Create(ModelRole.Objects, new ModelOptions(), null).DetectAsync(frame, null, 0.6f, TestContext.Current.CancellationToken);
    }

    private static DetectorPool Pool(string path, string[]? labels) => new(
        (_, model, _, _) => Task.FromResult(new ResolvedModel("own", path, null, model?.Decoder, labels is { Length: > 0 } ? labels : null)),
        TimeProvider.System,
        NullLogger<DetectorPool>.Instance);
}

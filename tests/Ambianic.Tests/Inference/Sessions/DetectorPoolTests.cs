using Ambianic.Core.Frames;
using Ambianic.Core.Vision;
using Ambianic.Evaluation.Accuracy;
using Ambianic.Inference;
using Ambianic.Inference.Labels;
using Ambianic.Inference.Models;
using Ambianic.Inference.Sessions;
using Ambianic.Media.Pictures;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Inference.Sessions;

public sealed class DetectorPoolTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Slow]
    public async Task DetectAsync_PersonInAPicture_IsFound()
    {
        using var pool = Pool(Yolox());
        var pictures = new PictureDetector(pool.Create(ModelRole.Objects, null, null), TimeProvider.System);

        var found = await pictures.DetectAsync(TestData.Require("pictures/person.jpg"), 0.6f, Cancellation);

        Assert.Equal((1280, 720), (found.Width, found.Height));
        Assert.Equal("person", Assert.Single(found.Detections).Label);
        Assert.InRange(found.Detections[0].Box.IoU(new Box(0.12f, 0.31f, 0.51f, 1)), 0.8f, 1);
    }

    [Fact]
    [Slow]
    public async Task DetectAsync_PartOfTheFrame_GivesBoxesOfThePart()
    {
        using var pool = Pool(Yolox());
        var detector = pool.Create(ModelRole.Objects, null, null);
        using var frame = PictureDecoder.Decode(await File.ReadAllBytesAsync(TestData.Require("pictures/person.jpg"), Cancellation), new FramePool());
        var part = new Box(0.05f, 0.2f, 0.65f, 1);

        var found = await detector.DetectAsync(frame, part, 0.5f, Cancellation);

        Assert.Equal("person", found[0].Label);
        Assert.InRange(found[0].Box.Within(part).IoU(new Box(0.12f, 0.31f, 0.51f, 1)), 0.75f, 1);
    }

    [Fact]
    public async Task DetectAsync_FromManyAtOnce_AnswersAll()
    {
        using var pool = Pool(Tiny());
        var detector = pool.Create(ModelRole.Objects, null, null);
        using var frame = new FramePool().Rent(64, 64, PixelFormat.I420);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => detector.DetectAsync(frame, null, 0.5f, Cancellation).AsTask()));

        Assert.Equal(20, Assert.Single(pool.Statistics).Count);
    }

    [Fact]
    public async Task DetectAsync_Cancelled_StopsWaiting()
    {
        using var pool = Pool(Tiny());
        var detector = pool.Create(ModelRole.Objects, null, null);
        await detector.ReadyAsync(Cancellation);
        using var frame = new FramePool().Rent(64, 64, PixelFormat.I420);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            detector.DetectAsync(frame, null, 0.5f, new CancellationToken(canceled: true)).AsTask());
    }

    [Fact]
    public void Create_SameModelTwice_IsShared()
    {
        using var pool = Pool(Task.FromException<ResolvedModel>(new ModelException("not there")));

        var first = pool.Create(ModelRole.Objects, new ModelOptions { Onnx = "a" }, null);

        Assert.Same(first, pool.Create(ModelRole.Objects, new ModelOptions { Onnx = "a" }, null));
        Assert.NotSame(first, pool.Create(ModelRole.Objects, new ModelOptions { Onnx = "b" }, null));
    }

    [Fact]
    public async Task Create_SameModelByTwoNames_IsLoadedOnce()
    {
        using var pool = Pool(Tiny());
        await pool.Create(ModelRole.Objects, null, null).ReadyAsync(Cancellation);
        await pool.Create(ModelRole.Objects, new ModelOptions { Name = "tiny" }, null).ReadyAsync(Cancellation);

        Assert.Single(pool.Statistics);
    }

    [Fact]
    public async Task ReadyAsync_ModelCannotBeHad_SaysWhyAndTriesAgainAfterAWhile()
    {
        var time = new FakeTimeProvider();
        var tries = 0;
        using var pool = new DetectorPool(
            (_, _, _, _) => throw new ModelException($"try {++tries} failed"), time, NullLogger<DetectorPool>.Instance);
        var detector = pool.Create(ModelRole.Objects, null, null);

        var first = await Assert.ThrowsAsync<InferenceException>(() => detector.ReadyAsync(Cancellation).AsTask());
        var soon = await Assert.ThrowsAsync<InferenceException>(() => detector.ReadyAsync(Cancellation).AsTask());
        time.Advance(TimeSpan.FromMinutes(1));
        var later = await Assert.ThrowsAsync<InferenceException>(() => detector.ReadyAsync(Cancellation).AsTask());

        Assert.Equal(["try 1 failed", "try 1 failed", "try 2 failed"], [first.Message, soon.Message, later.Message]);
    }

    [Fact]
    public async Task ReadyAsync_FileThatIsNoModel_NamesIt()
    {
        var path = Path.Combine(_folder.FullName, "text.onnx");
        await File.WriteAllTextAsync(path, "no model", Cancellation);
        using var pool = Pool(Task.FromResult(new ResolvedModel("mine", path, null, null, null)));

        var error = await Assert.ThrowsAsync<InferenceException>(() => pool.Create(ModelRole.Objects, null, null).ReadyAsync(Cancellation).AsTask());

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadyAsync_UnknownDecoder_ListsTheDecoders()
    {
        using var pool = Pool(Tiny("yolo9000"));

        var error = await Assert.ThrowsAsync<InferenceException>(() => pool.Create(ModelRole.Objects, null, null).ReadyAsync(Cancellation).AsTask());

        Assert.Contains("nanodet", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadyAsync_ModelHangsWhileItLoads_IsAnErrorAndTriedAgainOnceItHasComeBack()
    {
        var path = Path.Combine(_folder.FullName, "hangs.onnx");
        NamedPipe.Make(path); // opening it waits in native code
        var time = new FakeTimeProvider();
        using var pool = new DetectorPool(
            (_, _, _, _) => Task.FromResult(new ResolvedModel("mine", path, null, null, null)), time, NullLogger<DetectorPool>.Instance);
        var detector = pool.Create(ModelRole.Objects, null, null);

        var first = await FailsAsync(TimeSpan.FromSeconds(10));
        time.Advance(TimeSpan.FromMinutes(1));
        var second = await FailsAsync(TimeSpan.Zero); // not two minutes more, nor a second thread that hangs
        await File.WriteAllTextAsync(path, "no model", Cancellation); // it comes back
        File.Delete(path);
        File.Move(new TinyOnnx(1, 3, 32, 32).Output("output0", [1, 1, 6], [8, 8, 24, 24, 0.9f, 0]).Write(_folder.FullName), path);
        var labels = await EventuallyReadyAsync();

        Assert.All([first, second], error => Assert.Contains($"mine ({path}) has not loaded within 128 s", error.Message, StringComparison.Ordinal));
        Assert.Empty(labels);
        Assert.Single(pool.Statistics);

        async Task<InferenceException> FailsAsync(TimeSpan step)
        {
            var ready = detector.ReadyAsync(Cancellation).AsTask();
            await Eventually.TrueAsync(() =>
            {
                time.Advance(step);
                return ready.IsCompleted;
            });
            return await Assert.ThrowsAsync<InferenceException>(() => ready);
        }

        async Task<IReadOnlyList<string>> EventuallyReadyAsync()
        {
            while (true)
            {
                time.Advance(TimeSpan.FromMinutes(1));
                try
                {
                    return await detector.ReadyAsync(Cancellation);
                }
                catch (InferenceException)
                {
                    Cancellation.ThrowIfCancellationRequested();
                }
            }
        }
    }

    [Fact]
    public async Task TryAsync_ModelHangsWhileItLoads_GivesUp()
    {
        var path = Path.Combine(_folder.FullName, "hangs.onnx");
        NamedPipe.Make(path);
        var time = new FakeTimeProvider();

        var inspection = ModelInspection.TryAsync(new ResolvedModel("mine", path, null, null, null), time, Cancellation);
        await Eventually.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(10));
            return inspection.IsCompleted;
        });

        Assert.Contains("has not loaded within", (await Assert.ThrowsAsync<InferenceException>(() => inspection)).Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, "no model", Cancellation); // lets the thread end
    }

    [Fact]
    public async Task ReadyAsync_BrokenFileIsReplaced_IsLoadedAfterAWhile()
    {
        var path = Path.Combine(_folder.FullName, "tiny.onnx");
        await File.WriteAllTextAsync(path, "no model", Cancellation);
        var time = new FakeTimeProvider();
        using var pool = new DetectorPool(
            (_, _, _, _) => Task.FromResult(new ResolvedModel("mine", path, null, null, null)), time, NullLogger<DetectorPool>.Instance);
        var detector = pool.Create(ModelRole.Objects, null, null);
        await Assert.ThrowsAsync<InferenceException>(() => detector.ReadyAsync(Cancellation).AsTask());

        await Tiny();
        time.Advance(TimeSpan.FromMinutes(1));

        Assert.Empty(await detector.ReadyAsync(Cancellation));
    }

    [Fact]
    public async Task Create_SameLabelsReadTwice_IsLoadedOnce()
    {
        var model = await Tiny();
        using var pool = new DetectorPool(
            (_, _, _, _) => Task.FromResult(model with { Labels = [.. LabelSets.Person] }), TimeProvider.System, NullLogger<DetectorPool>.Instance);
        await pool.Create(ModelRole.Objects, null, null).ReadyAsync(Cancellation);
        await pool.Create(ModelRole.Objects, new ModelOptions { Name = "tiny" }, null).ReadyAsync(Cancellation);

        Assert.Single(pool.Statistics);
    }

    [Theory]
    [Slow]
    [InlineData(3, 0)]
    [InlineData(2, 1)]
    public async Task ReadyAsync_LabelsOfAnotherModel_IsOneWarningWithBothCounts(int labels, int warnings)
    {
        var path = new TinyOnnx(1, 3, 32, 32).Output("output0", [1, 21, 8], new float[168]).Write(_folder.FullName); // 4x4, 2x2 and 1 cell of a YOLOX, 5 + 3 classes
        var log = new LogRecorder<DetectorPool>();
        var model = new ResolvedModel("mine", path, null, "yolox", [.. Enumerable.Range(0, labels).Select(index => $"label {index}")]);
        using var pool = new DetectorPool((_, _, _, _) => Task.FromResult(model), TimeProvider.System, log);

        await pool.Create(ModelRole.Objects, null, null).ReadyAsync(Cancellation);
        await pool.Create(ModelRole.Objects, new ModelOptions { Name = "mine" }, null).ReadyAsync(Cancellation);

        Assert.Equal(warnings, log.Lines.Count(line => line.StartsWith("Warning: Model mine tells 3 classes apart and there are 2 labels", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task ReadyAsync_LabelsOfAnotherModelAndOutputsThatDoNotTell_WarnsByWhatTheCatalogSays()
    {
        var log = new LogRecorder<DetectorPool>();
        var model = (await Tiny("centernet")) with { Classes = 80, Labels = ["a", "b"] };
        using var pool = new DetectorPool((_, _, _, _) => Task.FromResult(model), TimeProvider.System, log);

        await pool.Create(ModelRole.Objects, null, null).ReadyAsync(Cancellation);

        Assert.Single(log.Lines, line => line.StartsWith("Warning: Model tiny tells 80 classes apart and there are 2 labels", StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private Task<ResolvedModel> Tiny(string? decoder = null) => Task.FromResult(new ResolvedModel(
        "tiny",
        new TinyOnnx(1, 3, 32, 32).Output("output0", [1, 1, 6], [8, 8, 24, 24, 0.9f, 0]).Write(_folder.FullName),
        null,
        decoder,
        LabelSets.Person));

    private static Task<ResolvedModel> Yolox() => Task.FromResult(new ResolvedModel(
        "yolox-nano", TestData.Require("models/yolox_nano.onnx"), null, null, LabelSets.Coco80));

    private static DetectorPool Pool(Task<ResolvedModel> model) =>
        new((_, _, _, _) => model, TimeProvider.System, NullLogger<DetectorPool>.Instance);
}

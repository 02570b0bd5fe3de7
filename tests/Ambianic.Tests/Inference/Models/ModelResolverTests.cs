using Ambianic.Core.Vision;
using Ambianic.Inference;
using Ambianic.Inference.Labels;
using Ambianic.Inference.Models;
using Ambianic.OnnxImport.Tflite;
using Ambianic.Tests.OnnxImport.Tflite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Tests.Inference.Models;

public sealed class ModelResolverTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task ResolveAsync_OwnOnnx_IsTakenWithItsDecoderAndLabels()
    {
        await File.WriteAllTextAsync(_fixture["own.onnx"], "x", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_fixture["labels.txt"], "0 cat\n1 dog", TestContext.Current.CancellationToken);

        var model = await ResolveAsync(
            ModelRole.Objects, new ModelOptions { Onnx = _fixture["own.onnx"], Decoder = "yolox" }, _fixture["labels.txt"]);

        Assert.Equal(("own.onnx", _fixture["own.onnx"], "yolox"), (model.Name, model.OnnxPath, model.Decoder));
        Assert.Equal(["cat", "dog"], model.Labels);
        Assert.Null(model.Input);
    }

    [Fact]
    public async Task ResolveAsync_OnnxIsNotThere_SaysWhereItLooked()
    {
        var error = await FailAsync(ModelRole.Objects, new ModelOptions { Onnx = "no/such.onnx" });

        Assert.Contains(Path.GetFullPath("no/such.onnx"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResolveAsync_UnknownName_ListsTheModelsOfTheRole()
    {
        var error = await FailAsync(ModelRole.Poses, new ModelOptions { Name = "openpose" });

        Assert.Contains("movenet-multipose", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("nanodet", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResolveAsync_ModelOfAnotherRole_IsRefused()
    {
        var error = await FailAsync(ModelRole.Faces, new ModelOptions { Name = "nanodet" });

        Assert.Contains("'nanodet' finds objects, and faces are wanted", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResolveAsync_CatalogModelWithOwnLabels_KeepsTheNumberOfItsClasses()
    {
        await PulledModels.RequireAsync("centernet");
        await File.WriteAllTextAsync(_fixture["two.txt"], "0 a\n1 b\n", TestContext.Current.CancellationToken);
        var store = new ModelStore(
            ModelStore.DefaultDirectory(), _fixture, TimeProvider.System, NullLogger<ModelStore>.Instance) { NpmCommand = ["none"] };

        var model = await new ModelResolver(store, NullLogger<ModelResolver>.Instance).ResolveAsync(
            ModelRole.Objects, new ModelOptions { Name = "centernet" }, _fixture["two.txt"], null, TestContext.Current.CancellationToken);

        Assert.Equal(["a", "b"], model.Labels);
        Assert.Equal(80, model.Classes);
    }

    [Theory]
    [InlineData(ModelRole.Objects, "ai_models/mobilenet_ssd_v2_coco_quant_postprocess.tflite")]
    [InlineData(ModelRole.Faces, "/opt/ambianic-edge/ai_models/mobilenet_ssd_v2_face_quant_postprocess.tflite")]
    [InlineData(ModelRole.Poses, "posenet_mobilenet_v1_075_721_1281_quant_decoder.tflite")]
    [InlineData(ModelRole.Poses, "ai_models/posenet_mobilenet_v1_100_257x257_multi_kpt_stripped.tflite")]
    public async Task ResolveAsync_FileOfTheReferenceSystemIsNotThere_GivesTheDefaultOfTheRoleAndSaysSo(ModelRole role, string file)
    {
        await PulledModels.RequireAsync(ModelCatalog.Default(role).Name);
        var store = new ModelStore(
            ModelStore.DefaultDirectory(), _fixture, TimeProvider.System, NullLogger<ModelStore>.Instance) { NpmCommand = ["none"] };

        var model = await new ModelResolver(store, NullLogger<ModelResolver>.Instance).ResolveAsync(
            role,
            new ModelOptions { Tflite = file, Edgetpu = file.Replace(".tflite", "_edgetpu.tflite", StringComparison.Ordinal) },
            "ai_models/coco_labels.txt",
            null,
            TestContext.Current.CancellationToken);

        Assert.Equal(ModelCatalog.Default(role).Name, model.Name);
        Assert.Contains(file, model.Notice, StringComparison.Ordinal);
        Assert.Equal(ModelCatalog.Default(role).Labels, model.Labels);
    }

    [Fact]
    public async Task ResolveAsync_OnlyTheEdgeTpuFileOfTheReferenceSystemIsThere_GivesTheDefaultOfTheRole()
    {
        await PulledModels.RequireAsync(ModelCatalog.Default(ModelRole.Objects).Name);
        var file = _fixture["mobilenet_ssd_v2_coco_quant_postprocess_edgetpu.tflite"];
        await File.WriteAllTextAsync(file, "x", TestContext.Current.CancellationToken);
        var store = new ModelStore(ModelStore.DefaultDirectory(), _fixture, TimeProvider.System, NullLogger<ModelStore>.Instance);

        var model = await new ModelResolver(store, NullLogger<ModelResolver>.Instance).ResolveAsync(
            ModelRole.Objects, new ModelOptions { Edgetpu = file }, null, null, TestContext.Current.CancellationToken);

        Assert.Equal("centernet", model.Name);
        Assert.NotNull(model.Notice);
    }

    [Fact]
    public async Task ResolveAsync_LabelsWithGapsForAModelOfTheCatalogWithoutThem_AreItsClasses()
    {
        await PulledModels.RequireAsync("centernet");
        await File.WriteAllLinesAsync(
            _fixture["labels.txt"], LabelSets.Coco80.Select((label, index) => $"{(index < 11 ? index : index + 1)} {label}"), TestContext.Current.CancellationToken);
        var store = new ModelStore(ModelStore.DefaultDirectory(), _fixture, TimeProvider.System, NullLogger<ModelStore>.Instance);

        var model = await new ModelResolver(store, NullLogger<ModelResolver>.Instance).ResolveAsync(
            ModelRole.Objects, null, _fixture["labels.txt"], null, TestContext.Current.CancellationToken);

        Assert.Equal(LabelSets.Coco80, model.Labels);
    }

    [Fact]
    public async Task ResolveAsync_UnknownTfliteIsNotThere_IsAnError()
    {
        var error = await FailAsync(ModelRole.Objects, new ModelOptions { Tflite = "mine.tflite" });

        Assert.Contains("mine.tflite is not there", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResolveAsync_OnlyAnEdgeTpuFile_SaysThatTheOtherIsNeeded()
    {
        await File.WriteAllTextAsync(_fixture["m_edgetpu.tflite"], "x", TestContext.Current.CancellationToken);

        var error = await FailAsync(ModelRole.Objects, new ModelOptions { Edgetpu = _fixture["m_edgetpu.tflite"] });

        Assert.Contains("compiled for the Edge TPU", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResolveAsync_OwnTflite_IsImportedOnce()
    {
        await File.WriteAllBytesAsync(_fixture["mine.tflite"], Tiny(), TestContext.Current.CancellationToken);

        var first = await ResolveAsync(ModelRole.Objects, new ModelOptions { Tflite = _fixture["mine.tflite"] }, null);
        var written = File.GetLastWriteTimeUtc(first.OnnxPath);
        var second = await ResolveAsync(ModelRole.Objects, new ModelOptions { Tflite = _fixture["mine.tflite"] }, null);

        Assert.Equal("mine.tflite", first.Name);
        Assert.Equal(first, second);
        Assert.Equal(written, File.GetLastWriteTimeUtc(second.OnnxPath));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ResolveAsync_EdgeTpuFileBesideItsOrigin_UsesTheOrigin(bool namedAsTflite)
    {
        await File.WriteAllTextAsync(_fixture["m_edgetpu.tflite"], "x", TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(_fixture["m.tflite"], Tiny(), TestContext.Current.CancellationToken);
        var file = _fixture["m_edgetpu.tflite"];

        var model = await ResolveAsync(
            ModelRole.Objects, namedAsTflite ? new ModelOptions { Tflite = file } : new ModelOptions { Edgetpu = file }, null);

        Assert.Equal("m.tflite", model.Name);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ResolveAsync_FolderNamedLikeAnEdgeTpuFile_IsOnlyAFolder(bool namedAsTflite)
    {
        Directory.CreateDirectory(_fixture["models_edgetpu"]);
        var file = Path.Combine(_fixture["models_edgetpu"], "m.tflite");
        await File.WriteAllBytesAsync(file, Tiny(), TestContext.Current.CancellationToken);

        var model = await ResolveAsync(
            ModelRole.Objects, namedAsTflite ? new ModelOptions { Tflite = file } : new ModelOptions { Edgetpu = file }, null);

        Assert.Equal("m.tflite", model.Name);
    }

    [Fact]
    public async Task ResolveAsync_OnnxIsAPipe_IsRefusedAtOnce()
    {
        NamedPipe.Make(_fixture["pipe.onnx"]);

        var error = await FailAsync(ModelRole.Objects, new ModelOptions { Onnx = _fixture["pipe.onnx"] });

        Assert.Contains("pipe.onnx cannot be read: there is nothing in it", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Tiny()
    {
        var model = new TinyTflite();
        var (x, y) = (model.Tensor("x", TinyTflite.Float, [1, 2]), model.Tensor("y", TinyTflite.Float, [1, 2]));
        return model.Operator(TfliteOperatorCode.RELU, [x], [y]).Build([x], [y]);
    }

    private Task<ResolvedModel> ResolveAsync(ModelRole role, ModelOptions? options, string? labels) =>
        new ModelResolver(_fixture.Store(), NullLogger<ModelResolver>.Instance).ResolveAsync(
            role, options, labels, null, TestContext.Current.CancellationToken);

    private Task<ModelException> FailAsync(ModelRole role, ModelOptions options) =>
        Assert.ThrowsAsync<ModelException>(() => ResolveAsync(role, options, null));
}

using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Decoders;
using Ambianic.Tests.Configuration;

namespace Ambianic.Tests.Core.Vision;

public sealed class ModelOptionsTests : LoaderFixture
{
    [Theory]
    [InlineData("off")]
    [InlineData("Off")]
    [InlineData("false")]
    [InlineData("no")]
    [InlineData("none")]
    [InlineData("'off'")]
    [InlineData("{slope: 1, intercept: 0}")]
    public void Load_CalibrationSwitchedOff_IsTheModelsOwnScores(string off)
    {
        Write("config.yaml", $"""
            ai_models:
              m:
                model:
                  name: nanodet
                  calibration:
                    slope: 2
            pipelines:
              a:
                - source: rtsp://cam/1
                - detect_objects:
                    ai_model: m
                    model:
                      calibration: {off}
            """);

        var result = Load();

        Assert.Empty(result.Problems);
        var options = Assert.IsType<DetectOptions>(Assert.Single(Assert.Single(result.Configuration.Pipelines).Elements).Options);
        Assert.Equal(new ModelOptions { Name = "nanodet", Calibration = Calibration.None }, options.Model);
    }

    [Theory]
    [InlineData("on", "'on'")]
    [InlineData("2.5", "'2.5'")]
    [InlineData("[1, 2]", "a list")]
    public void Load_CalibrationOfAnotherKind_SaysWhatItMayBe(string value, string quoted)
    {
        Write("config.yaml", $"pipelines:\n  a:\n    - source: rtsp://cam/1\n    - detect_objects: {{model: {{calibration: {value}}}}}\n");

        var problem = Assert.Single(Load().Problems);

        Assert.Equal(
            $"config.yaml:4:45 pipelines.a[1].detect_objects.model.calibration: must be off, or a map of keys and values, not {quoted}",
            problem.ToString());
    }

    [Fact]
    public void Load_FilesOfAModelAreNotThere_WarnsOnceWhereTheyAreNamedAndRunsThePipelines()
    {
        Directory.CreateDirectory(Folder["folder"]);
        Write("config.yaml", """
            ai_models:
              mine:
                model:
                  tflite: mine.tflite
                labels: folder
            pipelines:
              a: [source: rtsp://cam/1, detect_objects: {ai_model: mine}]
              b:
                - source: rtsp://cam/2
                - detect_objects: {ai_model: mine}
                - detect_faces:
                    model: {onnx: faces.onnx}
            """);

        var result = Load();

        Assert.Equal(
            [
                $"config.yaml:4:15 ai_models.mine.model.tflite: warning: the file {Folder["mine.tflite"]} is not there; put it there or correct the path",
                $"config.yaml:5:13 ai_models.mine.labels: warning: the file {Folder["folder"]} is a folder; name a file in it",
                $"config.yaml:12:23 pipelines.b[2].detect_faces.model.onnx: warning: the file {Folder["faces.onnx"]} is not there; put it there or correct the path",
            ],
            result.Problems.Select(problem => problem.ToString()));
        Assert.False(result.HasErrors);
        Assert.All(result.Configuration.Pipelines, pipeline => Assert.True(pipeline.IsEnabled));
    }

    [Theory]
    [InlineData("model: {name: nanodett}", "38 pipelines.a[1].detect_objects.model.name: 'nanodett' is not a model of the catalog", "did you mean nanodet?")]
    [InlineData("model: {decoder: yolo9}", "41 pipelines.a[1].detect_objects.model.decoder: 'yolo9' is not a decoder", "did you mean yolo?")]
    [InlineData("model: {name: blazeface-back}", "38 pipelines.a[1].detect_objects.model.name: 'blazeface-back' finds faces, and detect_objects looks for objects", "centernet")]
    public void Load_NameThatNoModelOrDecoderHas_IsAnErrorWhereItStands(string options, string problem, string advice)
    {
        Write("config.yaml", $"pipelines:\n  a:\n    - source: rtsp://cam/1\n    - detect_objects: {{{options}}}\n");

        var result = LoadBuiltIn();

        var reported = Assert.Single(result.Problems).ToString();
        Assert.StartsWith($"config.yaml:4:{problem}", reported, StringComparison.Ordinal);
        Assert.Contains(advice, reported, StringComparison.Ordinal);
        Assert.True(result.HasErrors);
        Assert.False(Assert.Single(result.Configuration.Pipelines).IsEnabled);
    }

    [Fact]
    public void Load_NamesInSharedModels_AreErrorsOnceAlsoWhereNobodyUsesThem()
    {
        Write("config.yaml", """
            ai_models:
              mine: {model: {name: centrenet}}
              faces: {model: {name: yunet}}
              unused: {model: {decoder: yolovx}}
            pipelines:
              a: [source: rtsp://cam/1, detect_objects: {ai_model: mine}]
              b: [source: rtsp://cam/2, detect_objects: {ai_model: mine}, detect_faces: {ai_model: faces}]
              c: [source: rtsp://cam/3, detect_falls: {ai_model: faces}]
              d: [source: rtsp://cam/4, detect_objects: {model: {name: CenterNet, decoder: centernet}}]
            """);

        var result = LoadBuiltIn();

        Assert.Equal(
            [
                "config.yaml:2:24 ai_models.mine.model.name: 'centrenet' is not a model of the catalog; 'ambianic models list' prints those that are (did you mean centernet?)",
                "config.yaml:3:25 ai_models.faces.model.name: 'yunet' finds faces, and detect_falls looks for poses; for those there are movenet-multipose, movenet-thunder, movenet-lightning",
                $"config.yaml:4:29 ai_models.unused.model.decoder: 'yolovx' is not a decoder; there are {string.Join(", ", DetectionDecoders.Names.Order(StringComparer.Ordinal))} (did you mean yolox?)",
            ],
            result.Problems.Select(problem => problem.ToString()));
        Assert.Equal(["d"], result.Configuration.Pipelines.Where(pipeline => pipeline.IsEnabled).Select(pipeline => pipeline.Name));
    }

    [Theory]
    [InlineData("detect_faces", 0)]
    [InlineData("detect_objects", 1)]
    public void Load_FileOfTheReferenceIsNotThere_IsMissedWhereItsRoleIsAnother(string element, int warnings)
    {
        Write("config.yaml", $"pipelines:\n  a: [source: rtsp://cam/1, {element}: {{model: {{tflite: mobilenet_ssd_v2_face_quant_postprocess.tflite}}}}]\n");

        Assert.Equal(warnings, LoadBuiltIn().Problems.Count(problem => problem.Message.Contains("is not there", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("{name: nanodet, onnx: not-there.onnx}")]
    [InlineData("{tflite: mine.tflite, edgetpu: mine_edgetpu.tflite}")]
    [InlineData("{tflite: mine_edgetpu.tflite}")]
    [InlineData("{edgetpu: mine_edgetpu.tflite}")]
    [InlineData("{onnx: mine.tflite, tflite: not-there.tflite}")]
    public void Load_FileThatIsUsedIsThere_NeedsNoOther(string model)
    {
        Write("mine.tflite", "");
        Write("config.yaml", $"pipelines:\n  a: [source: rtsp://cam/1, detect_objects: {{model: {model}}}]\n");

        Assert.Empty(Load().Problems);
    }

    [Fact]
    public void Load_OnlyTheFileForTheEdgeTpuIsThere_WarnsOfTheOther()
    {
        Write("mine_edgetpu.tflite", "");
        Write("config.yaml", "pipelines:\n  a: [source: rtsp://cam/1, detect_objects: {model: {edgetpu: mine_edgetpu.tflite}}]\n");

        var problem = Assert.Single(Load().Problems);

        Assert.True(problem.IsWarning);
        Assert.Contains(Folder["mine.tflite"], problem.Message, StringComparison.Ordinal);
    }
}

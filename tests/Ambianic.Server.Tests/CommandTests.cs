using System.Text.Json.Nodes;
using Ambianic.Tests;

namespace Ambianic.Server.Tests;

public sealed class CommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Check_ValidConfiguration_ExitsWithZero()
    {
        Write("config.yaml", "pipelines:\n  a:\n    - source: rtsp://127.0.0.1/a\n    - detect_objects:\n");

        var check = await RunAsync("check");

        Assert.Equal(0, check.ExitCode);
        Assert.Contains("valid", check.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_BrokenConfiguration_NamesEachProblemAndExitsWithOne()
    {
        Write("other.yaml", "pipelines:\n  a:\n    - source: nowhere\n    - detect_object:\n        top_k: 0\n");

        var check = await RunAsync("check", "-c", "other.yaml");

        Assert.Equal(1, check.ExitCode);
        Assert.Contains("other.yaml:3:", check.Errors, StringComparison.Ordinal);
        Assert.Contains("other.yaml:4:7", check.Errors, StringComparison.Ordinal);
        Assert.Contains("did you mean detect_objects?", check.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", check.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_ModelFileIsNotThere_WarnsWhereItIsNamed()
    {
        Write("config.yaml", "pipelines:\n  a:\n    - source: rtsp://127.0.0.1/a\n    - detect_objects:\n        model:\n          onnx: mine.onnx\n        labels: mine.txt\n");

        var check = await RunAsync("check");

        Assert.Equal(0, check.ExitCode);
        Assert.Contains($"config.yaml:6:17 pipelines.a[1].detect_objects.model.onnx: warning: the file {_directory["mine.onnx"]} is not there; put it there", check.Errors, StringComparison.Ordinal);
        Assert.Contains("config.yaml:7:17 pipelines.a[1].detect_objects.labels: warning: ", check.Errors, StringComparison.Ordinal);
        Assert.Contains("0 errors, 2 warnings", check.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_BrokenConfiguration_IsRefused()
    {
        Write("config.yaml", "pipelines:\n  a:\n    - source: nowhere\n");

        var run = await RunAsync("run");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("config.yaml:3:", run.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_directory["data"]));
    }

    [Theory]
    [InlineData("not-there.yaml", "does not exist")]
    [InlineData("broken.yaml", "broken.yaml:1:1")]
    public async Task Import_ConfigurationThatDoesNotSayWhere_ImportsNothing(string configuration, string said)
    {
        Write("broken.yaml", "data_dirr: other\n");
        Directory.CreateDirectory(_directory["old/detections"]);

        var import = await RunAsync("import", "old", "-c", configuration);

        Assert.Equal(1, import.ExitCode);
        Assert.Contains(said, import.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_directory["data"]));
    }

    [Fact]
    public async Task Run_WithoutConfiguration_SaysWhatToDo()
    {
        var run = await RunAsync("run");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("config.yaml", run.Errors, StringComparison.Ordinal);
        Assert.Contains("ambianic demo", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    [Slow]
    public async Task Run_LenientWithBrokenPipeline_ServesAndShowsWhy()
    {
        Write("config.yaml", "pipelines:\n  a:\n    - source: nowhere\n");

        await using var program = AmbianicProgram.Start(_directory.Path, "run", "--lenient", "--port", "0");
        using var client = new HttpClient { BaseAddress = await program.AddressAsync(Cancellation) };
        var page = await client.GetStringAsync("/index.html", Cancellation);

        Assert.Contains("timeline", page, StringComparison.Ordinal);
        Assert.Equal(0, await program.TerminateAsync(Cancellation));
    }

    [Fact]
    public async Task Detect_UnreadablePicture_SaysSoAndExitsWithOne()
    {
        await DefaultModel.RequireAsync(Cancellation);
        Write("no-picture.jpg", "this is text");

        var detect = await RunAsync("detect", "no-picture.jpg", "not-there.png");

        Assert.Equal(1, detect.ExitCode);
        Assert.Contains("no-picture.jpg", detect.Errors, StringComparison.Ordinal);
        Assert.Contains("not-there.png", detect.Errors, StringComparison.Ordinal);
        Assert.Empty(detect.Output);
    }

    [Theory]
    [Slow]
    [InlineData("person.jpg", "person")]
    [InlineData("person-couch.jpg", "person couch")]
    [InlineData("person2-face1.jpg", "person person")]
    [InlineData("background.jpg", "")]
    public async Task Detect_PictureOfTheReference_FindsWhatItShows(string picture, string labels)
    {
        var path = TestData.Require($"pictures/{picture}");
        await DefaultModel.RequireAsync(Cancellation);

        var detect = await RunAsync("detect", path);

        Assert.Equal(0, detect.ExitCode);
        var answer = JsonNode.Parse(detect.Output)!;
        Assert.Equal(path, (string?)answer["file"]);
        Assert.Equal(labels, string.Join(' ', answer["detections"]!.AsArray().Select(found => (string?)found!["label"])));
    }

    [Fact]
    [Slow]
    public async Task Detect_PipeThatNobodyWritesTo_SaysSoAndEnds()
    {
        await DefaultModel.RequireAsync(Cancellation);
        using (var make = System.Diagnostics.Process.Start("mkfifo", [_directory["pipe.jpg"]]))
        {
            await make.WaitForExitAsync(Cancellation);
        }

        var detect = await RunAsync("detect", "pipe.jpg");

        Assert.Equal(1, detect.ExitCode);
        Assert.Contains("pipe.jpg", detect.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Analyze_AddressWithPassword_DoesNotPrintIt()
    {
        var analyze = await RunAsync("analyze", "rtsp://someone:topsecret@127.0.0.1:1/x");

        Assert.Equal(1, analyze.ExitCode);
        Assert.DoesNotContain("topsecret", analyze.Errors + analyze.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Analyze_RestingZoneThatIsNone_SaysWhereAndWatchesNothing()
    {
        File.WriteAllText(_directory["clip.mp4"], "");
        File.WriteAllText(_directory["config.yaml"], """
            pipelines:
              room:
                - source: camera
                - detect_falls:
                    resting_zones:
                      - {xmin: left, ymin: 0, xmax: 1, ymax: 1}
            sources:
              camera: {uri: clip.mp4}
            """);

        var analyze = await RunAsync("analyze", "clip.mp4");

        Assert.Equal(1, analyze.ExitCode);
        Assert.Contains("xmin", analyze.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("clip.mp4", analyze.Errors, StringComparison.Ordinal); // it was not even opened
    }

    [Fact]
    public async Task Analyze_MissingFile_SaysSoAndExitsWithOne()
    {
        var analyze = await RunAsync("analyze", "not-there.mp4");

        Assert.Equal(1, analyze.ExitCode);
        Assert.Contains("not-there.mp4", analyze.Errors, StringComparison.Ordinal);
    }

    [Fact]
    [Slow]
    public async Task Analyze_Recording_PrintsEverySampleAndASummary()
    {
        await DefaultModel.RequireAsync(Cancellation);
        var recording = await Footage.RequireAsync(Cancellation);

        var analyze = await RunAsync("analyze", recording, "--fps", "0.5");

        Assert.Equal(0, analyze.ExitCode);
        var lines = analyze.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        var summary = lines[^1]["summary"]!;
        Assert.Equal(lines.Count - 1, (int)summary["frames"]!);
        Assert.Equal([0.0, 2.0, 4.0], lines.Take(3).Select(line => (double)line["time_s"]!));
        Assert.All(lines[..^1], line => Assert.Equal("detect_objects", (string?)line["element"]));
        Assert.Contains(lines[..^1], line => line["detections"]!.AsArray().Any(found => (string?)found!["label"] == "person"));
        Assert.True((double)summary["mean_inference_ms"]! > 0);
        Assert.False(Directory.Exists(_directory["data"]));
    }

    [Fact]
    [Slow]
    public async Task Analyze_Faces_SaysWhereInThePictureTheyWereLookedFor()
    {
        await DefaultModel.RequireAsync(Cancellation);
        var recording = await Footage.RequireAsync(Cancellation);
        Write("config.yaml", "pipelines:\n  a:\n    - source: rtsp://127.0.0.1/a\n    - detect_objects:\n    - detect_faces:\n");

        var analyze = await RunAsync("analyze", recording, "--fps", "0.1");

        var lines = analyze.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        var objects = lines.Where(line => (string?)line["element"] == "detect_objects").ToList();
        Assert.NotEmpty(objects);
        Assert.All(objects, line => Assert.Null(line["region"]));
        var regions = lines.Where(line => (string?)line["element"] == "detect_faces").Select(line => line["region"]).OfType<JsonNode>().ToList();
        Assert.NotEmpty(regions);
        Assert.All(regions, region => Assert.InRange((double)region["xmax"]! - (double)region["xmin"]!, 0.001, 0.999));
    }

    [Theory]
    [Slow]
    [InlineData("frobnicate")]
    [InlineData("analyze", "x.mp4", "--fps", "1000")]
    [InlineData("detect", "x.jpg", "--threshold", "7")]
    [InlineData("analyze", "x.mp4", "--fps", "many")]
    [InlineData("detect", "x.jpg", "--threshold", "high")]
    [InlineData("run", "--port", "http")]
    [InlineData("evaluate", "falls", "--manifest", "x.csv", "--dir", ".", "--fps", "1,5")]
    [InlineData("evaluate", "falls", "--manifest", ".", "--dir", ".")]
    [InlineData("models", "pull", "no-such-model")]
    [InlineData("run", "--port", "99999")]
    [InlineData("demo", "--port", "-1")]
    [InlineData("models", "import", "not-there.tflite")]
    [InlineData("models", "calibrate", "--images", "nowhere", "--labels", "nowhere")]
    [InlineData("models", "calibrate", "--images", ".", "--labels", ".", "--role", "ghosts")]
    public async Task AnyCommand_SenselessArguments_AreRefusedWithoutAStackTrace(params string[] arguments)
    {
        var finished = await RunAsync(arguments);

        Assert.NotEqual(0, finished.ExitCode);
        Assert.NotEmpty(finished.Errors);
        Assert.DoesNotContain("   at ", finished.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("theirs")]
    public async Task EvaluateFalls_RuleThatIsNone_SaysWhichThereAre(string rule)
    {
        var finished = await RunAsync("evaluate", "falls", "--manifest", "x.csv", "--dir", ".", "--rule", rule);

        Assert.Equal(1, finished.ExitCode);
        Assert.Contains("'ours'", finished.Errors, StringComparison.Ordinal);
        Assert.Contains("'reference'", finished.Errors, StringComparison.Ordinal);
    }

    private void Write(string name, string text) => File.WriteAllText(_directory[name], text);

    private Task<AmbianicProgram.Finished> RunAsync(params string[] arguments) =>
        AmbianicProgram.RunAsync(_directory.Path, Cancellation, arguments);
}

using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Ambianic.Core.Vision;
using Ambianic.Tests;

namespace Ambianic.Server.Tests;

/// <summary>What fall detection makes of real recordings.</summary>
[Slow]
public sealed class FallTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Evaluate_RecordedFallsAndActivities_FindsEveryFallToTheFloorAndNothingElse()
    {
        var chosen = await RecordingsAsync("falls/gmdcsa24_", "adl/gmdcsa24_");

        // The first run asks the model, and what it saw holds nearly all samples of the others.
        foreach (var (fps, phase) in ((string, string)[])[("10", "0"), ("10", "0.25"), ("5", "0"), ("5", "0.5")])
        {
            var (rows, total) = await EvaluateAsync(
                chosen, Path.GetDirectoryName(TestData.Require("manifest.csv"))!, "--fps", fps, "--phase", phase, "--poses", _directory["poses"]);

            var falls = rows.Where(row => (string?)row["set"] == "falls").ToList();
            Assert.All(falls, row => Assert.True((bool)row["detected"]!, $"{row["file"]} at {fps} a second, phase {phase}"));
            Assert.Equal(7, falls.Count);
            Assert.Single(rows, row => (string?)row["set"] == "bed");
            Assert.Equal((7, 7), ((int)total["falls"]!, (int)total["detected"]!)); // that one is not in it
            Assert.Equal(0, (int)total["false_alarms"]!);
            Assert.InRange((double)total["median_delay_s"]!, 0, 2.5);
        }
    }

    [Fact]
    public async Task Evaluate_FootageOfDoorsStreetsAndShops_NoAlarm()
    {
        var chosen = await RecordingsAsync("people/ambianic_", "people/frigate_", "people/intel_");

        var (rows, total) = await EvaluateAsync(chosen, Path.GetDirectoryName(TestData.Require("manifest.csv"))!, "--fps", "5");

        Assert.Equal(8, rows.Count);
        Assert.Equal(0, (int)total["false_alarms"]!);
    }

    /// <summary>Pictures of the reference system: 1 stands, 2_2 goes down, 2 is down, 4 stands elsewhere.</summary>
    [Theory]
    [InlineData("1 2", 1, true)]
    [InlineData("1 2", 2, true)]
    [InlineData("1 2_2 2", 0.5, true)]
    [InlineData("1 2_2 2", 1, true)]
    [InlineData("1 2_2 2", 2, true)]
    [InlineData("1 4", 1, false)]
    [InlineData("1 4", 2, false)]
    [InlineData("2 1", 1, false)]
    [InlineData("2 1", 2, false)]
    public async Task Evaluate_PicturesOfTheReference_FallOnceOrNever(string pictures, double seconds, bool falls)
    {
        var names = pictures.Split(' ').Select(name => TestData.Require($"pictures/fall_img_{name}.png")).ToList();
        await ShowAsync(names, seconds, _directory["clip.mp4"]);
        var start = falls ? seconds.ToString(CultureInfo.InvariantCulture) : "";

        var (rows, _) = await EvaluateAsync(["file,label,fall_start_s", $"clip.mp4,{(falls ? "fall" : "no_fall")},{start}"], _directory.Path);

        Assert.Equal(falls ? 1 : 0, Assert.Single(rows)["alarms"]!.AsArray().Count);
    }

    /// <summary>The manifest's first line and those of the recordings that are meant: the test data may grow.</summary>
    private static async Task<List<string>> RecordingsAsync(params string[] prefixes)
    {
        var lines = await File.ReadAllLinesAsync(TestData.Require("manifest.csv"), Cancellation);
        return [.. lines.Where((line, index) => index == 0 || prefixes.Any(prefix => line.StartsWith(prefix, StringComparison.Ordinal)))];
    }

    private async Task<(List<JsonNode> Rows, JsonNode Total)> EvaluateAsync(
        IEnumerable<string> manifest, string folder, params string[] options)
    {
        await DefaultModel.RequireAsync(ModelRole.Poses, Cancellation);
        await File.WriteAllLinesAsync(_directory["manifest.csv"], manifest, Cancellation);
        var finished = await AmbianicProgram.RunAsync(
            _directory.Path, Cancellation, ["evaluate", "falls", "--manifest", _directory["manifest.csv"], "--dir", folder, "--json", .. options]);
        Assert.True(finished.ExitCode == 0, finished.Errors);
        var lines = finished.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        return (lines[..^1], lines[^1]);
    }

    /// <summary>Makes a recording that shows each picture for a while.</summary>
    private static async Task ShowAsync(List<string> pictures, double seconds, string path)
    {
        var length = seconds.ToString(CultureInfo.InvariantCulture);
        using var ffmpeg = Process.Start(
            "ffmpeg",
            [
                "-v", "error", "-y",
                .. pictures.SelectMany(picture => (string[])["-loop", "1", "-t", length, "-r", "10", "-i", picture]),
                "-filter_complex", $"concat=n={pictures.Count}", "-pix_fmt", "yuv420p", path,
            ]);
        await ffmpeg.WaitForExitAsync(Cancellation);
        Assert.Equal(0, ffmpeg.ExitCode);
    }
}

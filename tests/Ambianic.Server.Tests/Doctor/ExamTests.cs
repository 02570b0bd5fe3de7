using System.Diagnostics;
using System.Runtime.Versioning;
using Ambianic.Core.Vision;
using Ambianic.Server.Doctor;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Server.Tests.Doctor;

/// <summary>What is examined of this computer.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ExamTests
{
    private const string Pipeline = "pipelines:\n  a: [{source: \"rtsp://127.0.0.1/a\"}, {detect_objects: }]\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1970-01-01", true, "Problem")]
    [InlineData("2026-05-01", true, "Ok")]
    [InlineData("2026-05-01", null, "Ok")]
    [InlineData("2026-05-01", false, "Warning")]
    [InlineData("2099-01-01", true, "Problem")]
    public void Clock_ByItsYearAndTheSystem_IsJudged(string day, bool? isSynchronised, string level)
    {
        using var examined = new Examined(Pipeline);
        var time = new FakeTimeProvider(DateTimeOffset.Parse($"{day}T12:00:00Z", System.Globalization.CultureInfo.InvariantCulture));

        var findings = ClockExam.Run(examined.Examination with { Time = time, IsClockSynchronised = () => isSynchronised });

        Assert.Equal(level, findings[0].Level.ToString());
        Assert.Equal("time_zone", findings[1].Check);
    }

    [Fact]
    public async Task Disk_ThatWorks_IsMeasuredAndLeftAsItWas()
    {
        using var examined = new Examined(Pipeline);
        Directory.CreateDirectory(examined.Examination.Settings.DataDir);

        var findings = await DiskExam.RunAsync(examined.Examination, Cancellation);

        Assert.NotEmpty(findings);
        Assert.DoesNotContain(findings, finding => finding.Level == FindingLevel.Problem);
        var measured = Assert.Single(findings, finding => finding.Values?["fsync_median_ms"] is not null);
        Assert.True((double)measured.Values!["write_mb_per_s"]! > 0);
        Assert.Empty(Directory.GetFileSystemEntries(examined.Examination.Settings.DataDir));
    }

    [Fact]
    public async Task Disk_ThatIsFull_IsAProblem()
    {
        using var examined = new Examined(Pipeline);
        var folder = Directory.CreateDirectory(examined.Examination.Settings.DataDir).FullName;
        Assert.SkipUnless(await RunAsync("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder), "a small disk cannot be mounted here: run as root");
        try
        {
            var findings = await DiskExam.RunAsync(examined.Examination, Cancellation);

            Assert.Contains(findings, finding => finding.Level == FindingLevel.Problem && finding.Found.Contains("free (tmpfs)", StringComparison.Ordinal));
            Assert.Contains(findings, finding => finding.Level == FindingLevel.Problem && finding.Found.Contains("cannot be written", StringComparison.Ordinal));
            Assert.Empty(Directory.GetFileSystemEntries(folder));
        }
        finally
        {
            await RunAsync("umount", folder);
        }
    }

    [Fact]
    public void Permissions_SecretsThatOthersMayRead_AreAWarningWithTheCommand()
    {
        using var examined = new Examined("sources: {a: {uri: \"rtsp://admin:Wren9Owl77@127.0.0.1/a\"}}\n" + Pipeline);
        Open(examined.Directory.Path, UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
        Open(examined.Directory["config.yaml"], UnixFileMode.OtherRead);

        var open = PermissionExam.Run(examined.Examination);
        File.SetUnixFileMode(examined.Directory["config.yaml"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var closed = PermissionExam.Run(examined.Examination);

        var finding = Examined.Of(open, "config.yaml");
        Assert.Equal((FindingLevel.Warning, $"chmod 600 {examined.Directory["config.yaml"]}"), (finding.Level, finding.Advice));
        Assert.All(closed, other => Assert.Equal(FindingLevel.Ok, other.Level));
    }

    [Theory]
    [InlineData(20, "Ok")]
    [InlineData(5000, "Warning")]
    public void Capacity_ByTheMeasuredTime_IsJudged(double milliseconds, string level)
    {
        using var examined = new Examined(Pipeline);

        var findings = CapacityExam.Run(examined.Examination, [new ModelTiming(new ModelUse(ModelRole.Objects, null, null), "centernet", milliseconds)]);

        Assert.Equal(level, Examined.Of(findings, "centernet").Level.ToString());
    }

    [Theory]
    [InlineData("LoadState=not-found\nActiveState=inactive\n", "")]
    [InlineData("LoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\nRestart=always\nWatchdogUSec=30s\n", "Ok")]
    [InlineData("LoadState=loaded\nActiveState=failed\nUnitFileState=disabled\nRestart=no\nWatchdogUSec=0\n", "Problem Warning Warning Warning")]
    public void Service_ByWhatSystemdSays_IsJudged(string said, string levels) =>
        Assert.Equal(levels, string.Join(' ', ServiceExam.Judge(said).Select(finding => finding.Level)));

    [Fact]
    public async Task Ffmpeg_OfThisComputer_HasWhatCamerasNeed()
    {
        Ambianic.Tests.Media.Sources.Clips.RequireFfmpeg();

        var finding = Assert.Single(await FfmpegExam.RunAsync(TimeProvider.System, Cancellation));

        Assert.Equal((FindingLevel.Ok, "ffmpeg"), (finding.Level, finding.Check));
    }

    [Fact]
    public async Task Model_FileThatIsNone_IsAProblem()
    {
        using var examined = new Examined("pipelines:\n  a: [{source: \"rtsp://127.0.0.1/a\"}, {detect_objects: {model: {onnx: mine.onnx}}}]\n");
        await File.WriteAllTextAsync(examined.Directory["mine.onnx"], "no model", Cancellation);

        var (findings, timings) = await ModelExam.RunAsync(examined.Examination, Cancellation);

        Assert.Equal(FindingLevel.Problem, Assert.Single(findings).Level);
        Assert.Empty(timings);
    }

    private static void Open(string path, UnixFileMode more) => File.SetUnixFileMode(path, File.GetUnixFileMode(path) | more);

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode == 0;
    }
}

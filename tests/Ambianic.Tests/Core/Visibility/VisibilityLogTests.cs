using Ambianic.Core.Health;
using Ambianic.Core.Visibility;
using Ambianic.Storage.Files;

namespace Ambianic.Tests.Core.Visibility;

public sealed class VisibilityLogTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 5, 1, 10, 0, 0, TimeSpan.Zero);
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Query_CameraWasAway_TellsFromWhenToWhenAndWhy()
    {
        var log = new VisibilityLog();
        log.Observe([Status(PipelinePhase.Receiving)], Start);
        log.Observe([Status(PipelinePhase.Receiving)], Start.AddSeconds(1));
        log.Observe([Status(PipelinePhase.Waiting, "no route to host")], Start.AddSeconds(2));
        log.Observe([Status(PipelinePhase.Connecting, "timed out")], Start.AddSeconds(3)); // no video is no video
        log.Observe([Status(PipelinePhase.Receiving)], Start.AddSeconds(9));

        var intervals = log.Query("door", null, null);

        Assert.Equal([VisibilityState.Visible, VisibilityState.NoVideo, VisibilityState.Visible], intervals.Select(interval => interval.Visibility));
        Assert.Equal(("no route to host", Start.AddSeconds(2), Start.AddSeconds(9)), (intervals[1].Reason, intervals[1].From, intervals[1].To));
        Assert.Null(intervals[2].To);
        Assert.Single(log.Query("door", Start.AddSeconds(10), null));
        Assert.Single(log.Query(null, null, Start.AddSeconds(1)));
        Assert.Empty(log.Query("garden", null, null));
    }

    [Fact]
    public void Query_ConfigurationIsWrongSinceARestart_IsBlindThoughAmbianicRuns()
    {
        var log = new VisibilityLog();
        log.Observe([Status(PipelinePhase.Stopped)], Start);
        log.Observe([Status(PipelinePhase.Disabled, "config.yaml:3:5: no")], Start.AddSeconds(1));

        var last = log.Query("door", null, null)[^1];

        Assert.Equal((VisibilityState.NoVideo, "its configuration is wrong: config.yaml:3:5: no", Start.AddSeconds(1)), (last.Visibility, last.Reason, last.From));
    }

    [Fact]
    public void Query_ClockWasSetBack_NoIntervalEndsBeforeItBegins()
    {
        var log = new VisibilityLog();
        log.Observe([Status(PipelinePhase.Receiving)], Start.AddYears(12)); // a board without a battery, before it hears of the time
        log.Observe([Status(PipelinePhase.Waiting, "no route to host")], Start);
        log.Observe([Status(PipelinePhase.Receiving)], Start.AddSeconds(7));

        var intervals = log.Query("door", null, null);

        Assert.Equal([VisibilityState.Visible, VisibilityState.NoVideo, VisibilityState.Visible], intervals.Select(interval => interval.Visibility));
        Assert.All(intervals, interval => Assert.True(interval.To is null || interval.To >= interval.From, interval.ToString()));
        Assert.Equal((Start, Start.AddSeconds(7)), (intervals[1].From, intervals[1].To));
    }

    [Fact]
    public void Query_BlindnessIsNoticedLate_BeganWithTheLastSample()
    {
        var log = new VisibilityLog();
        log.Observe([Status(PipelinePhase.Receiving)], Start);
        log.Observe([Status(PipelinePhase.Waiting, "no picture came") with { Silence = TimeSpan.FromSeconds(10) }], Start.AddSeconds(60));
        log.Observe([Status(PipelinePhase.Receiving)], Start.AddSeconds(61));
        log.Observe([Status(PipelinePhase.Waiting, "no picture came") with { Silence = TimeSpan.FromSeconds(10) }], Start.AddSeconds(62)); // no sample since

        Assert.Equal([0, 50, 61, 61], log.Query("door", null, null).Select(interval => (interval.From - Start).TotalSeconds));
    }

    [Fact]
    public void Query_ProgramStoodStill_NobodyWatchedMeanwhile()
    {
        var log = new VisibilityLog();
        log.Observe([Status(PipelinePhase.Receiving)], Start);

        log.Interrupt(Start.AddSeconds(30), Start.AddSeconds(70));
        log.Observe([Status(PipelinePhase.Receiving)], Start.AddSeconds(70));

        var intervals = log.Query("door", null, null);
        Assert.Equal([VisibilityState.Visible, VisibilityState.Off, VisibilityState.Visible], intervals.Select(interval => interval.Visibility));
        Assert.Equal((Start.AddSeconds(30), Start.AddSeconds(70)), (intervals[1].From, intervals[1].To));
    }

    [Fact]
    public void Interrupt_ClockWasSetBackBefore_BeginsNoEarlierThanTheChangeBeforeIt()
    {
        var log = new VisibilityLog();
        log.Observe([Status(PipelinePhase.Receiving)], Start.AddSeconds(20));
        log.Observe([Status(PipelinePhase.Receiving)], Start.AddSeconds(10)); // set back

        var change = Assert.Single(log.Interrupt(Start.AddSeconds(10), Start.AddSeconds(70)));

        Assert.Equal((VisibilityState.Off, Start.AddSeconds(20)), (change.Visibility, change.At));
    }

    [Fact]
    public void Observe_BlindnessHasAnotherReason_IsTakenDownOnceItIsNotOnlyAPassingOne()
    {
        var log = new VisibilityLog();
        log.Observe([Status(PipelinePhase.Receiving)], Start);
        for (var second = 1; second <= 30; second++)
        {
            var reason = second == 1 ? "the decoder ended" : "no route to host";
            log.Observe([Status(PipelinePhase.Waiting, reason) with { Silence = TimeSpan.FromSeconds(second) }], Start.AddSeconds(second));
        }

        Assert.Equal(
            [(VisibilityState.Visible, null, Start), (VisibilityState.NoVideo, "the decoder ended", Start), (VisibilityState.NoVideo, "no route to host", Start.AddSeconds(10))],
            log.Query("door", null, null).Select(interval => (interval.Visibility, interval.Reason, interval.From)));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"at":"2026-05-01T10:00:00+00:00","sight":"Blind"}""")]
    [InlineData("[]")]
    public void Read_LineThatSaysNothingOfAPipeline_IsPassedOver(string line)
    {
        var file = new VisibilityFile(_directory.Path);
        file.Append([VisibilityChange.Of(Status(PipelinePhase.Stopped), Start)], Start);
        File.AppendAllText(Path.Combine(_directory.Path, "coverage.jsonl"), line + "\n");

        Assert.Equal("door", Assert.Single(Recalled(file.Read().Changes).Query(null, null, null)).Pipeline);
    }

    [Fact]
    public void Read_PasswordThatAnEarlierVersionStored_IsMasked()
    {
        File.WriteAllText(
            _directory["coverage.jsonl"],
            """{"at":"2026-05-01T10:00:00Z","pipeline":"door","source":"http://cam/a?loginpas=Finch5Nest","sight":"Blind","reason":"rtsp://me:Finch5Nest@cam/1: refused"}""" + "\n");

        var change = new VisibilityFile(_directory.Path).Read().Changes[0];

        Assert.Equal(("http://cam/a?loginpas=***", "rtsp://***@cam/1: refused"), (change.Source, change.Reason));
    }

    [Theory]
    [InlineData("Watching", VisibilityState.Visible)]
    [InlineData("Blind", VisibilityState.NoVideo)]
    [InlineData("Frozen", VisibilityState.Frozen)]
    [InlineData("Black", VisibilityState.Black)]
    [InlineData("Covered", VisibilityState.Covered)]
    [InlineData("Off", VisibilityState.Off)]
    public void Read_LineOfAnEarlierVersion_IsUnderstoodAndWrittenWithTheSameWord(string word, VisibilityState expected)
    {
        var line = $$"""{"at":"2026-05-01T10:00:00+00:00","pipeline":"door","source":"camera","sight":"{{word}}","reason":null}""";
        File.WriteAllText(_directory["coverage.jsonl"], line + "\n");

        var read = new VisibilityFile(_directory.Path).Read().Changes[0];
        new VisibilityFile(_directory.Path).Append([read], Start);

        Assert.Equal(new VisibilityChange(Start, "door", "camera", expected, null), read);
        Assert.Equal([line, line], File.ReadAllLines(_directory["coverage.jsonl"]));
    }

    [Theory]
    [InlineData("visible", VisibilityState.Visible)]
    [InlineData("no_video", VisibilityState.NoVideo)]
    public void Read_LineWithANewerWord_IsUnderstood(string word, VisibilityState expected)
    {
        File.WriteAllText(_directory["coverage.jsonl"], $$"""{"at":"2026-05-01T10:00:00+00:00","pipeline":"door","source":"camera","sight":"{{word}}"}""");

        Assert.Equal(expected, new VisibilityFile(_directory.Path).Read().Changes[0].Visibility);
    }

    [Theory]
    [InlineData(PictureState.Frozen, VisibilityState.Frozen)]
    [InlineData(PictureState.Black, VisibilityState.Black)]
    [InlineData(PictureState.Covered, VisibilityState.Covered)]
    public void Observe_PictureShowsNothing_IsNotCalledWatchingFromItsFirstOn(PictureState picture, VisibilityState expected)
    {
        var log = new VisibilityLog();
        log.Observe([Status(PipelinePhase.Receiving)], Start);

        var change = Assert.Single(log.Observe([Health(new PipelineFacts("door", "camera", PipelinePhase.Receiving) { Picture = picture, PictureLasts = TimeSpan.FromSeconds(60) })], Start.AddSeconds(100)));

        Assert.Equal((expected, Start.AddSeconds(40)), (change.Visibility, change.At));
    }

    [Fact]
    public void Append_FileIsFullAgainAndAgain_ASteadyCameraIsNotForgottenAndNothingIsSaidTwice()
    {
        var file = new VisibilityFile(_directory.Path);
        var steady = VisibilityChange.Of(Status(PipelinePhase.Receiving), Start);
        file.Append([steady], Start);
        var at = Start;
        for (var i = 0; i < 6; i++)
        {
            List<VisibilityChange> changes = [];
            while (changes.Count < 20_000)
            {
                at = at.AddSeconds(1);
                changes.Add(new VisibilityChange(at, "gate", "gate", (VisibilityState)(1 + (changes.Count % 2)), "it comes and goes"));
            }

            file.Append(changes, at);
        }

        var read = new VisibilityFile(_directory.Path).Read().Changes;

        Assert.Equal(steady, Assert.Single(read, change => change.Pipeline == "door" && change.Visibility == VisibilityState.Visible));
        var gate = read.Where(change => change.Pipeline == "gate").ToList();
        Assert.Equal(gate.Distinct(), gate);
    }

    [Fact]
    public void Observe_PipelineLeavesTheConfiguration_IsOff()
    {
        var log = new VisibilityLog();
        log.Observe([Status(PipelinePhase.Receiving)], Start);

        log.Observe([], Start.AddSeconds(5));

        Assert.Equal(VisibilityState.Off, log.Query("door", null, null)[^1].Visibility);
    }

    [Fact]
    public void Read_AfterACrash_ClaimsNothingForTheTimeInWhichTheProgramDidNotRun()
    {
        var file = new VisibilityFile(_directory.Path);
        file.Append(new VisibilityLog().Observe([Status(PipelinePhase.Receiving)], Start), Start);
        file.Append([], Start.AddMinutes(5)); // the last sign of life
        File.AppendAllText(_directory["coverage.jsonl"], "{\"at\":"); // cut off
        File.SetLastWriteTimeUtc(_directory["coverage.jsonl"], Start.AddMinutes(5).UtcDateTime);

        var again = new VisibilityFile(_directory.Path);
        again.Append(again.Read().Ends, Start.AddMinutes(9)); // by the next run, as soon as the disk can be written
        var log = Recalled(new VisibilityFile(_directory.Path).Read().Changes);

        var intervals = log.Query(null, null, null);
        Assert.Equal([VisibilityState.Visible, VisibilityState.Off], intervals.Select(interval => interval.Visibility));
        Assert.Equal(Start.AddMinutes(5), intervals[0].To);
    }

    [Fact]
    public void Query_AnotherCameraComesAndGoesTooOften_TheSteadyOneIsNotForgotten()
    {
        var log = new VisibilityLog();
        for (var i = 0; i <= VisibilityLog.Kept + 10; i++)
        {
            var other = Status(i % 2 == 0 ? PipelinePhase.Receiving : PipelinePhase.Waiting, "no route to host") with { Name = "gate" };
            log.Observe([Status(PipelinePhase.Receiving), other], Start.AddSeconds(10 * i));
        }

        var steady = Assert.Single(log.Query("door", null, null));
        Assert.Equal((VisibilityState.Visible, Start), (steady.Visibility, steady.From));
        Assert.InRange(log.Query("gate", null, null).Count, VisibilityLog.Kept - 10, VisibilityLog.Kept + 1);
    }

    [Fact]
    public void Recall_FileWasReadLate_WhatThisRunSawMeanwhileFollows()
    {
        var log = new VisibilityLog();
        log.Observe([Status(PipelinePhase.Receiving)], Start.AddMinutes(9));

        log.Recall([VisibilityChange.Of(Status(PipelinePhase.Receiving), Start), VisibilityChange.Of(Status(PipelinePhase.Stopped), Start.AddMinutes(5))]);

        Assert.Equal(
            [(VisibilityState.Visible, Start), (VisibilityState.Off, Start.AddMinutes(5)), (VisibilityState.Visible, Start.AddMinutes(9))],
            log.Query(null, null, null).Select(interval => (interval.Visibility, interval.From)));
        Assert.Empty(log.Observe([Status(PipelinePhase.Receiving)], Start.AddMinutes(10)));
    }

    private static VisibilityLog Recalled(IEnumerable<VisibilityChange> former)
    {
        var log = new VisibilityLog();
        log.Recall(former);
        return log;
    }

    private static PipelineHealth Status(PipelinePhase phase, string? error = null) => Health(new PipelineFacts("door", "camera", phase) { LastError = error });

    private static PipelineHealth Health(PipelineFacts facts) => PipelineHealth.Of(facts, HealthPolicy.Default, Start, null);
}

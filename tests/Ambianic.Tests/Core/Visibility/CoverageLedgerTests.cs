using Ambianic.Core.Health;
using Ambianic.Core.Visibility;
using Ambianic.Storage.Files;

namespace Ambianic.Tests.Core.Visibility;

public sealed class CoverageLedgerTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 5, 1, 10, 0, 0, TimeSpan.Zero);
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Query_CameraWasAway_TellsFromWhenToWhenAndWhy()
    {
        var ledger = new CoverageLedger();
        ledger.Observe([Status(PipelineState.Watching)], Start);
        ledger.Observe([Status(PipelineState.Watching)], Start.AddSeconds(1));
        ledger.Observe([Status(PipelineState.Waiting, "no route to host")], Start.AddSeconds(2));
        ledger.Observe([Status(PipelineState.Connecting, "timed out")], Start.AddSeconds(3)); // blind is blind
        ledger.Observe([Status(PipelineState.Watching)], Start.AddSeconds(9));

        var intervals = ledger.Query("door", null, null);

        Assert.Equal([Sight.Watching, Sight.Blind, Sight.Watching], intervals.Select(interval => interval.Sight));
        Assert.Equal(("no route to host", Start.AddSeconds(2), Start.AddSeconds(9)), (intervals[1].Reason, intervals[1].From, intervals[1].To));
        Assert.Null(intervals[2].To);
        Assert.Single(ledger.Query("door", Start.AddSeconds(10), null));
        Assert.Single(ledger.Query(null, null, Start.AddSeconds(1)));
        Assert.Empty(ledger.Query("garden", null, null));
    }

    [Fact]
    public void Query_ConfigurationIsWrongSinceARestart_IsBlindThoughAmbianicRuns()
    {
        var ledger = new CoverageLedger();
        ledger.Observe([Status(PipelineState.Stopped)], Start);
        ledger.Observe([Status(PipelineState.Disabled, "config.yaml:3:5: no")], Start.AddSeconds(1));

        var last = ledger.Query("door", null, null)[^1];

        Assert.Equal((Sight.Blind, "its configuration is wrong: config.yaml:3:5: no", Start.AddSeconds(1)), (last.Sight, last.Reason, last.From));
    }

    [Fact]
    public void Query_ClockWasSetBack_NoIntervalEndsBeforeItBegins()
    {
        var ledger = new CoverageLedger();
        ledger.Observe([Status(PipelineState.Watching)], Start.AddYears(12)); // a board without a battery, before it hears of the time
        ledger.Observe([Status(PipelineState.Waiting, "no route to host")], Start);
        ledger.Observe([Status(PipelineState.Watching)], Start.AddSeconds(7));

        var intervals = ledger.Query("door", null, null);

        Assert.Equal([Sight.Watching, Sight.Blind, Sight.Watching], intervals.Select(interval => interval.Sight));
        Assert.All(intervals, interval => Assert.True(interval.To is null || interval.To >= interval.From, interval.ToString()));
        Assert.Equal((Start, Start.AddSeconds(7)), (intervals[1].From, intervals[1].To));
    }

    [Fact]
    public void Query_BlindnessIsNoticedLate_BeganWithTheLastSample()
    {
        var ledger = new CoverageLedger();
        ledger.Observe([Status(PipelineState.Watching)], Start);
        ledger.Observe([Status(PipelineState.Waiting, "no picture came") with { SilenceSeconds = 10 }], Start.AddSeconds(60));
        ledger.Observe([Status(PipelineState.Watching)], Start.AddSeconds(61));
        ledger.Observe([Status(PipelineState.Waiting, "no picture came") with { SilenceSeconds = 10 }], Start.AddSeconds(62)); // no sample since

        Assert.Equal([0, 50, 61, 61], ledger.Query("door", null, null).Select(interval => (interval.From - Start).TotalSeconds));
    }

    [Fact]
    public void Query_ProgramStoodStill_NobodyWatchedMeanwhile()
    {
        var ledger = new CoverageLedger();
        ledger.Observe([Status(PipelineState.Watching)], Start);

        ledger.Interrupt(Start.AddSeconds(30), Start.AddSeconds(70));
        ledger.Observe([Status(PipelineState.Watching)], Start.AddSeconds(70));

        var intervals = ledger.Query("door", null, null);
        Assert.Equal([Sight.Watching, Sight.Off, Sight.Watching], intervals.Select(interval => interval.Sight));
        Assert.Equal((Start.AddSeconds(30), Start.AddSeconds(70)), (intervals[1].From, intervals[1].To));
    }

    [Fact]
    public void Interrupt_ClockWasSetBackBefore_BeginsNoEarlierThanTheChangeBeforeIt()
    {
        var ledger = new CoverageLedger();
        ledger.Observe([Status(PipelineState.Watching)], Start.AddSeconds(20));
        ledger.Observe([Status(PipelineState.Watching)], Start.AddSeconds(10)); // set back

        var change = Assert.Single(ledger.Interrupt(Start.AddSeconds(10), Start.AddSeconds(70)));

        Assert.Equal((Sight.Off, Start.AddSeconds(20)), (change.Sight, change.At));
    }

    [Fact]
    public void Observe_BlindnessHasAnotherReason_IsTakenDownOnceItIsNotOnlyAPassingOne()
    {
        var ledger = new CoverageLedger();
        ledger.Observe([Status(PipelineState.Watching)], Start);
        for (var second = 1; second <= 30; second++)
        {
            var reason = second == 1 ? "the decoder ended" : "no route to host";
            ledger.Observe([Status(PipelineState.Waiting, reason) with { SilenceSeconds = second }], Start.AddSeconds(second));
        }

        Assert.Equal(
            [(Sight.Watching, null, Start), (Sight.Blind, "the decoder ended", Start), (Sight.Blind, "no route to host", Start.AddSeconds(10))],
            ledger.Query("door", null, null).Select(interval => (interval.Sight, interval.Reason, interval.From)));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"at":"2026-05-01T10:00:00+00:00","sight":"Blind"}""")]
    [InlineData("[]")]
    public void Read_LineThatSaysNothingOfAPipeline_IsPassedOver(string line)
    {
        var file = new CoverageFile(_directory.Path);
        file.Append([SightChange.Of(Status(PipelineState.Stopped), Start)], Start);
        File.AppendAllText(Path.Combine(_directory.Path, "coverage.jsonl"), line + "\n");

        Assert.Equal("door", Assert.Single(Recalled(file.Read().Changes).Query(null, null, null)).Pipeline);
    }

    [Fact]
    public void Read_PasswordThatAnEarlierVersionStored_IsMasked()
    {
        File.WriteAllText(
            _directory["coverage.jsonl"],
            """{"at":"2026-05-01T10:00:00Z","pipeline":"door","source":"http://cam/a?loginpas=Finch5Nest","sight":"Blind","reason":"rtsp://me:Finch5Nest@cam/1: refused"}""" + "\n");

        var change = new CoverageFile(_directory.Path).Read().Changes[0];

        Assert.Equal(("http://cam/a?loginpas=***", "rtsp://***@cam/1: refused"), (change.Source, change.Reason));
    }

    [Theory]
    [InlineData(PictureState.Frozen, Sight.Frozen)]
    [InlineData(PictureState.Black, Sight.Black)]
    [InlineData(PictureState.Covered, Sight.Covered)]
    public void Observe_PictureShowsNothing_IsNotCalledWatchingFromItsFirstOn(PictureState picture, Sight expected)
    {
        var ledger = new CoverageLedger();
        ledger.Observe([Status(PipelineState.Watching)], Start);

        var change = Assert.Single(ledger.Observe([Status(PipelineState.Watching) with { Picture = picture, PictureSeconds = 60 }], Start.AddSeconds(100)));

        Assert.Equal((expected, Start.AddSeconds(40)), (change.Sight, change.At));
    }

    [Fact]
    public void Append_FileIsFullAgainAndAgain_ASteadyCameraIsNotForgottenAndNothingIsSaidTwice()
    {
        var file = new CoverageFile(_directory.Path);
        var steady = SightChange.Of(Status(PipelineState.Watching), Start);
        file.Append([steady], Start);
        var at = Start;
        for (var i = 0; i < 6; i++)
        {
            List<SightChange> changes = [];
            while (changes.Count < 20_000)
            {
                at = at.AddSeconds(1);
                changes.Add(new SightChange(at, "gate", "gate", (Sight)(1 + (changes.Count % 2)), "it comes and goes"));
            }

            file.Append(changes, at);
        }

        var read = new CoverageFile(_directory.Path).Read().Changes;

        Assert.Equal(steady, Assert.Single(read, change => change.Pipeline == "door" && change.Sight == Sight.Watching));
        var gate = read.Where(change => change.Pipeline == "gate").ToList();
        Assert.Equal(gate.Distinct(), gate);
    }

    [Fact]
    public void Observe_PipelineLeavesTheConfiguration_IsOff()
    {
        var ledger = new CoverageLedger();
        ledger.Observe([Status(PipelineState.Watching)], Start);

        ledger.Observe([], Start.AddSeconds(5));

        Assert.Equal(Sight.Off, ledger.Query("door", null, null)[^1].Sight);
    }

    [Fact]
    public void Read_AfterACrash_ClaimsNothingForTheTimeInWhichTheProgramDidNotRun()
    {
        var file = new CoverageFile(_directory.Path);
        file.Append(new CoverageLedger().Observe([Status(PipelineState.Watching)], Start), Start);
        file.Append([], Start.AddMinutes(5)); // the last sign of life
        File.AppendAllText(_directory["coverage.jsonl"], "{\"at\":"); // cut off
        File.SetLastWriteTimeUtc(_directory["coverage.jsonl"], Start.AddMinutes(5).UtcDateTime);

        var again = new CoverageFile(_directory.Path);
        again.Append(again.Read().Ends, Start.AddMinutes(9)); // by the next run, as soon as the disk can be written
        var ledger = Recalled(new CoverageFile(_directory.Path).Read().Changes);

        var intervals = ledger.Query(null, null, null);
        Assert.Equal([Sight.Watching, Sight.Off], intervals.Select(interval => interval.Sight));
        Assert.Equal(Start.AddMinutes(5), intervals[0].To);
    }

    [Fact]
    public void Query_AnotherCameraComesAndGoesTooOften_TheSteadyOneIsNotForgotten()
    {
        var ledger = new CoverageLedger();
        for (var i = 0; i <= CoverageLedger.Kept + 10; i++)
        {
            var other = Status(i % 2 == 0 ? PipelineState.Watching : PipelineState.Waiting, "no route to host") with { Name = "gate" };
            ledger.Observe([Status(PipelineState.Watching), other], Start.AddSeconds(10 * i));
        }

        var steady = Assert.Single(ledger.Query("door", null, null));
        Assert.Equal((Sight.Watching, Start), (steady.Sight, steady.From));
        Assert.InRange(ledger.Query("gate", null, null).Count, CoverageLedger.Kept - 10, CoverageLedger.Kept + 1);
    }

    [Fact]
    public void Recall_FileWasReadLate_WhatThisRunSawMeanwhileFollows()
    {
        var ledger = new CoverageLedger();
        ledger.Observe([Status(PipelineState.Watching)], Start.AddMinutes(9));

        ledger.Recall([SightChange.Of(Status(PipelineState.Watching), Start), SightChange.Of(Status(PipelineState.Stopped), Start.AddMinutes(5))]);

        Assert.Equal(
            [(Sight.Watching, Start), (Sight.Off, Start.AddMinutes(5)), (Sight.Watching, Start.AddMinutes(9))],
            ledger.Query(null, null, null).Select(interval => (interval.Sight, interval.From)));
        Assert.Empty(ledger.Observe([Status(PipelineState.Watching)], Start.AddMinutes(10)));
    }

    private static CoverageLedger Recalled(IEnumerable<SightChange> former)
    {
        var ledger = new CoverageLedger();
        ledger.Recall(former);
        return ledger;
    }

    private static PipelineStatus Status(PipelineState state, string? error = null) =>
        new("door", "camera", state, HealthState.Healthy, 0, 0, 0, 0, error);
}

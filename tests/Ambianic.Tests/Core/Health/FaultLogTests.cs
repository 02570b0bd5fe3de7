using Ambianic.Core.Health;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Core.Health;

public sealed class FaultLogTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(15)]
    [InlineData(40)]
    [InlineData(300)]
    public void Fail_CameraThatComesAndGoesForADay_IsOneOutage(int seconds)
    {
        var outage = new FaultLog(_time);
        List<FaultChange> told = [];
        for (var passed = 0; passed < 24 * 3600; passed += seconds)
        {
            told.Add(outage.Fail("broke off").Change);
            for (var watched = 0; watched < seconds; watched += 5)
            {
                told.AddRange(outage.Succeed() is { } over ? [over.Change] : Array.Empty<FaultChange>());
                _time.Advance(TimeSpan.FromSeconds(5));
            }
        }

        Assert.InRange(told.Count(change => change != FaultChange.None), 100, 160);
        Assert.InRange(told.Count(change => change == FaultChange.Over), 1, 7);
    }

    [Fact]
    public void Fail_LongAfterItWasBack_IsANewOutageAtOnceAndEndsAsSoon()
    {
        var outage = new FaultLog(_time);
        for (var day = 0; day < 9; day++)
        {
            Assert.Equal(FaultChange.Begun, outage.Fail("broke off").Change);
            Assert.Null(outage.Succeed());
            _time.Advance(FaultLog.OverAfter);
            Assert.Equal(FaultChange.Over, outage.Succeed()?.Change);
            _time.Advance(TimeSpan.FromDays(1));
        }
    }

    [Fact]
    public void Fail_ForTheSameReason_IsToldAgainAfterTenMinutes()
    {
        var log = new FaultLog(_time);
        var begun = _time.GetLocalNow();
        log.Fail("broke off");

        _time.Advance(FaultLog.SummaryEvery - TimeSpan.FromSeconds(1));
        Assert.Equal(FaultChange.None, log.Fail("broke off").Change);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new FaultLogReport(FaultChange.GoesOn, begun, FaultLog.SummaryEvery, 3), log.Fail("broke off"));
        _time.Advance(FaultLog.SummaryEvery - TimeSpan.FromSeconds(1));
        Assert.Equal(FaultChange.None, log.Fail("broke off").Change);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(FaultChange.GoesOn, log.Fail("broke off").Change);
    }

    [Fact]
    public void Fail_ForOtherReasons_EachIsToldOnceAndEightAtMost()
    {
        var log = new FaultLog(_time);
        Assert.Equal(FaultChange.Begun, log.Fail("no answer in 3 s").Change);
        Assert.Equal(FaultChange.None, log.Fail("no answer in 14 s").Change); // numbers make no new reason

        var told = "abcdefghij".Select(letter => log.Fail($"reason {letter}").Change).ToList();

        Assert.Equal([.. Enumerable.Repeat(FaultChange.OtherReason, 7), .. Enumerable.Repeat(FaultChange.None, 3)], told);
        Assert.Equal(FaultChange.None, log.Fail("reason a").Change);
    }

    [Fact]
    public void Fail_AFaultLongAfterAnother_TellsTheSameReasonsAnew()
    {
        var log = new FaultLog(_time);
        log.Fail("broke off");
        log.Fail("no answer");
        End(log);
        _time.Advance(FaultLog.SummaryEvery);

        Assert.Equal(FaultChange.Begun, log.Fail("broke off").Change);
        Assert.Equal(FaultChange.OtherReason, log.Fail("no answer").Change);
    }

    [Fact]
    public void Succeed_WellForLongEnough_SaysHowLongTheFaultLasted()
    {
        var log = new FaultLog(_time);
        Assert.Null(log.Succeed());
        Assert.False(log.IsOpen);
        var begun = _time.GetLocalNow();
        log.Fail("broke off");
        _time.Advance(TimeSpan.FromSeconds(7));
        log.Fail("broke off");
        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.Null(log.Succeed());
        _time.Advance(FaultLog.OverAfter - TimeSpan.FromSeconds(1));
        Assert.Null(log.Succeed());
        Assert.True(log.IsOpen);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new FaultLogReport(FaultChange.Over, begun, TimeSpan.FromSeconds(10), 2), log.Succeed());
        Assert.False(log.IsOpen);
        Assert.Null(log.Succeed());
    }

    [Fact]
    public void Succeed_FailsAgainMeanwhile_TheTimeThatItWasWellCountsAnew()
    {
        var log = new FaultLog(_time);
        log.Fail("broke off");
        Assert.Null(log.Succeed());
        _time.Advance(TimeSpan.FromSeconds(9));
        log.Fail("broke off");
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(log.Succeed());
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Null(log.Succeed());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(log.Succeed());
    }

    [Fact]
    public void Succeed_FaultThatCameBackSoon_HasToBeWellTwiceAsLong()
    {
        var log = new FaultLog(_time);
        log.Fail("broke off");
        End(log);
        _time.Advance(FaultLog.SummaryEvery - TimeSpan.FromSeconds(1));
        log.Fail("broke off");

        Assert.Null(log.Succeed());
        _time.Advance((2 * FaultLog.OverAfter) - TimeSpan.FromSeconds(1));
        Assert.Null(log.Succeed());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(log.Succeed());
    }

    [Theory]
    [InlineData(59.94, "59.9 s")]
    [InlineData(60, "1 min 0 s")]
    [InlineData(3599, "59 min 59 s")]
    [InlineData(3600, "1 h 0 min")]
    [InlineData(86399, "23 h 59 min")]
    [InlineData(86400, "1 d 0 h")]
    public void Duration_OfAFault_HasTwoUnits(double seconds, string expected) =>
        Assert.Equal(expected, new FaultLogReport(FaultChange.Over, default, TimeSpan.FromSeconds(seconds), 1).Duration);

    [Theory]
    [InlineData(1, "1 attempt")]
    [InlineData(2, "2 attempts")]
    public void Count_OfAFault_SaysHowOftenItWasTried(int attempts, string expected) =>
        Assert.Equal(expected, new FaultLogReport(FaultChange.Over, default, default, attempts).Count);

    private void End(FaultLog log)
    {
        Assert.Null(log.Succeed());
        _time.Advance(FaultLog.OverAfter);
        Assert.NotNull(log.Succeed());
    }
}

using Ambianic.Core.Health;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Core.Health;

public sealed class CrashHistoryTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Add_FiveCrashesInAMinute_AreAnsweredAtOnceAndTheNextEverLater()
    {
        var history = new CrashHistory(_time);

        var waits = Enumerable.Range(0, 9).Select(_ => Crash(history).TotalSeconds).ToList();

        Assert.All(waits[..5], wait => Assert.InRange(wait, 0, 1));
        Assert.InRange(waits[5], 5, 10);
        Assert.InRange(waits[6], 10, 20);
        Assert.InRange(waits[8], 40, 80);
    }

    [Fact]
    public void Add_AfterARunOfAMinute_IsAnsweredAtOnceAgain()
    {
        var history = new CrashHistory(_time);
        for (var i = 0; i < 7; i++)
        {
            Crash(history);
        }

        _time.Advance(TimeSpan.FromSeconds(60));

        Assert.InRange(Crash(history).TotalSeconds, 0, 1);
    }

    [Fact]
    public void Add_ShortOfARunOfAMinute_IsAnsweredEverLater()
    {
        var history = new CrashHistory(_time);
        for (var i = 0; i < 7; i++)
        {
            Crash(history);
        }

        _time.Advance(TimeSpan.FromSeconds(58)); // and one more until the crash

        Assert.InRange(Crash(history).TotalSeconds, 20, 40);
    }

    [Fact]
    public void Add_CrashesThatAreRare_AreAlwaysAnsweredAtOnce()
    {
        var history = new CrashHistory(_time);

        var waits = Enumerable.Range(0, 30).Select(_ =>
        {
            _time.Advance(TimeSpan.FromSeconds(12)); // five a minute
            return Crash(history);
        }).ToList();

        Assert.All(waits, wait => Assert.Equal(TimeSpan.FromSeconds(0.5), wait));
    }

    private TimeSpan Crash(CrashHistory history)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        var wait = history.Add(new Random(1));
        _time.Advance(wait);
        return wait;
    }
}

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

    private TimeSpan Crash(CrashHistory history)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        var wait = history.Add(new Random(1));
        _time.Advance(wait);
        return wait;
    }
}

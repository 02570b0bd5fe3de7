using Ambianic.Core.Health;

namespace Ambianic.Tests.Core.Health;

public sealed class PauseWatchTests
{
    private readonly TwoClocks _time = new();

    [Fact]
    public void Observe_InRhythm_SeesNothing()
    {
        var watch = new PauseWatch(TimeSpan.FromSeconds(1), _time);

        for (var i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1.2)); // a little late is nothing
            Assert.Null(watch.Observe());
        }
    }

    [Fact]
    public void Observe_MuchTooLate_SaysHowLongItStood()
    {
        var watch = new PauseWatch(TimeSpan.FromSeconds(1), _time);

        _time.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal(TimeSpan.FromSeconds(30), watch.Observe()!.Stood);
        Assert.Null(watch.Observe());
    }

    [Theory]
    [InlineData(3600, "forward")]
    [InlineData(-3600, "back")]
    public void Observe_ClockIsSet_SaysSoAndExcludesNoSilence(int seconds, string direction)
    {
        var watch = new PauseWatch(TimeSpan.FromSeconds(1), _time);

        _time.Step = TimeSpan.FromSeconds(seconds);
        var interruption = watch.Observe()!;

        Assert.Equal(TimeSpan.Zero, interruption.Stood);
        Assert.Contains(direction, interruption.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5.9, false)]
    [InlineData(6, true)]
    public void Observe_Late_SaysSoFromFiveSecondsOn(double seconds, bool isSaid)
    {
        var watch = new PauseWatch(TimeSpan.FromSeconds(1), _time);

        _time.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal(isSaid, watch.Observe() is not null);
    }

    [Theory]
    [InlineData(4.9, null)]
    [InlineData(5, "moved forward by 5 s")]
    [InlineData(-4.9, null)]
    [InlineData(-5, "set back by 5 s")]
    public void Observe_ClockIsSetALittle_SaysSoFromFiveSecondsOn(double seconds, string? expected)
    {
        var watch = new PauseWatch(TimeSpan.FromSeconds(1), _time);

        _time.Step = TimeSpan.FromSeconds(seconds);

        var reason = watch.Observe()?.Reason;
        Assert.Equal(expected is null, reason is null);
        Assert.Contains(expected ?? "", reason ?? "", StringComparison.Ordinal);
    }
}

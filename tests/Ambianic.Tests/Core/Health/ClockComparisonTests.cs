using Ambianic.Core.Health;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Core.Health;

public sealed class ClockComparisonTests
{
    [Fact]
    public void Observe_ClockIsSetWhileTimePasses_TellsBothApart()
    {
        var time = new TwoClocks();
        var clocks = new ClockComparison(time);

        time.Advance(TimeSpan.FromSeconds(90));
        time.Step = TimeSpan.FromHours(-1);

        Assert.Equal((TimeSpan.FromSeconds(90), TimeSpan.FromHours(-1)), clocks.Observe());
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), clocks.Observe());
    }

    [Fact]
    public void Observe_ThreadIsPausedBetweenTheReadings_IsNoStep()
    {
        var time = new PausingClock();
        var clocks = new ClockComparison(time);

        time.PauseNext = TimeSpan.FromMinutes(5);

        Assert.Equal((TimeSpan.FromMinutes(5), TimeSpan.Zero), clocks.Observe());
    }

    /// <summary>Time passes while somebody reads the wall clock.</summary>
    private sealed class PausingClock : FakeTimeProvider
    {
        public TimeSpan PauseNext { get; set; }

        public override DateTimeOffset GetUtcNow()
        {
            var (now, pause) = (base.GetUtcNow(), PauseNext);
            PauseNext = TimeSpan.Zero;
            Advance(pause);
            return now;
        }

        public override long GetTimestamp() => base.GetUtcNow().Ticks;
    }
}

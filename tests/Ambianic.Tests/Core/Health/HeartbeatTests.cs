using Ambianic.Core.Health;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Core.Health;

public sealed class HeartbeatTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Silence_AfterABeat_CountsFromIt()
    {
        var heart = new Heartbeat(_time);
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal((0, TimeSpan.FromSeconds(9)), (heart.Count, heart.Silence));

        heart.Beat();
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal((1, TimeSpan.FromSeconds(2)), (heart.Count, heart.Silence));
    }

    [Fact]
    public void Restart_AfterSilence_CountsFromNowAndIsNoBeat()
    {
        var heart = new Heartbeat(_time);
        _time.Advance(TimeSpan.FromSeconds(9));

        heart.Restart();

        Assert.Equal((0, TimeSpan.Zero), (heart.Count, heart.Silence));
    }

    [Theory]
    [InlineData(20, 10)]
    [InlineData(30, 0)]
    [InlineData(90, 0)] // silence is never below zero
    public void Exclude_APause_ShortensTheSilence(int pause, int left)
    {
        var heart = new Heartbeat(_time);
        _time.Advance(TimeSpan.FromSeconds(30));

        heart.Exclude(TimeSpan.FromSeconds(pause));

        Assert.Equal(TimeSpan.FromSeconds(left), heart.Silence);
    }
}

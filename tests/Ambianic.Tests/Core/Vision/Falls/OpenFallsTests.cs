using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;
using Ambianic.Core.Vision.Falls.Rules;
using Ambianic.Core.Vision.Tracking;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Core.Vision.Falls;

public sealed class OpenFallsTests
{
    private static readonly FallMemory Somebody = new(
        TimeSpan.FromSeconds(10),
        [new OpenFall(3, new Body(new Box(0, 0.8f, 0.5f, 1), 0.5f, []), FallState.Fallen, new FallEvidence(), false, 0.9f, 0.6f)]);

    private readonly FakeTimeProvider _time = new();
    private readonly OpenFalls _open;

    public OpenFallsTests() => _open = new OpenFalls(_time);

    [Fact]
    public void Take_AMinuteLater_SaysThatTheyLieForAMinuteMore()
    {
        _open.Keep("door", Somebody);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal((TimeSpan.FromSeconds(70), Somebody.Falls), _open.Take("door", new LyingRule()) is { } memory ? (memory.At, memory.Falls) : default);
        Assert.Null(_open.Take("door", new LyingRule())); // one goes on with them, not two
    }

    [Theory]
    [InlineData(110, true)]
    [InlineData(130, false)]
    public void Take_NobodyWatchedForTwoMinutes_KnowsNothing(int seconds, bool isKnown)
    {
        _open.Keep("door", Somebody);
        _time.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal(isKnown, _open.Take("door", new LyingRule()) is not null);
    }

    [Fact]
    public void Take_TheyGotUpMeanwhile_KnowsNothing()
    {
        _open.Keep("door", Somebody);
        _open.Keep("door", Somebody with { Falls = [] });

        Assert.Null(_open.Take("door", new LyingRule()));
    }
}

using Ambianic.Core.Health;
using Ambianic.Core.Visibility;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Core.Visibility;

/// <summary>What the log says of outages, all of it: the lines of the pipeline itself too, where a camera is away.</summary>
public sealed class OutageLogTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly FakeTimeProvider _time = new();
    private readonly OutageNotifier _notifier;
    private readonly OutageLog _log;
    private readonly FaultLog _connection;

    public OutageLogTests() => (_notifier, _log, _connection) = (new(_time), new(_time), new(_time));

    [Fact]
    public void Observe_PictureIsBlackForADay_IsSixLinesAnHourAndOneForItsEnd()
    {
        Assert.Empty(Live(60));
        var began = _time.GetLocalNow().AddSeconds(1); // the first black picture

        var told = Live(24 * 3600, PictureState.Black);
        Assert.Equal((OutageLineKind.Begun, "10.0 s", "the picture is black"), (told[0].Kind, told[0].Duration, told[0].Reason));
        Assert.InRange(told.Count, 120, 146);
        Assert.All(told.Skip(1), line => Assert.Equal((OutageLineKind.GoesOn, began), (line.Kind, line.Since)));

        Assert.Equal((OutageLineKind.Over, "1 d 0 h"), Live(60) is [var over] ? (over.Kind, over.Duration) : default);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(60)]
    [InlineData(300)]
    public void Observe_PictureIsBlackAndGoodInTurnForADay_IsAFewLinesAnHour(int seconds)
    {
        List<OutageLine> told = [];
        for (var passed = 0; passed < 24 * 3600; passed += 2 * seconds)
        {
            told.AddRange(Live(seconds, PictureState.Black));
            told.AddRange(Live(seconds));
        }

        Assert.InRange(told.Count, 100, 160);
        Assert.InRange(told.Count(line => line.Kind == OutageLineKind.Over), 1, 7);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(60)]
    [InlineData(300)]
    public void Observe_CameraComesAndGoesForADay_IsLoggedByThePipelineAlone(int seconds)
    {
        List<FaultChange> logged = [];
        List<OutageLine> told = [];
        for (var passed = 0; passed < 24 * 3600; passed += 2 * seconds)
        {
            for (var away = 0; away < seconds; away += 5)
            {
                logged.Add(_connection.Fail("no route to host").Change);
                told.AddRange(Live(5, phase: PipelinePhase.Waiting));
            }

            for (var here = 0; here < seconds; here++)
            {
                logged.AddRange(_connection.Succeed() is { } over ? [over.Change] : Array.Empty<FaultChange>());
                told.AddRange(Live(1));
            }
        }

        Assert.Empty(told);
        Assert.InRange(logged.Count(change => change != FaultChange.None), 100, 160);
    }

    [Fact]
    public void Observe_CameraComesBackBlack_IsTold()
    {
        _connection.Fail("no route to host");
        Assert.Empty(Live(60, phase: PipelinePhase.Waiting));

        Assert.Equal(OutageLineKind.Begun, Assert.Single(Live(60, PictureState.Black)).Kind);
    }

    [Fact]
    public void Observe_OutageOfAnEarlierRun_OnlyItsEndIsTold()
    {
        var last = new OutageReport("door", "camera", _time.GetUtcNow().AddHours(-8), VisibilityState.Black, _time.GetUtcNow().AddHours(-8), "the picture is black");
        _notifier.Resume(last);
        _log.Resume(last);

        Assert.Empty(Live(60, PictureState.Black));
        Assert.Equal((OutageLineKind.Over, "8 h 1 min"), Live(60) is [var over] ? (over.Kind, over.Duration) : default);
    }

    private List<OutageLine> Live(int seconds, PictureState picture = PictureState.Good, PipelinePhase phase = PipelinePhase.Receiving)
    {
        List<OutageLine> told = [];
        for (var i = 0; i < seconds; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            var facts = new PipelineFacts("door", "camera", phase) { Picture = picture, IsAway = _connection.IsOpen };
            var snapshot = new HealthSnapshot(
                _time.GetUtcNow(), _time.GetTimestamp(), [PipelineHealth.Of(facts, HealthPolicy.Default, _time.GetUtcNow(), null)], null);
            told.AddRange(_log.Observe(snapshot, _notifier.Observe(snapshot, Patience)));
        }

        return told;
    }
}

using Ambianic.Core.Health;
using Ambianic.Core.Visibility;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Core.Visibility;

public sealed class OutageNotifierTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly FakeTimeProvider _time = new();
    private readonly OutageNotifier _notifier;

    public OutageNotifierTests() => _notifier = new OutageNotifier(_time);

    [Fact]
    public void Observe_CameraIsAwayForLong_IsToldOnceAndThenThatItSeesAgain()
    {
        Assert.Empty(Live(20, PipelinePhase.Receiving));
        var began = _time.GetUtcNow();

        var blind = Assert.Single(Live(60, PipelinePhase.Waiting, "no route to host"));
        Assert.Equal(("door", "camera", VisibilityState.NoVideo, began, began, "no route to host"),
            (blind.Pipeline, blind.Source, blind.Visibility, blind.At, blind.OutageSince, blind.Reason));

        var back = _time.GetUtcNow();
        var sees = Assert.Single(Live(60, PipelinePhase.Receiving));
        Assert.Equal((VisibilityState.Visible, back, began, "no route to host"), (sees.Visibility, sees.At, sees.OutageSince, sees.Reason));
    }

    [Fact]
    public void Observe_ConnectionIsBackSoonAgainAndAgain_NobodyIsAlarmed()
    {
        for (var i = 0; i < 20; i++)
        {
            Assert.Empty(Live(30, PipelinePhase.Receiving));
            Assert.Empty(Live(5, PipelinePhase.Waiting, "it ended"));
        }
    }

    [Fact]
    public void Observe_CameraGivesAPictureNowAndThen_IsToldThoughItIsNeverAwayForLong()
    {
        Assert.Empty(Live(20, PipelinePhase.Receiving));

        List<OutageReport> told = [];
        for (var i = 0; i < 10; i++)
        {
            told.AddRange(Live(7, PipelinePhase.Receiving, growsSilent: true));
            told.AddRange(Live(1, PipelinePhase.Waiting, "no picture came", silence: 7));
        }

        Assert.Equal(VisibilityState.NoVideo, Assert.Single(told).Visibility);
        Assert.Equal(VisibilityState.Visible, Assert.Single(Live(60, PipelinePhase.Receiving)).Visibility);
    }

    [Fact]
    public void Observe_FrozenCameraConnectsAgainAndAgain_IsToldOnce()
    {
        Assert.Empty(Live(20, PipelinePhase.Receiving));

        List<OutageReport> told = [];
        for (var i = 0; i < 30; i++)
        {
            told.AddRange(Live(36, PipelinePhase.Receiving, picture: PictureState.Frozen));
            told.AddRange(Live(4, PipelinePhase.Waiting, "it answers 500"));
        }

        Assert.Equal(VisibilityState.Frozen, Assert.Single(told).Visibility);
    }

    [Fact]
    public void Observe_FirstStart_DoesNotSayThatItSeesAgain()
    {
        Assert.Empty(Live(300, PipelinePhase.Preparing)); // a model is fetched
        Assert.Empty(Live(3, PipelinePhase.Connecting));
        Assert.Empty(Live(60, PipelinePhase.Receiving));
    }

    [Fact]
    public void Observe_CameraIsAwayFromTheStart_IsTold() =>
        Assert.Equal(VisibilityState.NoVideo, Assert.Single(Live(20, PipelinePhase.Connecting)).Visibility);

    [Fact]
    public void Observe_BlindThenBlackThenGood_TellsEachAndFromWhenOnNothingWasSeen()
    {
        Live(20, PipelinePhase.Receiving);
        var began = _time.GetUtcNow();
        Live(20, PipelinePhase.Waiting, "it ended");

        var black = Assert.Single(Live(20, PipelinePhase.Receiving, picture: PictureState.Black));
        var sees = Assert.Single(Live(20, PipelinePhase.Receiving));

        Assert.Equal((VisibilityState.Black, began, began.AddSeconds(20)), (black.Visibility, black.OutageSince, black.At));
        Assert.Equal((VisibilityState.Visible, began, began.AddSeconds(40)), (sees.Visibility, sees.OutageSince, sees.At));
    }

    [Fact]
    public void Observe_RestartWhileBlind_TellsOnlyTheEnd()
    {
        var began = _time.GetUtcNow().AddHours(-8);
        _notifier.Resume(new OutageReport("door", "camera", began, VisibilityState.NoVideo, began, "no route to host"));

        Assert.Empty(Live(60, PipelinePhase.Connecting));
        var sees = Assert.Single(Live(60, PipelinePhase.Receiving));

        Assert.Equal((VisibilityState.Visible, began, "no route to host"), (sees.Visibility, sees.OutageSince, sees.Reason));
    }

    [Theory]
    [InlineData(VisibilityState.Frozen, PictureState.Frozen, 60)]
    [InlineData(VisibilityState.Black, PictureState.Black, 10)]
    [InlineData(VisibilityState.Covered, PictureState.Covered, 10)]
    public void Observe_RestartWhileThePictureIsOfNoUse_DoesNotSayThatItSeesBeforeItCanKnow(VisibilityState sight, PictureState picture, int toKnow)
    {
        var began = _time.GetUtcNow().AddHours(-8);
        _notifier.Resume(new OutageReport("door", "camera", began, sight, began, "of no use"));

        Assert.Empty(Live(toKnow, PipelinePhase.Receiving));
        Assert.Empty(Live(60, PipelinePhase.Receiving, picture: picture));
        Assert.Equal(VisibilityState.Visible, Assert.Single(Live(15, PipelinePhase.Receiving)).Visibility);
    }

    [Fact]
    public void Observe_RestartAfterThePictureHadFrozen_TellsThatItMovesAgain()
    {
        var began = _time.GetUtcNow().AddHours(-8);
        _notifier.Resume(new OutageReport("door", "camera", began, VisibilityState.Frozen, began, "always the same"));

        Assert.Equal((VisibilityState.Visible, began), Live(62, PipelinePhase.Receiving) is [var sees] ? (sees.Visibility, sees.OutageSince) : default);
    }

    [Theory]
    [InlineData(nameof(PipelinePhase.Stopped))]
    [InlineData(nameof(PipelinePhase.Ended))]
    public void Observe_NotWatchingOnPurpose_IsNotTold(string phase)
    {
        Live(20, PipelinePhase.Receiving);

        Assert.Empty(Live(60, Enum.Parse<PipelinePhase>(phase)));
    }

    [Fact]
    public void Observe_ItsConfigurationIsWrong_TellsThatNobodyWatches()
    {
        var report = Assert.Single(Live(60, PipelinePhase.Disabled, "config.yaml:3:5: \"sauce\" is not known"));

        Assert.Equal((VisibilityState.NoVideo, "its configuration is wrong: config.yaml:3:5: \"sauce\" is not known"), (report.Visibility, report.Reason));
    }

    [Fact]
    public void Observe_GoneFromTheConfigurationMeanwhile_CountsFromItsReturn()
    {
        Live(20, PipelinePhase.Receiving);
        Live(5, PipelinePhase.Waiting, "it ended");
        _time.Advance(TimeSpan.FromHours(1));
        _notifier.Observe(Snapshot(), Patience);

        Assert.Empty(Live(5, PipelinePhase.Waiting, "it ended"));
        Assert.Single(Live(10, PipelinePhase.Waiting, "it ended"));
    }

    /// <summary>Lets a phase last for some seconds, with two snapshots a second.</summary>
    private List<OutageReport> Live(int seconds, PipelinePhase phase, string? error = null, PictureState picture = PictureState.Good, double silence = 0, bool growsSilent = false)
    {
        List<OutageReport> told = [];
        for (var i = 0; i < 2 * seconds; i++)
        {
            var facts = new PipelineFacts("door", "camera", phase) { LastError = error, Picture = picture, Silence = TimeSpan.FromSeconds(growsSilent ? i / 2.0 : silence) };
            told.AddRange(_notifier.Observe(Snapshot(PipelineHealth.Of(facts, HealthPolicy.Default, _time.GetUtcNow(), null)), Patience));
            _time.Advance(TimeSpan.FromSeconds(0.5));
        }

        return told;
    }

    private HealthSnapshot Snapshot(params PipelineHealth[] pipelines) => new(_time.GetUtcNow(), _time.GetTimestamp(), pipelines, null);
}

using Ambianic.Core.Health;
using Ambianic.Core.Visibility;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Core.Visibility;

public sealed class SightNewsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly FakeTimeProvider _time = new();
    private readonly SightNews _news;

    public SightNewsTests() => _news = new SightNews(_time);

    [Fact]
    public void Observe_CameraIsAwayForLong_IsToldOnceAndThenThatItSeesAgain()
    {
        Assert.Empty(Live(20, PipelineState.Watching));
        var began = _time.GetUtcNow();

        var blind = Assert.Single(Live(60, PipelineState.Waiting, "no route to host"));
        Assert.Equal(("door", "camera", Sight.Blind, began, began, "no route to host"),
            (blind.Pipeline, blind.Source, blind.Sight, blind.At, blind.BlindSince, blind.Reason));

        var back = _time.GetUtcNow();
        var sees = Assert.Single(Live(60, PipelineState.Watching));
        Assert.Equal((Sight.Watching, back, began, "no route to host"), (sees.Sight, sees.At, sees.BlindSince, sees.Reason));
    }

    [Fact]
    public void Observe_ConnectionIsBackSoonAgainAndAgain_NobodyIsAlarmed()
    {
        for (var i = 0; i < 20; i++)
        {
            Assert.Empty(Live(30, PipelineState.Watching));
            Assert.Empty(Live(5, PipelineState.Waiting, "it ended"));
        }
    }

    [Fact]
    public void Observe_CameraGivesAPictureNowAndThen_IsToldThoughItIsNeverAwayForLong()
    {
        Assert.Empty(Live(20, PipelineState.Watching));

        List<SightReport> told = [];
        for (var i = 0; i < 10; i++)
        {
            told.AddRange(Live(7, PipelineState.Watching, growsSilent: true));
            told.AddRange(Live(1, PipelineState.Waiting, "no picture came", silence: 7));
        }

        Assert.Equal(Sight.Blind, Assert.Single(told).Sight);
        Assert.Equal(Sight.Watching, Assert.Single(Live(60, PipelineState.Watching)).Sight);
    }

    [Fact]
    public void Observe_FrozenCameraConnectsAgainAndAgain_IsToldOnce()
    {
        Assert.Empty(Live(20, PipelineState.Watching));

        List<SightReport> told = [];
        for (var i = 0; i < 30; i++)
        {
            told.AddRange(Live(36, PipelineState.Watching, picture: PictureState.Frozen));
            told.AddRange(Live(4, PipelineState.Waiting, "it answers 500"));
        }

        Assert.Equal(Sight.Frozen, Assert.Single(told).Sight);
    }

    [Fact]
    public void Observe_FirstStart_DoesNotSayThatItSeesAgain()
    {
        Assert.Empty(Live(300, PipelineState.Preparing)); // a model is fetched
        Assert.Empty(Live(3, PipelineState.Connecting));
        Assert.Empty(Live(60, PipelineState.Watching));
    }

    [Fact]
    public void Observe_CameraIsAwayFromTheStart_IsTold() =>
        Assert.Equal(Sight.Blind, Assert.Single(Live(20, PipelineState.Connecting)).Sight);

    [Fact]
    public void Observe_BlindThenBlackThenGood_TellsEachAndFromWhenOnNothingWasSeen()
    {
        Live(20, PipelineState.Watching);
        var began = _time.GetUtcNow();
        Live(20, PipelineState.Waiting, "it ended");

        var black = Assert.Single(Live(20, PipelineState.Watching, picture: PictureState.Black));
        var sees = Assert.Single(Live(20, PipelineState.Watching));

        Assert.Equal((Sight.Black, began, began.AddSeconds(20)), (black.Sight, black.BlindSince, black.At));
        Assert.Equal((Sight.Watching, began, began.AddSeconds(40)), (sees.Sight, sees.BlindSince, sees.At));
    }

    [Fact]
    public void Observe_RestartWhileBlind_TellsOnlyTheEnd()
    {
        var began = _time.GetUtcNow().AddHours(-8);
        _news.Resume(new SightReport("door", "camera", began, Sight.Blind, began, "no route to host"));

        Assert.Empty(Live(60, PipelineState.Connecting));
        var sees = Assert.Single(Live(60, PipelineState.Watching));

        Assert.Equal((Sight.Watching, began, "no route to host"), (sees.Sight, sees.BlindSince, sees.Reason));
    }

    [Theory]
    [InlineData(Sight.Frozen, PictureState.Frozen, 60)]
    [InlineData(Sight.Black, PictureState.Black, 10)]
    [InlineData(Sight.Covered, PictureState.Covered, 10)]
    public void Observe_RestartWhileThePictureIsOfNoUse_DoesNotSayThatItSeesBeforeItCanKnow(Sight sight, PictureState picture, int toKnow)
    {
        var began = _time.GetUtcNow().AddHours(-8);
        _news.Resume(new SightReport("door", "camera", began, sight, began, "of no use"));

        Assert.Empty(Live(toKnow, PipelineState.Watching));
        Assert.Empty(Live(60, PipelineState.Watching, picture: picture));
        Assert.Equal(Sight.Watching, Assert.Single(Live(15, PipelineState.Watching)).Sight);
    }

    [Fact]
    public void Observe_RestartAfterThePictureHadFrozen_TellsThatItMovesAgain()
    {
        var began = _time.GetUtcNow().AddHours(-8);
        _news.Resume(new SightReport("door", "camera", began, Sight.Frozen, began, "always the same"));

        Assert.Equal((Sight.Watching, began), Live(62, PipelineState.Watching) is [var sees] ? (sees.Sight, sees.BlindSince) : default);
    }

    [Theory]
    [InlineData(PipelineState.Stopped)]
    [InlineData(PipelineState.Ended)]
    public void Observe_NotWatchingOnPurpose_IsNoNews(PipelineState state)
    {
        Live(20, PipelineState.Watching);

        Assert.Empty(Live(60, state));
    }

    [Fact]
    public void Observe_ItsConfigurationIsWrong_TellsThatNobodyWatches()
    {
        var report = Assert.Single(Live(60, PipelineState.Disabled, "config.yaml:3:5: \"sauce\" is not known"));

        Assert.Equal((Sight.Blind, "its configuration is wrong: config.yaml:3:5: \"sauce\" is not known"), (report.Sight, report.Reason));
    }

    [Fact]
    public void Observe_GoneFromTheConfigurationMeanwhile_CountsFromItsReturn()
    {
        Live(20, PipelineState.Watching);
        Live(5, PipelineState.Waiting, "it ended");
        _time.Advance(TimeSpan.FromHours(1));
        _news.Observe([], Patience);

        Assert.Empty(Live(5, PipelineState.Waiting, "it ended"));
        Assert.Single(Live(10, PipelineState.Waiting, "it ended"));
    }

    /// <summary>Lets a state last for some seconds, looked at twice a second.</summary>
    private List<SightReport> Live(int seconds, PipelineState state, string? error = null, PictureState picture = PictureState.Good, double silence = 0, bool growsSilent = false)
    {
        List<SightReport> told = [];
        for (var i = 0; i < 2 * seconds; i++)
        {
            told.AddRange(_news.Observe([new("door", "camera", state, HealthState.Healthy, growsSilent ? i / 2.0 : silence, 0, 0, 0, error) { Picture = picture }], Patience));
            _time.Advance(TimeSpan.FromSeconds(0.5));
        }

        return told;
    }
}

using Ambianic.Core.Frames;
using Ambianic.Core.Health;

namespace Ambianic.Tests.Core.Health;

public sealed class HealthRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 10, 0, 0, TimeSpan.Zero);

    /// <summary>Every state that people are told, from the facts that lead to it. Silence in seconds; stalled after 40, terminal after 120.</summary>
    public static TheoryData<string, PipelineState, VisibilityState, string?> Cases => new()
    {
        { "NotStarted", PipelineState.Starting, VisibilityState.NoVideo, "it is starting" },
        { "NotStarted error", PipelineState.Reconnecting, VisibilityState.NoVideo, "it broke" },
        { "Preparing error", PipelineState.Starting, VisibilityState.NoVideo, "it broke" },
        { "Preparing", PipelineState.Starting, VisibilityState.NoVideo, "a model is being fetched" },
        { "Preparing silent 599", PipelineState.Starting, VisibilityState.NoVideo, "a model is being fetched" },
        { "Preparing silent 600", PipelineState.Terminal, VisibilityState.NoVideo, "a model is being fetched" },
        { "Preparing silent 119 rebuilt healing", PipelineState.Healing, VisibilityState.NoVideo, "a model is being fetched" },
        { "Preparing silent 120 rebuilt", PipelineState.Terminal, VisibilityState.NoVideo, "a model is being fetched" },
        { "Connecting", PipelineState.Starting, VisibilityState.NoVideo, "no picture has come yet" },
        { "Connecting keyframe", PipelineState.Starting, VisibilityState.NoVideo, "no key frame" },
        { "Connecting error", PipelineState.Reconnecting, VisibilityState.NoVideo, "it broke" },
        { "Connecting processed", PipelineState.Reconnecting, VisibilityState.NoVideo, "no picture has come yet" },
        { "Connecting error failed", PipelineState.Failing, VisibilityState.NoVideo, "it broke" },
        { "Connecting silent 40", PipelineState.Stalled, VisibilityState.NoVideo, "no picture has come yet" },
        { "Waiting error", PipelineState.Reconnecting, VisibilityState.NoVideo, "it broke" },
        { "Waiting error silent 39", PipelineState.Reconnecting, VisibilityState.NoVideo, "it broke" },
        { "Waiting error silent 40", PipelineState.Stalled, VisibilityState.NoVideo, "it broke" },
        { "Waiting error silent 40 healing", PipelineState.Healing, VisibilityState.NoVideo, "it broke" },
        { "Waiting error silent 120 healing", PipelineState.Terminal, VisibilityState.NoVideo, "it broke" },
        { "Receiving processed", PipelineState.Running, VisibilityState.Visible, null },
        { "Receiving processed silent 39", PipelineState.Running, VisibilityState.Visible, null },
        { "Receiving processed silent 40", PipelineState.Stalled, VisibilityState.NoVideo, "source is stuck" },
        { "Receiving processed silent 1 error failed", PipelineState.Running, VisibilityState.Visible, null },
        { "Receiving processed silent 2 error failed", PipelineState.Failing, VisibilityState.NoVideo, "it broke" },
        { "Receiving processed error person", PipelineState.Failing, VisibilityState.NoVideo, "it broke" },
        { "Receiving processed frozen", PipelineState.Running, VisibilityState.Frozen, "the camera gives the same picture again and again" },
        { "Receiving processed black", PipelineState.Running, VisibilityState.Black, "the picture is black" },
        { "Receiving processed covered", PipelineState.Running, VisibilityState.Covered, "nothing can be made out in the picture: is something before the lens?" },
        { "Receiving processed black silent 40", PipelineState.Stalled, VisibilityState.NoVideo, "source is stuck" },
        { "Ended silent 500", PipelineState.Ended, VisibilityState.Off, "the recording has ended" },
        { "Unreadable error silent 500", PipelineState.Ended, VisibilityState.NoVideo, "it broke" },
        { "Stopped error silent 500", PipelineState.Stopped, VisibilityState.Off, "Ambianic was stopped" },
        { "Disabled error silent 500", PipelineState.Disabled, VisibilityState.NoVideo, "its configuration is wrong: it broke" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Of_Facts_GiveOneStateAVisibilityAndAReason(string facts, PipelineState state, VisibilityState visibility, string? reason)
    {
        var health = PipelineHealth.Of(Read(facts), HealthPolicy.Default, Now, null);

        Assert.Equal((state, visibility, reason), (health.State, health.Visibility, health.Reason));
        Assert.Equal(health.IsStuck, health.Stuck is not null);
    }

    [Fact]
    public void Cases_TakenTogether_ReachEveryStateAndVisibility()
    {
        Assert.Equal(Enum.GetValues<PipelineState>(), Cases.Select(row => row.Data.Item2).Distinct().Order());
        Assert.Equal(Enum.GetValues<VisibilityState>(), Cases.Select(row => row.Data.Item3).Distinct().Order());
    }

    [Theory]
    [InlineData("NotStarted", true)]
    [InlineData("Preparing", true)]
    [InlineData("Preparing rebuilt", false)]
    [InlineData("Connecting", false)]
    public void IsPreparing_OfAPipeline_IsTrueUntilItsFirstElementsAreReady(string facts, bool expected) =>
        Assert.Equal(expected, PipelineHealth.Of(Read(facts), HealthPolicy.Default, Now, null).IsPreparing);

    [Theory]
    [InlineData("Receiving processed error person", true)]
    [InlineData("Receiving processed silent 2 error failed", false)]
    [InlineData("Waiting error person", false)] // the camera is away: that comes first
    public void NeedsPerson_OfAPipeline_IsTrueWhileItFailsForThatReason(string facts, bool expected) =>
        Assert.Equal(expected, PipelineHealth.Of(Read(facts), HealthPolicy.Default, Now, null).NeedsPerson);

    [Theory]
    [InlineData("Receiving processed black", PictureState.Black)]
    [InlineData("Receiving processed error person black", PictureState.Good)] // one fault at a time
    public void Picture_OfAPipeline_IsNotBlamedWhileAnElementFails(string facts, PictureState expected) =>
        Assert.Equal(expected, PipelineHealth.Of(Read(facts), HealthPolicy.Default, Now, null).Picture);

    [Fact]
    public void Of_StateLasts_KeepsSinceWhenItIsSo()
    {
        var first = PipelineHealth.Of(Read("Waiting error silent 7"), HealthPolicy.Default, Now, null);
        var later = PipelineHealth.Of(Read("Waiting error silent 17"), HealthPolicy.Default, Now.AddSeconds(10), first);
        var stalled = PipelineHealth.Of(Read("Waiting error silent 40"), HealthPolicy.Default, Now.AddSeconds(33), later);

        Assert.Equal((Now, Now.AddSeconds(-7)), (first.Since, first.VisibilitySince));
        Assert.Equal((Now, Now.AddSeconds(-7)), (later.Since, later.VisibilitySince));
        Assert.Equal((Now.AddSeconds(33), Now.AddSeconds(-7)), (stalled.Since, stalled.VisibilitySince)); // no video is no video
    }

    [Fact]
    public void Of_OutageIsNoticedLate_BeganNoEarlierThanWhatWasBefore()
    {
        var visible = PipelineHealth.Of(Read("Receiving processed"), HealthPolicy.Default, Now, null);

        var gone = PipelineHealth.Of(Read("Waiting error silent 5"), HealthPolicy.Default, Now.AddSeconds(2), visible);
        var setBack = PipelineHealth.Of(Read("Waiting error silent 5"), HealthPolicy.Default, Now.AddHours(-1), visible);

        Assert.Equal(Now, gone.VisibilitySince);
        Assert.Equal(Now.AddHours(-1).AddSeconds(-5), setBack.VisibilitySince);
    }

    [Fact]
    public void Of_ErrorWithCredentials_IsMasked()
    {
        var facts = new PipelineFacts("door", "camera", PipelinePhase.Waiting) { LastError = "rtsp://joe:s3cret@camera/1 does not answer" };

        var health = PipelineHealth.Of(facts, HealthPolicy.Default, Now, null);

        Assert.DoesNotContain("s3cret", health.Reason + health.LastError, StringComparison.Ordinal);
        Assert.Contains("does not answer", health.Reason, StringComparison.Ordinal);
    }

    private static PipelineFacts Read(string facts)
    {
        var words = facts.Split(' ');
        var silence = Array.IndexOf(words, "silent");
        return new PipelineFacts("door", "camera", Enum.Parse<PipelinePhase>(words[0]))
        {
            Silence = TimeSpan.FromSeconds(silence < 0 ? 0 : int.Parse(words[silence + 1], System.Globalization.CultureInfo.InvariantCulture)),
            Processed = words.Contains("processed") ? 5 : 0,
            LastError = words.Contains("error") ? "it broke" : null,
            HasFailedSample = words.Contains("failed"),
            NeedsPerson = words.Contains("person"),
            Picture = words.Contains("frozen") ? PictureState.Frozen : words.Contains("black") ? PictureState.Black : words.Contains("covered") ? PictureState.Covered : PictureState.Good,
            Source = words.Contains("keyframe") ? new SourceStatus(true, 0, "no key frame") : SourceStatus.Good,
            IsHealing = words.Contains("healing"),
            Rebuilt = words.Contains("rebuilt") ? 1 : 0,
            Suspect = "source",
        };
    }
}

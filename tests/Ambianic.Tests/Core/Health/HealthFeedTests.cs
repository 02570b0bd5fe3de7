using Ambianic.Core.Health;

namespace Ambianic.Tests.Core.Health;

public sealed class HealthFeedTests
{
    private readonly HealthFeed _feed = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SubscribeAsync_BeforeTheFirstSnapshot_WaitsForIt()
    {
        await using var subscriber = _feed.SubscribeAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        var first = subscriber.MoveNextAsync();
        Assert.False(first.IsCompleted);

        _feed.Publish(Snapshot(1));

        Assert.True(await first);
        Assert.Equal((1, 1), (subscriber.Current.Timestamp, _feed.Latest.Timestamp));
    }

    [Fact]
    public async Task SubscribeAsync_SlowSubscriber_LosesTheOldestAfterTenMinutes()
    {
        await using var subscriber = _feed.SubscribeAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        _feed.Publish(Snapshot(1));
        await subscriber.MoveNextAsync();

        for (var i = 2; i <= 606; i++)
        {
            _feed.Publish(Snapshot(i));
        }

        await subscriber.MoveNextAsync();
        Assert.Equal(7, subscriber.Current.Timestamp);
    }

    [Theory]
    [InlineData(PipelineState.Running, VisibilityState.Visible, "1 pipeline(s), all well")]
    [InlineData(PipelineState.Stopped, VisibilityState.Off, "1 pipeline(s), all well")]
    [InlineData(PipelineState.Running, VisibilityState.Frozen, "1 of 1 pipeline(s) do not see: door frozen")]
    [InlineData(PipelineState.Stalled, VisibilityState.NoVideo, "1 of 1 pipeline(s) do not see: door stalled")]
    [InlineData(PipelineState.Ended, VisibilityState.NoVideo, "1 of 1 pipeline(s) do not see: door unreadable")]
    public void Summary_OfASnapshot_NamesWhoDoesNotSeeAndWhy(PipelineState state, VisibilityState visibility, string expected)
    {
        var door = new PipelineHealth
        {
            Name = "door", SourceId = "camera", State = state, Since = default, Visibility = visibility, VisibilitySince = default, Reason = null,
        };

        Assert.Equal(expected, new HealthSnapshot(default, 0, [door], null).Summary());
    }

    private static HealthSnapshot Snapshot(long timestamp) => new(default, timestamp, [], null);
}

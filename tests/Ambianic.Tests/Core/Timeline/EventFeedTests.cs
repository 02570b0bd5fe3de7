using Ambianic.Core.Timeline;
using Ambianic.Tests.Storage;

namespace Ambianic.Tests.Core.Timeline;

public sealed class EventFeedTests
{
    private readonly EventFeed _feed = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NextAsync_FarBehind_MissesTheOldest()
    {
        using var listener = _feed.Listen();
        for (var i = 0; i < 300; i++)
        {
            Announce(i);
        }

        Assert.Equal("44", (await listener.NextAsync(Cancellation)).Id);
    }

    [Fact]
    public async Task Dispose_BeforeTheFirstEvent_HearsNoMore()
    {
        using var stays = _feed.Listen();
        var leaves = _feed.Listen();
        leaves.Dispose();

        Announce(1);

        Assert.False(leaves.NextAsync(Cancellation).AsTask().IsCompleted);
        Assert.Equal("1", (await stays.NextAsync(Cancellation)).Id);
    }

    private void Announce(int id) =>
        _feed.Announce(TimelineFixture.Event("detections/20210501-090000.000000", TimelineFixture.Start) with { Id = $"{id}" });
}

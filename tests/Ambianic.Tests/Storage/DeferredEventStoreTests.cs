using Ambianic.Core.Timeline;
using Ambianic.Storage;
using Ambianic.Storage.Files;

namespace Ambianic.Tests.Storage;

/// <summary>The disk is a call that does not return until it is let go.</summary>
public sealed class DeferredEventStoreTests : IDisposable
{
    private readonly TimelineFixture _fixture = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task OpenAsync_DiskHangs_SaysSoAndOpensWhenItAnswers()
    {
        using var answers = new ManualResetEventSlim();
        await using var store = Store(() =>
        {
            answers.Wait(Eventually.Patience);
            return _fixture.Open();
        });

        await PassTimeAsync(store.OpenAsync());

        Assert.Contains("the disk has not answered for", store.Fault, StringComparison.Ordinal);
        Assert.Contains(_fixture.Logger.Lines, line => line.StartsWith("Error: Ambianic watches, but saves nothing until this is fixed", StringComparison.Ordinal));
        Assert.True(store.StartFolderAsync(TimelineFixture.Start, Cancellation).AsTask().IsFaulted); // nobody waits twice
        Assert.True(store.CountAsync(new EventQuery(), Cancellation).AsTask().IsFaulted);
        await Assert.ThrowsAsync<IOException>(() => store.AppendAsync(TimelineFixture.Event("detections/none", TimelineFixture.Start), null, Cancellation).AsTask());

        answers.Set();
        await Eventually.TrueAsync(() => store.Fault is null);
        var seen = TimelineFixture.Event(await store.StartFolderAsync(TimelineFixture.Start, Cancellation), TimelineFixture.Start);
        using var frame = _fixture.Frame();
        await store.AppendAsync(seen, new EventPicture(frame), Cancellation);
        Assert.Equal([seen.Id], await TimelineFixture.IdsAsync(store, new EventQuery()));
    }

    [Fact]
    public async Task OpenAsync_DiskIsFullAtFirst_IsOpenedByWhoAsksLater()
    {
        var isFull = true;
        await using var store = Store(() => isFull
            ? throw StorageFailure.At(_fixture.DataDir, new UnauthorizedAccessException("no"))
            : _fixture.Open());
        await store.OpenAsync();
        Assert.Contains("choose another data_dir", store.Fault, StringComparison.Ordinal);
        await Assert.ThrowsAsync<IOException>(() => store.CountAsync(new EventQuery(), Cancellation).AsTask());

        isFull = false;

        Assert.Equal(0, await store.CountAsync(new EventQuery(), Cancellation));
        Assert.Null(store.Fault);
    }

    [Fact]
    public async Task OpenAsync_FailureThatDoesNotPass_IsThrown()
    {
        await using var store = Store(() => throw new IOException("is used by another Ambianic"));

        await Assert.ThrowsAsync<IOException>(store.OpenAsync);
    }

    private DeferredEventStore Store(Func<SqliteEventStore> open) => new(_fixture.DataDir, open, _fixture.Time, _fixture.Logger);

    private async Task PassTimeAsync(Task task)
    {
        await Eventually.TrueAsync(() =>
        {
            _fixture.Time.Advance(TimeSpan.FromSeconds(1));
            return task.IsCompleted;
        });
        await task;
    }
}

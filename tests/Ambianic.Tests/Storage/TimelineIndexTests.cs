using Ambianic.Core.Timeline;
using Ambianic.Storage;
using Ambianic.Storage.Files;
using Ambianic.Tests.Storage.Files;
using CsCheck;

namespace Ambianic.Tests.Storage;

public sealed class TimelineIndexTests : IDisposable
{
    private readonly TimelineFixture _fixture = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task RebuildAsync_AnyEvents_AreQueriedAsTheyWere()
    {
        var events = EventJsonTests.Events.Array[200].Single();
        for (var i = 0; i < events.Length; i++)
        {
            events[i] = events[i] with { RelDir = $"detections/{i % 7}", JsonFileName = $"{i}{EventNames.JsonSuffix}" };
            DurableFiles.Write(Path.Combine(_fixture.DataDir, events[i].RelDir), [new NewFile(events[i].JsonFileName, EventJson.ForFile(events[i]))]);
        }

        var result = await RebuildAsync();

        Assert.Equal((200, 0, 0), (result.Events, result.Duplicates.Count, result.Unreadable.Count));
        await using var store = _fixture.Open();
        var read = await TimelineFixture.EventsAsync(store, new EventQuery());

        Assert.Equal(200, read.Count);
        Assert.Equal(read.OrderByDescending(seen => seen.At).Select(seen => seen.At), read.Select(seen => seen.At));
        foreach (var (expected, actual) in events.OrderBy(seen => seen.Id).Zip(read.OrderBy(seen => seen.Id)))
        {
            EventJsonTests.AssertSame(expected, actual);
            Assert.Contains(
                expected.Id,
                await TimelineFixture.IdsAsync(store, new EventQuery { Pipeline = expected.Pipeline, From = expected.At, To = expected.At.AddMicroseconds(1) }));
        }
    }

    [Fact]
    public async Task RebuildAsync_UnreadableAndDoubledFiles_AreListedAndLeftAlone()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_fixture.DataDir, "detections/a")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "1-inference.json"), """{"id": "1", "datetime": "2021-01-12T17:04:05"}""", Cancellation);
        await File.WriteAllTextAsync(Path.Combine(folder, "2-inference.json"), """{"id": "1", "datetime": "2021-01-12T17:04:06"}""", Cancellation);
        await File.WriteAllTextAsync(Path.Combine(folder, "3-inference.json"), "{", Cancellation);
        await File.WriteAllTextAsync(Path.Combine(folder, "4-image.jpg"), "no JSON beside it", Cancellation);

        var result = await RebuildAsync();

        Assert.Equal(1, result.Events);
        Assert.Equal(["detections/a/2-inference.json"], result.Duplicates);
        Assert.Equal(["detections/a/3-inference.json"], result.Unreadable.Select(file => file.Path));
        Assert.Equal(4, Directory.GetFiles(folder).Length);
    }

    [Fact]
    public async Task RebuildAsync_Complete_KeepsTheOldDatabaseBesideTheNew()
    {
        await using (var store = _fixture.Open())
        {
            await _fixture.StoreAsync(store, [0, 1, 2]);
        }

        var old = await File.ReadAllBytesAsync(_fixture.DatabasePath, Cancellation);
        await RebuildAsync();

        Assert.Equal(old, await File.ReadAllBytesAsync(_fixture.DatabasePath + ".old", Cancellation));
        Assert.Equal(
            ["events.db", "events.db.old"], Directory.GetFiles(_fixture.DataDir, "events.db*").Select(Path.GetFileName).Order());
        await using var reopened = _fixture.Open();
        Assert.Equal(3, await reopened.CountAsync(new EventQuery(), Cancellation));
    }

    [Fact]
    public async Task RebuildAsync_BrokenOff_LeavesTheOldDatabaseInPlace()
    {
        await using (var store = _fixture.Open())
        {
            await _fixture.StoreAsync(store, [0]);
        }

        using var stop = new CancellationTokenSource();
        var progress = new Progress(_ => stop.Cancel());
        Directory.CreateDirectory(Path.Combine(_fixture.DataDir, "detections/0"));
        await File.WriteAllTextAsync(Path.Combine(_fixture.DataDir, "detections/0/1-inference.json"), "{}", Cancellation);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => TimelineIndex.RebuildAsync(_fixture.DataDir, _fixture.Time, progress, stop.Token));

        await using var reopened = _fixture.Open();
        Assert.Equal(1, await reopened.CountAsync(new EventQuery(), Cancellation));
        Assert.False(File.Exists(_fixture.DatabasePath + ".old"));
    }

    [Fact]
    public async Task RebuildAsync_StoreIsOpen_IsRefused()
    {
        await using var store = _fixture.Open();

        var error = await Assert.ThrowsAsync<IOException>(RebuildAsync);

        Assert.Contains("in use by another Ambianic", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RebuildAsync_NoSuchDirectory_IsNotMade()
    {
        var missing = Path.Combine(_fixture.DataDir, "missing");

        await Assert.ThrowsAsync<DirectoryNotFoundException>(
            () => TimelineIndex.RebuildAsync(missing, _fixture.Time, new Progress(_ => { }), Cancellation));

        Assert.False(Directory.Exists(missing));
    }

    private Task<RebuildResult> RebuildAsync() =>
        TimelineIndex.RebuildAsync(_fixture.DataDir, _fixture.Time, new Progress(_ => { }), Cancellation);

    private sealed class Progress(Action<RebuildProgress> report) : IProgress<RebuildProgress>
    {
        public void Report(RebuildProgress value) => report(value);
    }
}

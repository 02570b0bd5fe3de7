using Ambianic.Core.Configuration;
using Ambianic.Core.Timeline;
using Ambianic.Storage;
using Ambianic.Storage.Database;
using Ambianic.Storage.Files;
using Ambianic.Tests.Storage.Files;
using CsCheck;

namespace Ambianic.Tests.Storage;

/// <summary>A reader of the timeline that was away, or whose database is another one, misses no event.</summary>
public sealed class EventFollowerTests : IDisposable
{
    private const int All = 1000;
    private readonly TimelineFixture _fixture = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task ReadAfter_TheEnd_IsEmptyUntilAnEventIsStored()
    {
        await using var store = _fixture.Open();
        await _fixture.StoreAsync(store, [0, 1], "front", TimelineFixture.Person);
        var end = store.End();
        var nothing = store.ReadAfter(end, All);
        Assert.Empty(nothing.Events);
        Assert.Equal((end, false), (nothing.Cursor, nothing.WasRebuilt));

        var stored = await _fixture.StoreAsync(store, [2, 3], "front", TimelineFixture.Person);
        var batch = store.ReadAfter(end, All);

        Assert.Equal(Ids(stored), Ids(batch.Events));
        EventJsonTests.AssertSame(stored[0], batch.Events[0]);
        Assert.False(batch.WasRebuilt);
        Assert.Equal(stored[1].Id, batch.Cursor.EventId);
        Assert.Empty(store.ReadAfter(batch.Cursor, All).Events);
    }

    [Fact]
    public async Task ReadAfter_MoreThanTheLimit_ComesInPagesInTheOrderOfStoring()
    {
        await using var store = _fixture.Open();
        var cursor = store.End();
        var stored = await _fixture.StoreAsync(store, [5, 3, 9, 1, 7], "front", TimelineFixture.Person);

        var first = store.ReadAfter(cursor, 3);
        var second = store.ReadAfter(first.Cursor, 3);

        Assert.Equal(Ids(stored), Ids([.. first.Events, .. second.Events]));
        Assert.Equal((3, 2), (first.Events.Count, second.Events.Count));
    }

    [Fact]
    public async Task ReadAfter_EventOfTheCursorWasRemoved_GivesWhatFollowed()
    {
        await using var store = _fixture.Open(new RetentionOptions { MaxAgeDays = 1 });
        await _fixture.StoreAsync(store, [0, 1], "front", TimelineFixture.Person);
        var end = store.End();
        await WaitUntilRemovedAsync(store);
        var stored = await _fixture.StoreAsync(store, [3 * 86400], "front", TimelineFixture.Person);

        var batch = store.ReadAfter(end, All);

        Assert.Equal(Ids(stored), Ids(batch.Events));
        Assert.False(batch.WasRebuilt);
    }

    [Fact]
    public async Task ReadAfter_NewestWasRemovedAndOthersStored_GivesAllOfThem()
    {
        await using var store = _fixture.Open(new RetentionOptions { MaxAgeDays = 1 });
        await _fixture.StoreAsync(store, Enumerable.Range(0, 5), "front", TimelineFixture.Person);
        var end = store.End();
        await WaitUntilRemovedAsync(store);
        var stored = await _fixture.StoreAsync(store, Enumerable.Range(3 * 86400, 7), "front", TimelineFixture.Person);

        Assert.Equal(Ids(stored), Ids(store.ReadAfter(end, All).Events));
    }

    [Fact]
    public async Task ReadAfter_DatabaseWasRebuilt_GivesTheEventsOfTheHourBeforeAgain()
    {
        EventCursor cursor;
        List<DetectionEvent> read, unread;
        await using (var store = _fixture.Open())
        {
            await _fixture.StoreAsync(store, [-7300, -3700], "front", TimelineFixture.Person);
            read = await _fixture.StoreAsync(store, [-3500, -1], "back", TimelineFixture.Person);
            cursor = store.ReadAfter(new EventCursor(0, "", TimelineFixture.Start), All).Cursor;
            unread = await _fixture.StoreAsync(store, [-100, 0], "front", TimelineFixture.Person);
        }

        await TimelineIndex.RebuildAsync(_fixture.DataDir, _fixture.Time, new Progress<RebuildProgress>(), Cancellation);
        await using var rebuilt = _fixture.Open();
        var batch = rebuilt.ReadAfter(cursor, All);

        Assert.True(batch.WasRebuilt);
        Assert.Equal(Ids([.. read, .. unread]).Order(), Ids(batch.Events).Order());
        var later = await _fixture.StoreAsync(rebuilt, [10], "front", TimelineFixture.Person);
        var next = rebuilt.ReadAfter(batch.Cursor, All);
        Assert.Equal((later[0].Id, false), (Assert.Single(next.Events).Id, next.WasRebuilt));
    }

    [Fact]
    public async Task ReadAfter_DatabaseIsFilledAgainWhileInUse_GivesWhatIsRecoveredLater()
    {
        await using var store = _fixture.Open();
        var read = await _fixture.StoreAsync(store, [0, 1], "front", TimelineFixture.Person);
        var cursor = store.End();
        var unread = await _fixture.StoreAsync(store, [2], "front", TimelineFixture.Person);
        Array.ForEach(Directory.GetFiles(_fixture.DataDir, "events.db*"), File.Delete);
        Assert.Throws<FileNotFoundException>(() => store.ReadAfter(cursor, All));

        unread.AddRange(await _fixture.StoreAsync(store, [3], "front", TimelineFixture.Person));
        var early = store.ReadAfter(cursor, All); // some of them may not be there yet
        await store.IndexRecovered;
        var late = store.ReadAfter(early.Cursor, All);

        Assert.True(early.WasRebuilt);
        Assert.True(late.WasRebuilt || late.Events.Count == 0);
        Assert.Superset(Ids(unread).ToHashSet(), Ids([.. early.Events, .. late.Events]).ToHashSet());
        Assert.Equal(read.Count + unread.Count, early.Events.Count + late.Events.Count);
    }

    [Fact]
    public async Task ReadAfter_OldEventsAreCopiedHere_GivesThemToo()
    {
        EventCursor cursor;
        await using (var store = _fixture.Open())
        {
            await _fixture.StoreAsync(store, [0], "front", TimelineFixture.Person);
            cursor = store.End();
        }

        var old = TimelineFixture.Event("detections/20200101-000000.000000", TimelineFixture.Start.AddYears(-1), "front", TimelineFixture.Person);
        DurableFiles.Write(Path.Combine(_fixture.DataDir, old.RelDir), [new NewFile(old.JsonFileName, EventJson.ForFile(old))]);
        await using var reopened = _fixture.Open();
        await reopened.IndexRecovered;

        var batch = reopened.ReadAfter(cursor, All);

        Assert.Equal((old.Id, true), (Assert.Single(batch.Events).Id, batch.WasRebuilt));
        Assert.Equal(cursor.At, batch.Cursor.At);
    }

    [Fact]
    public async Task ReadAfter_EarlierCopyOfTheDirectoryWasPutBack_IsReadByTime()
    {
        await using (var first = _fixture.Open())
        {
            await _fixture.StoreAsync(first, [0], "front", TimelineFixture.Person);
        }

        File.Copy(_fixture.DatabasePath, _fixture.DatabasePath + ".copy");
        EventCursor cursor;
        await using (var store = _fixture.Open())
        {
            var lost = await _fixture.StoreAsync(store, [1, 2, 3], "front", TimelineFixture.Person);
            cursor = store.End();
            Directory.Delete(Path.Combine(_fixture.DataDir, lost[0].RelDir), recursive: true);
        }

        File.Move(_fixture.DatabasePath + ".copy", _fixture.DatabasePath, overwrite: true);
        await using var reopened = _fixture.Open();
        await reopened.IndexRecovered;
        var stored = await _fixture.StoreAsync(reopened, [4], "front", TimelineFixture.Person);

        var batch = reopened.ReadAfter(cursor, All);

        Assert.True(batch.WasRebuilt);
        Assert.Contains(stored[0].Id, Ids(batch.Events));
    }

    [Fact]
    public async Task ReadAfter_ClockWasAheadWhenAnEventWasRead_FindsLaterEventsByTimeAllTheSame()
    {
        EventCursor cursor;
        List<DetectionEvent> unread;
        await using (var store = _fixture.Open())
        {
            await _fixture.StoreAsync(store, [86400 * 365], "front", TimelineFixture.Person);
            cursor = store.ReadAfter(new EventCursor(0, "", TimelineFixture.Start), All).Cursor;
            unread = await _fixture.StoreAsync(store, [1], "front", TimelineFixture.Person);
        }

        await TimelineIndex.RebuildAsync(_fixture.DataDir, _fixture.Time, new Progress<RebuildProgress>(), Cancellation);
        await using var rebuilt = _fixture.Open();

        Assert.Contains(unread[0].Id, Ids(rebuilt.ReadAfter(cursor, All).Events));
    }

    /// <summary>Whatever is stored, removed, recovered or rebuilt between two reads: what is stored and not removed before it is read is read.</summary>
    [Fact]
    public void ReadAfter_AnyHistory_MissesNoEvent() => Gen.Int[0, 4].Array[1, 25].Sample(
        steps =>
        {
            using var folder = new TemporaryDirectory();
            var path = folder["events.db"];
            var database = new EventDatabase(path);
            database.Prepare();
            var now = TimelineFixture.Start;
            List<DetectionEvent> there = [];
            HashSet<string> read = [];
            var cursor = new EventCursor(0, "", now);
            var number = 0;
            foreach (var step in steps)
            {
                using var connection = database.OpenToWrite();
                switch (step)
                {
                    case 0 or 1:
                        now = now.AddMinutes(10);
                        there.Add(TimelineFixture.Event("f", now) with { JsonFileName = $"{++number}" });
                        EventRows.Insert(connection, [(there[^1], false)]);
                        break;
                    case 2:
                        var batch = EventSequence.ReadAfter(connection, cursor, 2, now);
                        cursor = batch.Cursor;
                        read.UnionWith(Ids(batch.Events));
                        break;
                    case 3 when there.Count > 0 && read.Contains(there[^1].Id): // the newest goes, as for its label
                        EventRows.Remove(connection, EventRows.Oldest(connection, long.MinValue, DateTimeOffset.MaxValue, All).FindAll(row => row.Event.Id == there[^1].Id));
                        there.RemoveAt(there.Count - 1);
                        break;
                    case 4 when there.Count(seen => !read.Contains(seen.Id)) <= 3: // rebuilt in another order, soon after
                        connection.Dispose();
                        database.ReleaseFile();
                        database.Delete();
                        database.Prepare();
                        using (var other = database.OpenToWrite())
                        {
                            EventRows.Insert(other, [.. there.OrderBy(seen => seen.Id, StringComparer.Ordinal).Select(seen => (seen, true))]);
                        }

                        break;
                }
            }

            using (var connection = database.OpenToRead())
            {
                EventBatch batch;
                do
                {
                    batch = EventSequence.ReadAfter(connection, cursor, 2, now);
                    cursor = batch.Cursor;
                    read.UnionWith(Ids(batch.Events));
                }
                while (batch.Events.Count > 0);
            }

            database.ReleaseFile();
            Assert.Superset(Ids(there).ToHashSet(), read);
        },
        iter: 100,
        threads: 1);

    [Fact]
    public async Task ReadAfter_StoreIsNotOpenYet_FailsAndOpensIt()
    {
        await using var store = new DeferredEventStore(_fixture.DataDir, () => _fixture.Open(), _fixture.Time, _fixture.Logger);

        Assert.Throws<IOException>(store.End);

        await Eventually.TrueAsync(() => TryEnd(store) is not null);
        Assert.Empty(store.ReadAfter(store.End(), All).Events);
    }

    private static EventCursor? TryEnd(DeferredEventStore store)
    {
        try
        {
            return store.End();
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Days pass, until retention has removed everything.</summary>
    private async Task WaitUntilRemovedAsync(SqliteEventStore store)
    {
        _fixture.Time.Advance(TimeSpan.FromDays(3));
        await Eventually.TrueAsync(() =>
        {
            _fixture.Time.Advance(TimeSpan.FromMinutes(10));
            store.StartFolderAsync(TimelineFixture.Start, Cancellation).AsTask().GetAwaiter().GetResult();
            return store.CountAsync(new EventQuery(), Cancellation).AsTask().GetAwaiter().GetResult() == 0;
        });
    }

    private static string[] Ids(IEnumerable<DetectionEvent> events) => [.. events.Select(seen => seen.Id)];
}

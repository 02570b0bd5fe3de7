using Ambianic.Core.Timeline;
using Ambianic.Storage;
using Ambianic.Storage.Database;
using Ambianic.Storage.Files;

namespace Ambianic.Tests.Storage;

/// <summary>A database that is damaged or deleted while the program runs.</summary>
public sealed class DamageInUseTests : IDisposable
{
    private readonly TimelineFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task QueryAsync_DamageMetInUse_IsMendedByTheNextStart()
    {
        var database = new EventDatabase(_fixture.DatabasePath);
        var stored = new List<DetectionEvent>();
        await using (var store = _fixture.Open())
        {
            stored = await _fixture.StoreAsync(store, [0, 1], "front", TimelineFixture.Person);
            using (var connection = database.OpenToWrite())
            using (var command = connection.CreateCommand())
            {
                command.CommandText = "UPDATE events SET document = 'no JSON' WHERE seq = 1;";
                command.ExecuteNonQuery();
            }

            var error = await Assert.ThrowsAsync<IOException>(() => TimelineFixture.IdsAsync(store, new EventQuery()));
            Assert.Contains("rebuilt from the event files", error.Message, StringComparison.Ordinal);
        }

        await using var reopened = _fixture.Open();
        await reopened.IndexRecovered;
        Assert.Equal([stored[1].Id, stored[0].Id], await TimelineFixture.IdsAsync(reopened, new EventQuery()));
    }

    [Fact]
    public async Task AppendAsync_DamageMetInUse_RebuildsWithoutARestartAndAnnounces()
    {
        await using var store = _fixture.Open();
        var stored = await StoreAndRebuildAsync(store);

        Assert.Equal(stored.Select(seen => seen.Id).Reverse(), await TimelineFixture.IdsAsync(store, new EventQuery()));
        Assert.Contains(_fixture.Logger.Lines, line => line.Contains("damaged while it was in use", StringComparison.Ordinal));
        Assert.Single(Directory.GetFiles(_fixture.DataDir, "events.db.broken-*"), file => !file.EndsWith("-damaged", StringComparison.Ordinal) && !file.Contains("-wal", StringComparison.Ordinal) && !file.Contains("-shm", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Trouble_DamagedAgainSoonAfterARebuilding_SaysWhenItIsMendedUntilItIs()
    {
        await using var store = _fixture.Open();
        var stored = await StoreAndRebuildAsync(store);
        Assert.Null(store.Fault);

        Damage();
        var error = await Assert.ThrowsAsync<IOException>(() => TimelineFixture.IdsAsync(store, new EventQuery()));
        Assert.Equal(error.Message, store.Fault);
        Assert.Contains("not twice within ten minutes", store.Fault, StringComparison.Ordinal);

        _fixture.Time.Advance(TimeSpan.FromMinutes(11));
        stored.AddRange(await _fixture.StoreAsync(store, [11], "front", TimelineFixture.Person));
        await store.IndexRecovered;
        Assert.Null(store.Fault);
        Assert.Equal(stored.Select(seen => seen.Id).Reverse(), await TimelineFixture.IdsAsync(store, new EventQuery()));
    }

    [Fact]
    public void Read_DatabaseWasDeletedMeanwhile_IsNotBlamedOnAFolder()
    {
        Directory.CreateDirectory(Path.Combine(_fixture.DataDir, EventNames.Root, "folder"));
        File.WriteAllText(Path.Combine(_fixture.DataDir, EventNames.Root, "folder", "a" + EventNames.JsonSuffix), "{}");
        var scan = new EventFileScan(new EventFolders(_fixture.DataDir), TimeZoneInfo.Utc, _ => true);
        var gone = new EventDatabase(_fixture.DatabasePath);

        var error = Assert.Throws<FileNotFoundException>(() => scan.Read([$"{EventNames.Root}/folder"], gone.Unknown, CancellationToken.None).ToList());

        Assert.Contains("events.db: was deleted", error.Message, StringComparison.Ordinal);
        Assert.Empty(scan.Unreadable);
    }

    /// <summary>Stores ten events, damages the database, meets that and stores another.</summary>
    private async Task<List<DetectionEvent>> StoreAndRebuildAsync(SqliteEventStore store)
    {
        var stored = await _fixture.StoreAsync(store, Enumerable.Range(0, 10), "front", TimelineFixture.Person);
        Damage();
        await Assert.ThrowsAsync<IOException>(() => TimelineFixture.IdsAsync(store, new EventQuery()));
        stored.AddRange(await _fixture.StoreAsync(store, [10], "front", TimelineFixture.Person));
        await store.IndexRecovered;
        return stored;
    }

    /// <summary>Overwrites all of the database.</summary>
    private void Damage()
    {
        var database = new EventDatabase(_fixture.DatabasePath);
        using (var connection = database.OpenToWrite())
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE);";
            command.ExecuteNonQuery();
        }

        using (var file = new FileStream(_fixture.DatabasePath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Write(Enumerable.Repeat((byte)0xAA, (int)file.Length).ToArray());
        }

        database.ReleaseFile(); // what readers have in memory would hide the damage for a while
    }
}

using Ambianic.Core.Timeline;
using Ambianic.Media.Pictures;
using Ambianic.Storage;
using Ambianic.Storage.Database;
using Ambianic.Storage.Files;
using Ambianic.Tests.Storage.Files;

namespace Ambianic.Tests.Storage;

public sealed class SqliteEventStoreStartTests : IDisposable
{
    private readonly TimelineFixture _fixture = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Open_AfterRestart_HasTheEventAndUsesANewFolder()
    {
        DetectionEvent seen;
        await using (var store = _fixture.Open())
        {
            seen = (await _fixture.StoreAsync(store, [0], "front", TimelineFixture.Person))[0];
        }

        await using var reopened = _fixture.Open();
        await reopened.IndexRecovered;

        EventJsonTests.AssertSame(seen, Assert.Single(await TimelineFixture.EventsAsync(reopened, new EventQuery())));
        Assert.Equal("detections/20210501-101112.123457", await reopened.StartFolderAsync(TimelineFixture.Start, Cancellation));
        Assert.DoesNotContain(_fixture.Logger.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Open_FilesWithoutRow_ArePutOnTheTimelineUnannounced()
    {
        var seen = WriteFilesAlone(TimelineFixture.Event("detections/20210501-090000.000000", TimelineFixture.Start, "front", TimelineFixture.Person));
        using var announced = _fixture.Feed.Listen();

        await using var store = _fixture.Open();
        await store.IndexRecovered;

        Assert.Equal([seen.Id], await TimelineFixture.IdsAsync(store, new EventQuery { Label = "person" }));
        Assert.Contains("Information: 1 event(s) that had files but were not in the database are on the timeline again", _fixture.Logger.Lines);
        var later = await _fixture.StoreAsync(store, [1]);
        Assert.Equal(later[0].Id, (await announced.NextAsync(Cancellation)).Id);
    }

    [Fact]
    public async Task Open_DatabaseCannotBeWrittenAtFirst_TakesTheFilesInLater()
    {
        await using (var first = _fixture.Open())
        {
            await first.IndexRecovered;
        }

        var seen = WriteFilesAlone(TimelineFixture.Event("detections/20210501-090000.000000", TimelineFixture.Start, "front", TimelineFixture.Person));
        InDatabase("CREATE TRIGGER no_room BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'no room'); END;");
        await using var store = _fixture.Open();
        await Eventually.TrueAsync(() => _fixture.Logger.Lines.Any(line => line.Contains("it is tried again", StringComparison.Ordinal)));
        InDatabase("DROP TRIGGER no_room;");
        while (!store.IndexRecovered.IsCompleted)
        {
            _fixture.Time.Advance(TimeSpan.FromSeconds(30));
            await Task.Yield();
        }

        Assert.Equal([seen.Id], await TimelineFixture.IdsAsync(store, new EventQuery()));
    }

    [Fact]
    public async Task Open_HalfWrittenFiles_AreRemovedAndNothingElse()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_fixture.DataDir, "detections/20210501-090000.000000")).FullName;
        string[] names = [".a-image.jpg.ambianic-tmp", ".hidden", "a-image.jpg", "b-inference.json", "notes.txt"];
        foreach (var name in names)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, name), "{ half", Cancellation);
        }

        await using var store = _fixture.Open();
        await store.IndexRecovered;

        Assert.Equal(names[1..], Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(0, await store.CountAsync(new EventQuery(), Cancellation));
        Assert.Contains(_fixture.Logger.Lines, line =>
            line.StartsWith("Warning: 1 event file(s) cannot be read and are left as they are, first detections/20210501-090000.000000/b-inference.json: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Open_PipeHasTheNameOfAnEvent_IsLeftAloneAndNobodyWaitsForIt()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_fixture.DataDir, "detections/20210501-090000.000000")).FullName;
        NamedPipe.Make(Path.Combine(folder, "a-inference.json"));
        var seen = WriteFilesAlone(TimelineFixture.Event("detections/20210501-090000.000000", TimelineFixture.Start, "front", TimelineFixture.Person));

        await using var store = _fixture.Open();
        await store.IndexRecovered.WaitAsync(Eventually.Patience, Cancellation);

        Assert.Equal([seen.Id], await TimelineFixture.IdsAsync(store, new EventQuery()));
        Assert.Contains(_fixture.Logger.Lines, line => line.Contains("a-inference.json: not an event: empty, or no file but a device or a pipe", StringComparison.Ordinal));
    }

    [Fact]
    public async Task DisposeAsync_ScanOfFilesDoesNotEnd_IsAbandoned()
    {
        using var diskAnswers = new ManualResetEventSlim();
        var walk = new HangingScan(_fixture.Time, diskAnswers);
        var store = SqliteEventStore.Open(_fixture.DataDir, _fixture.LogPath, _fixture.Feed, new EventPictureEncoder(), walk, _fixture.Logger);
        try
        {
            var closing = store.DisposeAsync().AsTask();
            await Eventually.TrueAsync(() =>
            {
                _fixture.Time.Advance(TimeSpan.FromSeconds(1));
                return closing.IsCompleted;
            });
            await closing;
        }
        finally
        {
            diskAnswers.Set();
            await store.IndexRecovered;
        }
    }

    [Fact]
    public async Task Open_FileHoldsANumberOutOfRange_IsLeftAsItIsAndTheOthersAreTakenIn()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_fixture.DataDir, "detections/99999999-000000.000000")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "x-inference.json"), """
            {"datetime": "2021-05-01T10:11:12", "inference_result": [{"leaning_angle": 90, "evidence": {"down_at_s": 1e300, "low_share": 1, "window_seconds": 1}}]}
            """, Cancellation);
        var seen = WriteFilesAlone(TimelineFixture.Event("detections/20210501-090000.000000", TimelineFixture.Start, "front", TimelineFixture.Person));

        var rebuilt = await TimelineIndex.RebuildAsync(_fixture.DataDir, _fixture.Time, new Progress<RebuildProgress>(), Cancellation);
        File.Delete(_fixture.DatabasePath);
        await using var store = _fixture.Open();
        await store.IndexRecovered;

        Assert.Equal("detections/99999999-000000.000000/x-inference.json", Assert.Single(rebuilt.Unreadable).Path);
        Assert.Equal(1, rebuilt.Events);
        Assert.Equal([seen.Id], await TimelineFixture.IdsAsync(store, new EventQuery()));
        Assert.Contains(_fixture.Logger.Lines, line => line.Contains("99999999-000000.000000/x-inference.json: not an event: a number or a time in it is out of range", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(3000)]
    public async Task Open_DamagedDatabase_IsKeptAsideAndRebuiltFromFiles(int damagedFrom)
    {
        List<DetectionEvent> stored;
        await using (var store = _fixture.Open())
        {
            stored = await _fixture.StoreAsync(store, Enumerable.Range(0, 10), "front", TimelineFixture.Person);
        }

        using (var file = File.OpenWrite(_fixture.DatabasePath))
        {
            file.Seek(damagedFrom, SeekOrigin.Begin);
            file.Write(Enumerable.Repeat((byte)0xAA, (int)file.Length - damagedFrom).ToArray());
        }

        await using var reopened = _fixture.Open();
        await reopened.IndexRecovered;

        Assert.Equal(stored.Select(seen => seen.Id).Reverse(), await TimelineFixture.IdsAsync(reopened, new EventQuery()));
        Assert.True(File.Exists(_fixture.DatabasePath + ".broken-20210501-101112.123456"));
        Assert.Contains(_fixture.Logger.Lines, line => line.StartsWith($"Warning: {_fixture.DatabasePath} is damaged", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("DROP TABLE events;")]
    [InlineData("DROP TABLE event_labels; DROP TABLE events; CREATE TABLE events (somebody_elses TEXT); PRAGMA user_version = 0;")]
    public async Task Open_DatabaseOfAnotherShape_IsKeptAsideAndRebuiltFromFiles(string harm)
    {
        await using (var store = _fixture.Open())
        {
            await _fixture.StoreAsync(store, Enumerable.Range(0, 3));
        }

        using (var connection = new EventDatabase(_fixture.DatabasePath).OpenToWrite())
        using (var command = connection.CreateCommand())
        {
            command.CommandText = harm;
            command.ExecuteNonQuery();
        }

        await using var reopened = _fixture.Open();
        await reopened.IndexRecovered;
        Assert.Equal(3, await reopened.CountAsync(new EventQuery(), Cancellation));
        Assert.NotEmpty(Directory.GetFiles(_fixture.DataDir, "events.db.broken-*"));
    }

    [Fact]
    public async Task Open_DatabaseGone_IsRebuiltFromFiles()
    {
        await using (var store = _fixture.Open())
        {
            await _fixture.StoreAsync(store, Enumerable.Range(0, 10));
        }

        File.Delete(_fixture.DatabasePath);

        await using var reopened = _fixture.Open();
        await reopened.IndexRecovered;
        Assert.Equal(10, await reopened.CountAsync(new EventQuery(), Cancellation));
    }

    [Fact]
    public async Task Open_DatabaseOfANewerProgram_IsRefusedAndLeftAlone()
    {
        await using (var store = _fixture.Open())
        {
            await _fixture.StoreAsync(store, [0]);
        }

        using (var connection = new EventDatabase(_fixture.DatabasePath).OpenToWrite())
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "PRAGMA user_version = 99;";
            command.ExecuteNonQuery();
        }

        var error = Assert.Throws<IOException>(() => { _fixture.Open(); });
        Assert.Contains("newer Ambianic", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_fixture.DataDir, "*broken*"));
    }

    [Fact]
    public async Task Open_Twice_TheSecondIsRefused()
    {
        await using var store = _fixture.Open();

        var error = Assert.Throws<IOException>(() => { _fixture.Open(); });

        Assert.Equal($"{_fixture.DataDir}: in use by another Ambianic; stop it first, or choose another data_dir", error.Message);
    }

    private void InDatabase(string sql)
    {
        using var connection = new EventDatabase(_fixture.DatabasePath).OpenToWrite();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private DetectionEvent WriteFilesAlone(DetectionEvent seen)
    {
        DurableFiles.Write(Path.Combine(_fixture.DataDir, seen.RelDir), [new NewFile(seen.JsonFileName, EventJson.ForFile(seen))]);
        return seen;
    }

    /// <summary>The scan of files reads the time zone first; here that blocks, as a file of a share does whose server is gone.</summary>
    private sealed class HangingScan(TimeProvider time, ManualResetEventSlim diskAnswers) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone
        {
            get
            {
                diskAnswers.Wait();
                return time.LocalTimeZone;
            }
        }

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

        public override long GetTimestamp() => time.GetTimestamp();

        public override long TimestampFrequency => time.TimestampFrequency;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            time.CreateTimer(callback, state, dueTime, period);
    }
}

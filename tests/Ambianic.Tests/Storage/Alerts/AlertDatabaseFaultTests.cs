using System.Diagnostics;
using Ambianic.Core.Alerts;
using Ambianic.Core.Timeline;
using Microsoft.Data.Sqlite;

namespace Ambianic.Tests.Storage.Alerts;

/// <summary>A database of alerts that is damaged, deleted, or on a disk that cannot be written.</summary>
public sealed class AlertDatabaseFaultTests : IDisposable
{
    private static readonly AlertChanges Everything = new()
    {
        Alerts = [AlertFixture.Alert("open")],
        Deliveries = [AlertFixture.Delivery("waiting", "open")],
        Events = [("open", "event")],
        Cursor = new EventCursor(5, "event", AlertFixture.Start, "numbering"),
        IsRunning = true,
        IsEnabled = false,
    };

    private readonly AlertFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void Load_DamagedFile_IsKeptAsideSaidAndBegunAgain(int damagedFrom)
    {
        var database = Filled();
        database.Dispose();
        Overwrite(_fixture.Path, damagedFrom);

        database = _fixture.Open();
        var journal = database.Load();

        Assert.Equal(new EventCursor(0, "", _fixture.Time.GetUtcNow()), journal.Cursor); // events of the last hour come again
        Assert.Empty(journal.Open);
        Assert.Contains(_fixture.Logger.Lines, line =>
            line.StartsWith($"Error: {_fixture.Path} is damaged", StringComparison.Ordinal) && line.Contains("may be lost", StringComparison.Ordinal));
        Assert.Single(Directory.GetFiles(_fixture.DataDir, "alerts.db.broken-*"));
        database.Commit(Everything);
        Assert.Single(_fixture.Reopen(database).Load().Open);
    }

    [Fact]
    public void Load_OneTableIsDamaged_TakesOverTheOthers()
    {
        var database = Filled();
        database.Subscribe(AlertFixture.Subscription("1", "https://push/a"));
        database.Secret("links", () => [7]);
        database.Dispose();
        _fixture.Sql("DROP TABLE deliveries;");

        database = _fixture.Open();
        var journal = database.Load();

        Assert.Equal("open", Assert.Single(journal.Open).Id);
        Assert.Equal((false, false), (journal.EndedCleanly, journal.IsEnabled));
        Assert.Equal("", journal.Cursor!.Numbering);
        Assert.True(database.IsAlerted("event"));
        Assert.Single(database.Subscriptions());
        Assert.Equal([7], database.Secret("links", () => [8]));
    }

    [Fact]
    public void Load_OneDocumentIsDamaged_TakesOverTheOthers()
    {
        var database = Filled();
        database.Commit(new AlertChanges { Alerts = [AlertFixture.Alert("other")] });
        database.Dispose();
        _fixture.Sql("UPDATE alerts SET document = '{' WHERE id = 'open';");

        Assert.Equal("other", Assert.Single(_fixture.Open().Load().Open).Id);
    }

    [Fact]
    public void Commit_DamagedWhileInUse_AsksOnceForEverything()
    {
        var database = Filled();
        database.Subscribe(AlertFixture.Subscription("1", "https://push/a"));
        _fixture.Sql("DROP TABLE alert_events;");

        var error = Assert.Throws<IOException>(() => database.Commit(Everything));
        Assert.Contains("begun again", error.Message, StringComparison.Ordinal);
        var replaced = Assert.Throws<AlertStoreReplacedException>(() => database.Commit(Everything));
        Assert.Contains("damaged", replaced.Message, StringComparison.Ordinal);
        database.Commit(Everything);

        Assert.Single(database.Subscriptions());
        Assert.Equal(5, _fixture.Reopen(database).Load().Cursor!.Sequence);
    }

    [Fact]
    public void Commit_DamagedAgainSoon_WaitsTenMinutesBeforeItFillsTheDisk()
    {
        var database = Filled();
        _fixture.Sql("DROP TABLE alert_events;");
        Assert.Throws<IOException>(() => database.Commit(Everything));
        Assert.Throws<AlertStoreReplacedException>(() => database.Commit(Everything));
        database.Commit(Everything);
        _fixture.Sql("DROP TABLE alert_events;");

        Assert.Throws<IOException>(() => database.Commit(Everything));
        Assert.Throws<IOException>(() => database.Commit(Everything));
        _fixture.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Throws<AlertStoreReplacedException>(() => database.Commit(Everything));
        database.Commit(Everything);

        Assert.True(database.IsAlerted("event"));
    }

    [Fact]
    public void Commit_DeletedWhileInUse_IsMadeAgainWithWhatWasThereAndAsksForEverything()
    {
        var database = Filled();
        database.Subscribe(AlertFixture.Subscription("1", "https://push/a"));
        Array.ForEach(Directory.GetFiles(_fixture.DataDir, "alerts.db*"), File.Delete);

        var replaced = Assert.Throws<AlertStoreReplacedException>(() => database.Commit(Everything));
        Assert.Contains("deleted while it was in use", replaced.Message, StringComparison.Ordinal);
        database.Commit(Everything);

        Assert.Contains(_fixture.Logger.Lines, line => line.StartsWith($"Error: {_fixture.Path} was deleted while it was in use", StringComparison.Ordinal));
        database = _fixture.Reopen(database);
        Assert.Equal(5, database.Load().Cursor!.Sequence);
        Assert.Single(database.Subscriptions());
        Assert.True(database.IsAlerted("event"));
    }

    [Fact]
    public void Secret_DeletedWhileInUse_StaysTheSameAndCommitStillAsksForEverything()
    {
        var database = Filled();
        database.Secret("links", () => [7]);
        Array.ForEach(Directory.GetFiles(_fixture.DataDir, "alerts.db*"), File.Delete);

        Assert.Equal([7], database.Secret("links", () => [8]));
        Assert.Throws<AlertStoreReplacedException>(() => database.Commit(Everything));
    }

    [Fact]
    public void Commit_DiskWasTakenAway_MakesNothingInItsPlace()
    {
        var database = Filled();
        Array.ForEach(Directory.GetFiles(_fixture.DataDir), File.Delete);

        var error = Assert.Throws<IOException>(() => database.Commit(Everything));

        Assert.Contains("connected and mounted", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_fixture.DataDir));
    }

    [Fact]
    public void Load_FileOfANewerProgram_IsRefusedAndLeftAlone()
    {
        Filled().Dispose();
        _fixture.Sql("PRAGMA user_version = 99;");
        var database = _fixture.Open();

        var error = Assert.Throws<IOException>(database.Load);

        Assert.Contains("written by a newer Ambianic (version 99, this one knows 2)", error.Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(() => database.Commit(Everything));
        Assert.Equal(99L, _fixture.Sql("PRAGMA user_version;"));
        Assert.Empty(Directory.GetFiles(_fixture.DataDir, "*broken*"));
    }

    [Fact]
    public void Commit_AnotherProgramHoldsTheFile_WaitsForIt()
    {
        var (one, other) = (Filled(), _fixture.Open());

        Parallel.For(0, 20, i => (i % 2 == 0 ? one : other).Commit(new AlertChanges { Alerts = [AlertFixture.Alert($"{i}")] }));

        Assert.Equal(21, one.Load().Open.Count);
    }

    [Fact]
    [Slow]
    public async Task Commit_DiskDoesNotAnswer_FailsSoonAndIsStoredWhenItDoes()
    {
        var database = Filled();
        using (var other = new SqliteConnection($"Data Source={_fixture.Path};Pooling=False"))
        {
            await other.OpenAsync(TestContext.Current.CancellationToken);
            using var held = other.BeginTransaction(); // as a disk that hangs, it lets nobody write

            var error = Assert.Throws<IOException>(() => database.Commit(new AlertChanges { Alerts = [AlertFixture.Alert("late")] }));
            Assert.Contains("has not answered for 3 s", error.Message, StringComparison.Ordinal);
            Assert.Throws<IOException>(() => database.Alerts(new AlertQuery()));
        }

        await Eventually.TrueAsync(() => Try(() => database.Alerts(new AlertQuery { Id = "late" }).Count) == 1);
        database.Commit(Everything);

        static int Try(Func<int> read)
        {
            try
            {
                return read();
            }
            catch (IOException)
            {
                return 0;
            }
        }
    }

    [Fact]
    public async Task Commit_DiskIsFull_SaysSoAndStoresAllWhenThereIsRoom()
    {
        Assert.SkipUnless(
            await RunAsync("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", _fixture.DataDir), "a small disk cannot be mounted here: run as root");
        try
        {
            using var database = Filled();
            var ballast = Path.Combine(_fixture.DataDir, "ballast");
            await RunAsync("dd", "if=/dev/zero", $"of={ballast}", "bs=4k", "status=none"); // until nothing is free
            var changes = new AlertChanges { Alerts = [.. Enumerable.Range(0, 1000).Select(i => AlertFixture.Alert($"{i}"))] };

            var error = Assert.Throws<IOException>(() => database.Commit(changes));
            Assert.Contains("free some space", error.Message, StringComparison.Ordinal);
            Assert.Single(database.Alerts(new AlertQuery()));

            File.Delete(ballast);
            database.Commit(changes);
            Assert.Equal(1001, database.Load().Open.Count);
        }
        finally
        {
            await RunAsync("umount", "-l", _fixture.DataDir);
        }
    }

    [Fact]
    public async Task Load_DiskIsReadOnly_SaysSoAndWorksWhenItIsNot()
    {
        Assert.SkipUnless(
            await RunAsync("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", _fixture.DataDir), "a small disk cannot be mounted here: run as root");
        try
        {
            await RunAsync("mount", "-o", "remount,ro", _fixture.DataDir);
            using var database = _fixture.Open();

            var error = Assert.Throws<IOException>(database.Load);
            Assert.Contains("read-only", error.Message, StringComparison.Ordinal);

            await RunAsync("mount", "-o", "remount,rw", _fixture.DataDir);
            database.Commit(Everything);
        }
        finally
        {
            await RunAsync("umount", "-l", _fixture.DataDir);
        }
    }

    private Ambianic.Storage.Alerts.AlertDatabase Filled()
    {
        var database = _fixture.Open();
        database.Commit(Everything);
        return database;
    }

    private static void Overwrite(string path, int from)
    {
        using var file = File.OpenWrite(path);
        file.Seek(from, SeekOrigin.Begin);
        file.Write(Enumerable.Repeat((byte)0xAA, (int)file.Length - from).ToArray());
    }

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode == 0;
    }
}

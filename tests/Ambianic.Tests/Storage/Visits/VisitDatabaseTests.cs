using Ambianic.Core.Configuration;
using Ambianic.Core.Vision;
using Ambianic.Core.Visits;
using Ambianic.Storage.Visits;

namespace Ambianic.Tests.Storage.Visits;

public sealed class VisitDatabaseTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 5, 1, 10, 0, 0, TimeSpan.FromHours(2));
    private readonly TemporaryDirectory _directory = new();
    private readonly LogRecorder<VisitDatabase> _logger = new();
    private readonly VisitFeed _feed = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Put_AVisit_IsReadAsItWas()
    {
        await using var database = Open();
        var visit = Visit("a", 0) with
        {
            TrackId = 7,
            StationarySeconds = 2.5,
            Speed = VisitSpeed.Fast,
            Path = [new PathPoint(0, 0.1f, 0.2f), new PathPoint(1.5, 0.3f, 0.4f)],
            Pictures = [new VisitPicture("e1", Start, new Box(0.1f, 0.2f, 0.3f, 0.4f), 0.5f)],
        };

        await PutAsync(database, visit);

        var read = database.Find("a")!;
        Assert.Equal(visit with { Path = [], Pictures = [] }, read with { Path = [], Pictures = [] });
        Assert.Equal(visit.Path, read.Path);
        Assert.Equal(visit.Pictures, read.Pictures);
        Assert.Equal(["e1"], database.PicturesAmong(["e1", "e2"]));
    }

    [Fact]
    public async Task Query_Filters_GiveThoseThatMatch()
    {
        await using var database = Open();
        await PutAsync(
            database,
            Visit("a", 0),
            Visit("b", 10) with { Label = "car" },
            Visit("c", 20) with { Pipeline = "back" },
            Visit("d", 30) with { End = Start.AddMinutes(35) });

        Assert.Equal(["d", "c", "b", "a"], Ids(new VisitQuery()));
        Assert.Equal(["b"], Ids(new VisitQuery { Label = "car" }));
        Assert.Equal(["c"], Ids(new VisitQuery { Pipeline = "back" }));
        Assert.Equal(["d"], Ids(new VisitQuery { LeastDwell = TimeSpan.FromMinutes(5) }));
        Assert.Equal(["c", "b", "a"], Ids(new VisitQuery { MostDwell = TimeSpan.FromMinutes(1) }));
        Assert.Equal(["c", "b"], Ids(new VisitQuery { From = Start.AddMinutes(5), To = Start.AddMinutes(25) }));
        Assert.Equal(["d"], Ids(new VisitQuery { From = Start.AddMinutes(33) }));

        string[] Ids(VisitQuery query) => [.. database.Query(query).Select(visit => visit.Id)];
    }

    [Fact]
    public async Task Query_PageAfterPage_GivesEachOnceWhileOthersBegin()
    {
        await using var database = Open();
        await PutAsync(database, [.. Enumerable.Range(0, 10).Select(i => Visit($"v{i}", i / 2))]);
        List<string> read = [];
        VisitCursor? after = null;
        for (var page = 0; page < 4; page++)
        {
            var visits = database.Query(new VisitQuery { Limit = 3, After = after });
            read.AddRange(visits.Select(visit => visit.Id));
            after = new VisitCursor(visits[^1].Start, visits[^1].Id);
            await PutAsync(database, Visit($"new{page}", 100 + page));
        }

        Assert.Equal(["v9", "v8", "v7", "v6", "v5", "v4", "v3", "v2", "v1", "v0"], read);
    }

    [Fact]
    public async Task Open_AfterACrash_OpenVisitsEndWithTheirLastSample()
    {
        await using var crashed = Open();
        await PutAsync(crashed, Visit("a", 0) with { IsOpen = true });

        await using var database = Open();

        var visit = Assert.Single(database.Query(new VisitQuery()));
        Assert.False(visit.IsOpen);
        Assert.Equal(Start.AddSeconds(30), visit.End);
    }

    [Fact]
    public async Task Put_VisitDevelops_IsAnnounced()
    {
        List<(VisitChangeKind, DateTimeOffset)> changes = [];
        _feed.Changed += change => changes.Add((change.Kind, change.Visit.End));
        await using var database = Open();
        var visit = Visit("a", 0) with { IsOpen = true };

        await PutAsync(database, visit);
        await PutAsync(database, visit with { End = Start.AddSeconds(40) });
        await PutAsync(database, visit with { End = Start.AddSeconds(50), IsOpen = false });
        await Eventually.TrueAsync(() => changes.Count == 3);

        Assert.Equal([VisitChangeKind.New, VisitChangeKind.Update, VisitChangeKind.End], changes.Select(change => change.Item1));
    }

    [Fact]
    public async Task Put_DatabaseIsDamaged_IsKeptAsideAndBegunAgain()
    {
        await File.WriteAllTextAsync(_directory[VisitDatabase.FileName], new string('x', 5000), TestContext.Current.CancellationToken);
        await using var database = Open();

        await Eventually.TrueAsync(() =>
        {
            try
            {
                database.Put(Visit("a", 0));
                return database.Find("a") is not null;
            }
            catch (IOException)
            {
                return false; // this call has met the damage
            }
        });

        Assert.Single(Directory.GetFiles(_directory.Path, "visits.db.broken-*"), path => !path.EndsWith("wal", StringComparison.Ordinal));
        Assert.Contains(_logger.Lines, line => line.Contains("is kept as", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Put_OldVisits_AreRemoved()
    {
        await using (var database = Open())
        {
            await PutAsync(database, Visit("old", 0) with { Pictures = [new VisitPicture("e1", Start, default, 1)] });
        }

        await using var later = Open(new RetentionOptions { MaxAgeDays = 1, MaxAgeDaysByLabel = new Dictionary<string, double> { ["car"] = 2 } });
        await PutAsync(later, Visit("new", 0) with { Start = TimeProvider.System.GetUtcNow(), End = TimeProvider.System.GetUtcNow() });

        Assert.Equal(["new"], later.Query(new VisitQuery()).Select(visit => visit.Id));
        Assert.Empty(later.PicturesAmong(["e1"]));
    }

    private static Visit Visit(string id, int minute) => new()
    {
        Id = id,
        Pipeline = "front",
        Source = "camera",
        Start = Start.AddMinutes(minute),
        End = Start.AddMinutes(minute).AddSeconds(30),
        Label = "person",
        Confidence = 0.9f,
    };

    private static async Task PutAsync(VisitDatabase database, params Visit[] visits)
    {
        foreach (var visit in visits)
        {
            database.Put(visit);
        }

        var last = visits[^1];
        await Eventually.TrueAsync(() => database.Find(last.Id) is { } read && read.End == last.End && read.IsOpen == last.IsOpen);
    }

    private VisitDatabase Open(RetentionOptions? retention = null) => new(_directory.Path, _feed, retention is null ? null : () => retention, TimeProvider.System, _logger);
}

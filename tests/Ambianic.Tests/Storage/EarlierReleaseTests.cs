using Ambianic.Core.Health;
using Ambianic.Core.Timeline;
using Ambianic.Storage;
using Ambianic.Storage.Files;
using Microsoft.Data.Sqlite;

namespace Ambianic.Tests.Storage;

/// <summary>A data directory as releases with version 1 of the database wrote it: files, rows, log and account stay readable.</summary>
public sealed class EarlierReleaseTests : IDisposable
{
    /// <summary>Written out, because the code of the schema may change: this is what lies on disks.</summary>
    private const string Version1 =
        """
        CREATE TABLE events (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            at INTEGER NOT NULL,
            pipeline TEXT NOT NULL,
            rel_dir TEXT NOT NULL,
            json_file_name TEXT NOT NULL,
            document TEXT NOT NULL,
            UNIQUE (rel_dir, json_file_name));
        CREATE INDEX events_by_time ON events (at);
        CREATE INDEX events_by_pipeline ON events (pipeline, at);
        CREATE TABLE event_labels (
            label TEXT NOT NULL,
            at INTEGER NOT NULL,
            seq INTEGER NOT NULL REFERENCES events (seq) ON DELETE CASCADE,
            PRIMARY KEY (label, at, seq)) WITHOUT ROWID;
        PRAGMA user_version = 1;
        PRAGMA journal_mode = WAL;
        """;

    /// <summary>What version 2 added.</summary>
    private const string Version2 =
        """
        CREATE TABLE numbering (id TEXT NOT NULL, last INTEGER NOT NULL, last_recovered INTEGER NOT NULL);
        INSERT INTO numbering VALUES ('0123456789abcdef0123456789abcdef', 7, 0);
        PRAGMA user_version = 2;
        """;

    private const string Person =
        """
        {"id":"6b87795ffb5d49959a41866384d6cd6e","datetime":"2021-04-30T20:16:51.382842\u002B02:00","image_file_name":"20210430-201651.382842-image.jpg","thumbnail_file_name":"20210430-201651.382842-thumbnail.jpg","json_file_name":"20210430-201651.382842-inference.json","rel_dir":"detections/20210430-201650.954710","inference_result":[{"label":"person","confidence":0.875,"box":{"xmin":0.25,"ymin":0.125,"xmax":0.5,"ymax":1}}],"inference_meta":{"display":"Object Detection"},"pipeline":"front","source":"door"}
        """;

    private const string Outage =
        """
        {"id":"3168b7e4d9614990b03764eb9c49f0ae","datetime":"2021-04-30T20:17:50.898888\u002B02:00","image_file_name":"","thumbnail_file_name":"","json_file_name":"20210430-201750.898888-inference.json","rel_dir":"detections/20210430-201650.778910","inference_result":[],"inference_meta":{"display":"Sight"},"pipeline":"away","source":"garage","sight":{"state":"blind","blind_since":"2021-04-30T20:16:50.898888\u002B02:00","reason":"source garage: nothing answers"}}
        """;

    private const string Log =
        """
        - args:
            id: "6b87795ffb5d49959a41866384d6cd6e"
            datetime: "2021-04-30T20:16:51.382842+02:00"
            pipeline: front
          created: 1619806611.382842
          id: "6b87795ffb5d49959a41866384d6cd6e"
          message: Detection Event
          pipeline_context:
            unique_pipeline_name: front
          priority: INFO

        """;

    private const string Account =
        """
        {"at":"2021-04-30T18:16:51.8155037+00:00","pipeline":"front","source":"door","sight":"Watching","reason":null}
        {"at":"2021-04-30T18:16:50.8762651+00:00","pipeline":"away","source":"garage","sight":"Blind","reason":"source garage: nothing answers"}

        """;

    private readonly TimelineFixture _fixture = new();

    public EarlierReleaseTests()
    {
        Write("detections/20210430-201650.954710/20210430-201651.382842-inference.json", Person.Replace("\\u002B", "+", StringComparison.Ordinal));
        Write("detections/20210430-201650.954710/20210430-201651.382842-image.jpg", "picture");
        Write("detections/20210430-201650.954710/20210430-201651.382842-thumbnail.jpg", "picture");
        Write("detections/20210430-201650.954710/20210430-201651.382842-pinned", "");
        Write("detections/20210430-201650.778910/20210430-201750.898888-inference.json", Outage.Replace("\\u002B", "+", StringComparison.Ordinal));
        Write("timeline-event-log.yaml", Log);
        Write("coverage.jsonl", Account);
        Write(".ambianic-lock", "");
    }

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Open_DataOfVersion1_ShowsItAllAndStoresOn(bool hasDatabase)
    {
        if (hasDatabase)
        {
            WriteDatabase();
        }

        await using var store = _fixture.Open();
        await store.IndexRecovered;

        var events = await TimelineFixture.EventsAsync(store, new EventQuery());
        Assert.Equal(["3168b7e4d9614990b03764eb9c49f0ae", "6b87795ffb5d49959a41866384d6cd6e"], events.Select(seen => seen.Id));
        Assert.Equal(VisibilityState.NoVideo, events[0].Outage?.Visibility);
        Assert.Equal("source garage: nothing answers", events[0].Outage?.Reason);
        var person = Assert.Single(events[1].Detections);
        Assert.Equal(("person", 0.875f, 0.25f, 1f), (person.Label, person.Confidence, person.Box.XMin, person.Box.YMax));
        Assert.True(events[1].IsPinned);
        Assert.Equal(new DateTimeOffset(2021, 4, 30, 20, 16, 51, TimeSpan.FromHours(2)).AddMicroseconds(382842), events[1].At);
        Assert.Single(await TimelineFixture.EventsAsync(store, new EventQuery { Label = "person", Pipeline = "front" }));
        Assert.Single(await TimelineFixture.EventsAsync(store, new EventQuery { Label = EventNames.OutageLabel }));

        var stored = await _fixture.StoreAsync(store, [0]);
        Assert.Equal(stored[0].Id, (await TimelineFixture.IdsAsync(store, new EventQuery()))[0]);
        Assert.StartsWith(Log, await File.ReadAllTextAsync(_fixture.LogPath, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.DoesNotContain(_fixture.Logger.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Open_DatabaseOfVersion2_TakesItsRowsAndNumbersOver()
    {
        WriteDatabase(Version2);

        await using var store = _fixture.Open();
        await store.IndexRecovered;

        var end = store.End();
        Assert.Equal((7, "0123456789abcdef0123456789abcdef"), (end.Sequence, end.Numbering));
        Assert.Equal(
            ["6b87795ffb5d49959a41866384d6cd6e", "3168b7e4d9614990b03764eb9c49f0ae"],
            store.ReadAfter(end with { Sequence = 0, EventId = "" }, 10).Events.Select(seen => seen.Id));
        foreach (var query in new EventQuery[] { new() { Label = "person" }, new() { MinConfidence = 0.87 }, new() { Text = "door" }, new() { Pipeline = "front" } })
        {
            var page = await store.PageAsync(query with { Limit = 10 }, EventOrder.Newest, null, TestContext.Current.CancellationToken);
            Assert.Equal("6b87795ffb5d49959a41866384d6cd6e", Assert.Single(page.Events).Id);
        }

        Assert.Single(await TimelineFixture.EventsAsync(store, new EventQuery { State = "no_video" }));
        Assert.Single(await TimelineFixture.EventsAsync(store, new EventQuery { Text = "garage answers" }));
        Assert.DoesNotContain(_fixture.Logger.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_AccountOfVersion1_IsWhatItSaid()
    {
        var (changes, ends) = new VisibilityFile(_fixture.DataDir).Read();

        Assert.Equal(
            [("front", VisibilityState.Visible), ("away", VisibilityState.NoVideo), ("front", VisibilityState.Off), ("away", VisibilityState.Off)],
            changes.Select(change => (change.Pipeline, change.Visibility)));
        Assert.Equal(2, ends.Count);
    }

    [Fact]
    public async Task Rebuild_DataOfVersion1_HasAllEvents()
    {
        WriteDatabase();

        var result = await TimelineIndex.RebuildAsync(_fixture.DataDir, _fixture.Time, new Progress<RebuildProgress>(), TestContext.Current.CancellationToken);

        Assert.Equal((2, 0, 0), (result.Events, result.Duplicates.Count, result.Unreadable.Count));
    }

    private void WriteDatabase(string newer = "")
    {
        using (var connection = new SqliteConnection($"Data Source={_fixture.DatabasePath};Pooling=False"))
        {
            connection.Open();
            Run(Version1);
            Run("INSERT INTO events VALUES (1, '6b87795ffb5d49959a41866384d6cd6e', 1619806611382842, 'front', 'detections/20210430-201650.954710', '20210430-201651.382842-inference.json', $document);", Person);
            Run("INSERT INTO events VALUES (2, '3168b7e4d9614990b03764eb9c49f0ae', 1619806670898888, 'away', 'detections/20210430-201650.778910', '20210430-201750.898888-inference.json', $document);", Outage);
            Run("INSERT INTO event_labels VALUES ('person', 1619806611382842, 1), ('sight', 1619806670898888, 2);" + newer);

            void Run(string sql, string document = "")
            {
                using var command = connection.CreateCommand();
                command.CommandText = sql;
                command.Parameters.AddWithValue("$document", document);
                command.ExecuteNonQuery();
            }
        }
    }

    private void Write(string name, string content)
    {
        var path = Path.Combine(_fixture.DataDir, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }
}

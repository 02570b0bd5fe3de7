using Ambianic.Core.Health;
using Ambianic.Core.Timeline;
using Ambianic.Core.Visibility;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;
using Ambianic.Storage;
using Microsoft.Data.Sqlite;

namespace Ambianic.Tests.Storage;

/// <summary>Events are found by what they hold, page by page, and people can remove them and say something of them.</summary>
public sealed class EventArchiveTests : IDisposable
{
    private const string Said = "It was the cleaner, not Grandma";
    private readonly TimelineFixture _fixture = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    public static TheoryData<string, int[]> Filters => new()
    {
        { "all", [4, 3, 2, 1, 0] },
        { "from", [4, 3, 2] },
        { "to", [1, 0] },
        { "pipeline", [3] },
        { "label", [3, 0] },
        { "confidence of any", [2, 1, 0] },
        { "confidence at the border", [2, 0] },
        { "confidence of none", [] },
        { "label and confidence", [0] },
        { "fall state", [2] },
        { "visibility", [4] },
        { "zone", [3, 0] },
        { "zone and label", [0] },
        { "word of a zone", [3, 0] },
        { "word", [3] },
        { "words", [4] },
        { "word in another case and accent", [1] },
        { "word of a label", [2] },
        { "word that is nowhere", [] },
        { "no word", [] },
        { "quote", [] },
        { "words of two events", [] },
        { "text and label", [3] },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task Page_Filter_FindsWhatMatches(string filter, int[] expected)
    {
        await using var store = _fixture.Open();
        var ids = await RememberAsync(store);
        var query = filter switch
        {
            "all" => new EventQuery(),
            "from" => new EventQuery { From = TimelineFixture.Start.AddSeconds(2) },
            "to" => new EventQuery { To = TimelineFixture.Start.AddSeconds(2) },
            "pipeline" => new EventQuery { Pipeline = "back_door" },
            "label" => new EventQuery { Label = "person" },
            "confidence of any" => new EventQuery { MinConfidence = 0.55 },
            "confidence at the border" => new EventQuery { MinConfidence = 0.98 },
            "confidence of none" => new EventQuery { MinConfidence = 1 },
            "label and confidence" => new EventQuery { Label = "person", MinConfidence = 0.9 },
            "fall state" => new EventQuery { State = "long_lie" },
            "visibility" => new EventQuery { State = "no_video" },
            "zone" => new EventQuery { Zone = "door step" },
            "zone and label" => new EventQuery { Zone = "door step", Label = "person", MinConfidence = 0.5 },
            "word of a zone" => new EventQuery { Text = "step" },
            "word" => new EventQuery { Text = "back_door" },
            "words" => new EventQuery { Text = "route HOST" },
            "word in another case and accent" => new EventQuery { Text = "CAFE" },
            "word of a label" => new EventQuery { Text = "long_lie" },
            "word that is nowhere" => new EventQuery { Text = "dog" },
            "no word" => new EventQuery { Text = "!?" },
            "quote" => new EventQuery { Text = "\"person OR cat*" },
            "words of two events" => new EventQuery { Text = "café host" },
            "text and label" => new EventQuery { Text = "person", Label = "person", Pipeline = "back_door" },
            _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, null),
        };

        Assert.Equal(expected.Select(number => ids[number]), await WalkAsync(store, query, EventOrder.Newest, 2));
        Assert.Equal(expected.Reverse().Select(number => ids[number]), await WalkAsync(store, query, EventOrder.Oldest, 1));
        Assert.Equal(expected.Length, await store.CountAsync(query, Cancellation));
        Assert.Equal(expected.Select(number => ids[number]), await TimelineFixture.IdsAsync(store, query));
    }

    [Fact]
    public async Task Page_EventsOfOneMicrosecond_AreEachSeenOnce()
    {
        await using var store = _fixture.Open();
        var folder = await store.StartFolderAsync(TimelineFixture.Start, Cancellation);
        List<string> ids = [];
        for (var number = 0; number < 100; number++)
        {
            var seen = TimelineFixture.Event(folder, TimelineFixture.Start) with { JsonFileName = $"{number}-inference.json", ImageFileName = "", ThumbnailFileName = "" };
            await store.AppendAsync(seen, null, Cancellation);
            ids.Add(seen.Id);
        }

        var walked = await WalkAsync(store, new EventQuery(), EventOrder.Newest, 7);

        Assert.Equal(ids.Order(), walked.Order());
    }

    [Fact]
    public async Task Page_EventsBeforeAndAfterAllTimes_AreInOrder()
    {
        await using var store = _fixture.Open();
        var folder = await store.StartFolderAsync(TimelineFixture.Start, Cancellation);
        DateTimeOffset[] times = [DateTimeOffset.MinValue.AddDays(2), new(1969, 7, 20, 0, 0, 0, TimeSpan.Zero), TimelineFixture.Start, DateTimeOffset.MaxValue.AddDays(-2)];
        List<string> ids = [];
        foreach (var at in times)
        {
            var seen = TimelineFixture.Event(folder, at) with { ImageFileName = "", ThumbnailFileName = "" };
            await store.AppendAsync(seen, null, Cancellation);
            ids.Add(seen.Id);
        }

        Assert.Equal(ids, await WalkAsync(store, new EventQuery(), EventOrder.Oldest, 1));
        Assert.Equal(ids[2..], await WalkAsync(store, new EventQuery { From = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero) }, EventOrder.Oldest, 10));
    }

    [Fact]
    public async Task Delete_PinnedEvent_LeavesNothingOfIt()
    {
        await using var store = _fixture.Open();
        var stored = await _fixture.StoreAsync(store, [0, 1], "front", TimelineFixture.Person);
        await store.PinAsync(stored[0].Id, isPinned: true, Cancellation);
        await store.RemarkAsync(stored[0].Id, _ => new EventRemarks(Said, EventFeedback.FalseAlarm), Cancellation);

        Assert.True(await store.DeleteAsync(stored[0].Id, Cancellation));

        Assert.False(await store.DeleteAsync(stored[0].Id, Cancellation));
        Assert.Null(await store.FindAsync(stored[0].Id, Cancellation));
        Assert.Equal(3, Directory.GetFiles(Path.Combine(_fixture.DataDir, stored[1].RelDir)).Length);
        Assert.DoesNotContain(Directory.GetFiles(Path.Combine(_fixture.DataDir, stored[1].RelDir)), path => Path.GetFileName(path).Contains(stored[0].JsonFileName[..^EventNames.JsonSuffix.Length], StringComparison.Ordinal));
        foreach (var query in new EventQuery[] { new(), new() { Label = "person" }, new() { Text = "person" }, new() { MinConfidence = 0.5 } })
        {
            Assert.Equal([stored[1].Id], await WalkAsync(store, query, EventOrder.Newest, 10));
        }

        Assert.Empty(await WalkAsync(store, new EventQuery { Text = "cleaner" }, EventOrder.Newest, 10));
        Assert.Contains(_fixture.Logger.Lines, line => line.Contains("a person has deleted it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Delete_LastEventOfAFolder_RemovesTheFolder()
    {
        await using var store = _fixture.Open();
        var stored = await _fixture.StoreAsync(store, [0], "front", TimelineFixture.Person);

        Assert.True(await store.DeleteAsync(stored[0].Id, Cancellation));

        Assert.False(Directory.Exists(Path.Combine(_fixture.DataDir, stored[0].RelDir)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Remark_DatabaseIsRebuilt_IsStillThere(bool byCommand)
    {
        DetectionEvent stored;
        await using (var store = _fixture.Open())
        {
            stored = (await _fixture.StoreAsync(store, [0, 1], "front", TimelineFixture.Person))[0];
            var changed = await store.RemarkAsync(stored.Id, remarks => remarks with { Note = Said }, Cancellation);
            Assert.Equal(Said, changed?.Remarks.Note);
            await store.RemarkAsync(stored.Id, remarks => remarks with { Feedback = EventFeedback.FalseAlarm }, Cancellation);
            Assert.Null(await store.RemarkAsync("nobody", remarks => remarks, Cancellation));
        }

        if (byCommand)
        {
            await TimelineIndex.RebuildAsync(_fixture.DataDir, _fixture.Time, new Progress<RebuildProgress>(), Cancellation);
        }
        else
        {
            File.Delete(_fixture.DatabasePath);
        }

        await using var next = _fixture.Open();
        await next.IndexRecovered;
        Assert.Equal(new EventRemarks(Said, EventFeedback.FalseAlarm), (await next.FindAsync(stored.Id, Cancellation))?.Remarks);
        Assert.Equal([stored.Id], await WalkAsync(next, new EventQuery { Text = "cleaner" }, EventOrder.Newest, 10));
        Assert.Equal([stored.Id], await WalkAsync(next, new EventQuery { Feedback = EventFeedback.FalseAlarm }, EventOrder.Newest, 10));
    }

    /// <summary>The file is written first: a crash before the row is what the row of an older note looks like.</summary>
    [Fact]
    public async Task Open_RowHasAnOlderNoteThanTheFile_TakesTheOneOfTheFile()
    {
        DetectionEvent stored;
        await using (var store = _fixture.Open())
        {
            stored = (await _fixture.StoreAsync(store, [0], "front", TimelineFixture.Person))[0];
            await store.RemarkAsync(stored.Id, _ => new EventRemarks(Said, null), Cancellation);
        }

        using (var connection = new SqliteConnection($"Data Source={_fixture.DatabasePath};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE events SET note = NULL; DELETE FROM event_words;";
            command.ExecuteNonQuery();
        }

        await using var next = _fixture.Open();
        await next.IndexRecovered;

        Assert.Equal(Said, (await next.FindAsync(stored.Id, Cancellation))?.Remarks.Note);
        Assert.Equal([stored.Id], await WalkAsync(next, new EventQuery { Text = "cleaner" }, EventOrder.Newest, 10));
    }

    [Fact]
    public async Task Remark_TakenBack_IsFoundNoMore()
    {
        await using var store = _fixture.Open();
        var stored = (await _fixture.StoreAsync(store, [0], "front", TimelineFixture.Person))[0];
        await store.RemarkAsync(stored.Id, _ => new EventRemarks(Said, EventFeedback.Correct), Cancellation);

        var changed = await store.RemarkAsync(stored.Id, _ => default, Cancellation);

        Assert.True(changed?.Remarks.IsEmpty);
        Assert.Empty(await WalkAsync(store, new EventQuery { Text = "cleaner" }, EventOrder.Newest, 10));
        Assert.Empty(await WalkAsync(store, new EventQuery { Feedback = EventFeedback.Correct }, EventOrder.Newest, 10));
    }

    /// <summary>Whatever is added and removed on the way: what was there all the time is seen once.</summary>
    [Theory]
    [InlineData(1, EventOrder.Newest)]
    [InlineData(2, EventOrder.Newest)]
    [InlineData(3, EventOrder.Oldest)]
    [InlineData(4, EventOrder.Oldest)]
    public async Task Page_EventsComeAndGoWhileWalking_ThoseThatStayAreSeenExactlyOnce(int seed, EventOrder order)
    {
        var random = new Random(seed);
        await using var store = _fixture.Open();
        var folder = await store.StartFolderAsync(TimelineFixture.Start, Cancellation);
        List<string> stays = [];
        List<string> goes = [];
        for (var number = 0; number < 60; number++)
        {
            (random.Next(3) == 0 ? goes : stays).Add(await AddAsync());
        }

        foreach (var query in new EventQuery[] { new(), new() { Label = "person" }, new() { Text = "front" }, new() { MinConfidence = 0.35 }, new() { Pipeline = "front" } })
        {
            List<string> walked = [];
            long? after = null;
            do
            {
                var page = await store.PageAsync(query with { Limit = random.Next(1, 8) }, order, after, Cancellation);
                walked.AddRange(page.Events.Select(seen => seen.Id));
                after = page.Next;
                goes.Add(await AddAsync());
                var gone = goes[random.Next(goes.Count)];
                await store.DeleteAsync(gone, Cancellation);
            }
            while (after is not null);

            Assert.Equal(walked.Distinct(), walked);
            Assert.Equal(stays.Order(), walked.Intersect(stays).Order());
        }

        async Task<string> AddAsync()
        {
            var at = TimelineFixture.Start.AddMicroseconds(random.Next(40)); // many share a time
            var seen = TimelineFixture.Event(folder, at, "front", new Detection("person", 0.4f + (0.6f * random.NextSingle()), default)) with
            {
                ImageFileName = "",
                ThumbnailFileName = "",
                JsonFileName = $"{Guid.NewGuid():N}-inference.json",
            };
            await store.AppendAsync(seen, null, Cancellation);
            return seen.Id;
        }
    }

    private static async Task<List<string>> WalkAsync(SqliteEventStore store, EventQuery query, EventOrder order, int size)
    {
        List<string> ids = [];
        long? after = null;
        do
        {
            var page = await store.PageAsync(query with { Limit = size }, order, after, Cancellation);
            Assert.InRange(page.Events.Count, 0, size);
            ids.AddRange(page.Events.Select(seen => seen.Id));
            after = page.Next;
        }
        while (after is not null);
        return ids;
    }

    /// <summary>Five events, a second apart: a person, a cat with a note, a fall, a doubtful person elsewhere, an outage.</summary>
    private static async Task<List<string>> RememberAsync(SqliteEventStore store)
    {
        var folder = await store.StartFolderAsync(TimelineFixture.Start, Cancellation);
        var fall = new Detection(FallLabels.LongLie, 0.99f, new Box(0, 0, 1, 1))
        {
            Details = new FallReport { Track = 1, State = FallState.LongLie, LeaningAngle = 80, DownSeconds = 61, Evidence = new FallEvidence() },
        };
        DetectionEvent[] events =
        [
            Event(0, "front", TimelineFixture.Person with { Zones = ["door step", "path"] }),
            Event(1, "front", new Detection("cat", 0.55f, new Box(0, 0, 1, 1))),
            Event(2, "front", fall),
            Event(3, "back_door", new Detection("person", 0.29f, new Box(0, 0, 1, 1)) { Zones = ["door step"] }),
            Event(4, "front") with { Outage = new OutageReport("front", "camera", TimelineFixture.Start.AddSeconds(4), VisibilityState.NoVideo, TimelineFixture.Start, "no route to host") },
        ];
        foreach (var seen in events)
        {
            await store.AppendAsync(seen, null, Cancellation);
        }

        await store.RemarkAsync(events[1].Id, _ => new EventRemarks("Caf\u00e9 visitor", null), Cancellation);
        return [.. events.Select(seen => seen.Id)];

        DetectionEvent Event(int second, string pipeline, params IReadOnlyList<Detection> detections) =>
            TimelineFixture.Event(folder, TimelineFixture.Start.AddSeconds(second), pipeline, detections) with { ImageFileName = "", ThumbnailFileName = "" };
    }
}

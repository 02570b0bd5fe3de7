using Ambianic.Core.Configuration;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision;
using Ambianic.Storage;
using Ambianic.Storage.Files;

namespace Ambianic.Tests.Storage.Retention;

public sealed class RetentionTests : IDisposable
{
    private static readonly Detection Fall = new("FALL", 0.9f, new Box(0, 0, 1, 1));
    private static readonly Detection Cat = new("cat", 0.9f, new Box(0, 0, 1, 1));
    private readonly TimelineFixture _fixture = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Append_EventsOutliveTheirTime_RemovesThemWithTheirFilesAndKeepsFalls()
    {
        await using var store = _fixture.Open(new RetentionOptions { MaxAgeDays = 7 });
        var old = await _fixture.StoreAsync(store, [0, 1], "front", TimelineFixture.Person);
        var fall = await _fixture.StoreAsync(store, [2], "front", Fall);

        _fixture.Time.Advance(TimeSpan.FromDays(8));
        var young = await _fixture.StoreAsync(store, [8 * 86400], "front", TimelineFixture.Person);
        var kept = fall.Concat(young).Select(seen => seen.Id).ToHashSet();
        await EventuallyOnTimelineAsync(store, kept);

        await Eventually.TrueAsync(() => old.All(IsGone));
        Assert.All(fall.Concat(young), seen => Assert.True(File.Exists(_fixture.FullPath(seen, seen.ImageFileName))));
        Assert.Equal(0, await store.CountAsync(new EventQuery { Label = "person", To = TimelineFixture.Start.AddDays(1) }, Cancellation));
    }

    [Fact]
    public async Task Append_ClockIsSetYearsAheadForAMinute_RemovesNothing()
    {
        await using var store = _fixture.Open(new RetentionOptions { MaxAgeDays = 7 });
        var stored = await _fixture.StoreAsync(store, [0], "front", TimelineFixture.Person);
        foreach (var days in (int[])[3650, 0])
        {
            _fixture.Time.Step = TimeSpan.FromDays(days);
            for (var minute = 0; minute < 20; minute++)
            {
                _fixture.Time.Advance(TimeSpan.FromMinutes(1)); // more than one look at the ages
                stored.AddRange(await _fixture.StoreAsync(store, [(days * 86400) + stored.Count], "front", TimelineFixture.Person));
            }
        }

        Assert.Equal(stored.Count, await store.CountAsync(new EventQuery(), Cancellation));
        Assert.All(stored, seen => Assert.True(File.Exists(_fixture.FullPath(seen, seen.ImageFileName))));
    }

    [Fact]
    public async Task Open_ClockIsYearsAheadAtTheStart_RemovesNothingForAnHour()
    {
        var options = new RetentionOptions { MaxAgeDays = 7 };
        List<DetectionEvent> stored;
        await using (var store = _fixture.Open(options))
        {
            stored = await _fixture.StoreAsync(store, [0], "front", TimelineFixture.Person);
        }

        _fixture.Time.Step = TimeSpan.FromDays(400);
        await using var started = _fixture.Open(options);
        for (var minute = 0; minute < 55; minute++)
        {
            _fixture.Time.Advance(TimeSpan.FromMinutes(1));
            stored.AddRange(await _fixture.StoreAsync(started, [(400 * 86400) + stored.Count], "front", TimelineFixture.Person));
        }

        Assert.Equal(stored.Count, await started.CountAsync(new EventQuery(), Cancellation));
        _fixture.Time.Advance(TimeSpan.FromMinutes(5)); // a clock that nobody corrects is believed
        await _fixture.StoreAsync(started, [401 * 86400], "front", TimelineFixture.Person);
        await Eventually.TrueAsync(() => IsGone(stored[0]));
    }

    [Fact]
    public async Task Append_ClockWasSetToTheRightTimeForGood_RemovesAnHourLater()
    {
        await using var store = _fixture.Open(new RetentionOptions { MaxAgeDays = 7 });
        await _fixture.StoreAsync(store, [0], "front", TimelineFixture.Person);
        _fixture.Time.Step = TimeSpan.FromDays(30);
        var recent = await _fixture.StoreAsync(store, [30 * 86400], "front", TimelineFixture.Person);

        _fixture.Time.Advance(TimeSpan.FromHours(2));
        var young = await _fixture.StoreAsync(store, [31 * 86400], "front", TimelineFixture.Person);

        await EventuallyOnTimelineAsync(store, recent.Concat(young).Select(seen => seen.Id).ToHashSet());
    }

    [Fact]
    public async Task Append_LabelsOfTheirOwnAge_KeepsTheLongest()
    {
        await using var store = _fixture.Open(new RetentionOptions
        {
            MaxAgeDays = 30,
            MaxAgeDaysByLabel = new Dictionary<string, double> { ["cat"] = 1, ["quiet"] = 1, ["FALL"] = 1 },
        });
        await _fixture.StoreAsync(store, [0], "front", Cat);
        await _fixture.StoreAsync(store, [1], "front");
        await _fixture.StoreAsync(store, [2], "front", Fall); // asked for by name
        var both = await _fixture.StoreAsync(store, [3], "front", Cat, TimelineFixture.Person);

        _fixture.Time.Advance(TimeSpan.FromDays(2));
        var young = await _fixture.StoreAsync(store, [2 * 86400], "front", Cat);

        await EventuallyOnTimelineAsync(store, both.Concat(young).Select(seen => seen.Id).ToHashSet());
    }

    [Fact]
    public async Task Append_EventIsKept_OutlivesItsTimeALostDatabaseAndARestartUntilItIsLetGo()
    {
        var options = new RetentionOptions { MaxAgeDays = 7 };
        DetectionEvent kept;
        await using (var store = _fixture.Open(options))
        {
            var old = await _fixture.StoreAsync(store, [0, 1], "front", TimelineFixture.Person);
            kept = old[1];
            Assert.True(await store.PinAsync(kept.Id, true, Cancellation));
            Assert.True(await store.PinAsync(kept.Id, true, Cancellation)); // asking again does nothing
            Assert.False(await store.PinAsync("0123", true, Cancellation));
            _fixture.Time.Advance(TimeSpan.FromDays(8));
            var young = await _fixture.StoreAsync(store, [8 * 86400], "front", TimelineFixture.Person);
            await EventuallyOnTimelineAsync(store, [kept.Id, young[0].Id]);
        }

        File.Delete(_fixture.DatabasePath);
        await using var rebuilt = _fixture.Open(options);
        await rebuilt.IndexRecovered;
        Assert.True(Assert.Single(await TimelineFixture.EventsAsync(rebuilt, new EventQuery { Id = kept.Id })).IsPinned);
        Assert.True(await rebuilt.PinAsync(kept.Id, false, Cancellation));
        _fixture.Time.Advance(TimeSpan.FromHours(1));
        var last = await _fixture.StoreAsync(rebuilt, [8 * 86400 + 3600], "front", TimelineFixture.Person);
        await Eventually.TrueAsync(() => IsGone(kept));
        Assert.Equal(last[0].Id, (await TimelineFixture.IdsAsync(rebuilt, new EventQuery()))[0]);
    }

    [Fact]
    public async Task Append_OptionsChange_CountAtOnceAndForTheOldestToo()
    {
        var options = new RetentionOptions { MaxAgeDays = 30 };
        await using var store = _fixture.Open(() => Volatile.Read(ref options));
        await _fixture.StoreAsync(store, [0, 1], "front", TimelineFixture.Person);
        _fixture.Time.Advance(TimeSpan.FromDays(8));
        var young = await _fixture.StoreAsync(store, [8 * 86400], "front", TimelineFixture.Person);
        Assert.Equal(3, await store.CountAsync(new EventQuery(), Cancellation));

        Volatile.Write(ref options, new RetentionOptions { MaxAgeDays = 7 });

        var last = await _fixture.StoreAsync(store, [8 * 86400 + 1], "front", TimelineFixture.Person);
        await EventuallyOnTimelineAsync(store, [young[0].Id, last[0].Id]);
    }

    [Fact]
    public async Task Append_FallIsRemoved_ThePicturesOfTheSecondsBeforeGoToo()
    {
        await using var store = _fixture.Open(new RetentionOptions { MaxAgeDaysByLabel = new Dictionary<string, double> { ["FALL"] = 1 } });
        using (var frame = _fixture.Frame())
        {
            var fall = TimelineFixture.Event(await store.StartFolderAsync(TimelineFixture.Start, Cancellation), TimelineFixture.Start, "front", Fall)
                with { BeforeFileNames = ["a-before-1.jpg"] };
            await store.AppendAsync(fall, new EventPicture(frame, Before: [frame]), Cancellation);
            Assert.True(File.Exists(_fixture.FullPath(fall, "a-before-1.jpg")));
            _fixture.Time.Advance(TimeSpan.FromDays(2));
            await _fixture.StoreAsync(store, [2 * 86400], "front", TimelineFixture.Person);

            await Eventually.TrueAsync(() => IsGone(fall));
        }
    }

    [Fact]
    public async Task Append_RetentionMeetsADefect_StoresOnSaysSoAndRemovesAgainWithoutIt()
    {
        var isBroken = false;
        await using var store = _fixture.Open(() => Volatile.Read(ref isBroken)
            ? throw new InvalidOperationException("a defect")
            : new RetentionOptions());
        Volatile.Write(ref isBroken, true);

        await _fixture.StoreAsync(store, [0, 1]);
        await _fixture.StoreAsync(store, [2]);

        await Eventually.TrueAsync(() => store.Fault?.Contains("a defect", StringComparison.Ordinal) == true);
        Assert.Contains(_fixture.Logger.Lines, line => line.StartsWith("Error: ", StringComparison.Ordinal));
        Volatile.Write(ref isBroken, false);
        await _fixture.StoreAsync(store, [3]);
        await Eventually.TrueAsync(() => store.Fault is null);
        Assert.Equal(4, await store.CountAsync(new EventQuery(), Cancellation));
    }

    [Fact]
    public async Task Append_NoRetention_RemovesNothing()
    {
        await using var store = _fixture.Open();
        await _fixture.StoreAsync(store, [0, 1]);

        _fixture.Time.Advance(TimeSpan.FromDays(10_000));
        await _fixture.StoreAsync(store, [2]);

        Assert.Equal(3, await store.CountAsync(new EventQuery(), Cancellation));
    }

    /// <summary>True when no file of an event is left; its folder may be there again for another, because all here begin at one moment.</summary>
    private bool IsGone(DetectionEvent seen) =>
        new[] { seen.ImageFileName, seen.ThumbnailFileName, seen.JsonFileName, EventFolders.PinName(seen) }
            .Concat(seen.BeforeFileNames)
            .All(name => !File.Exists(_fixture.FullPath(seen, name)));

    private static async Task EventuallyOnTimelineAsync(SqliteEventStore store, HashSet<string> expected)
    {
        using var limit = new CancellationTokenSource(Eventually.Patience);
        while (!expected.SetEquals(await TimelineFixture.IdsAsync(store, new EventQuery())))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, limit.Token);
        }
    }
}

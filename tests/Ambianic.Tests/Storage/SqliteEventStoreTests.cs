using System.Text;
using Ambianic.Core.Frames;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision;
using Ambianic.Storage.Database;
using Ambianic.Storage.Files;
using Ambianic.Tests.Core.Visits;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Tests.Storage;

public sealed class SqliteEventStoreTests : IDisposable
{
    private readonly TimelineFixture _fixture = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task AppendAsync_Returns_FilesAndRowAndLogAreThere()
    {
        await using var store = _fixture.Open();

        var seen = Assert.Single(await _fixture.StoreAsync(store, [0], "front", TimelineFixture.Person));

        Assert.Equal("detections/20210501-101112.123456", seen.RelDir);
        Assert.Equal(
            ["20210501-101112.123456-image.jpg", "20210501-101112.123456-inference.json", "20210501-101112.123456-thumbnail.jpg"],
            Directory.GetFiles(Path.Combine(_fixture.DataDir, seen.RelDir)).Select(Path.GetFileName).Order());
        Assert.Equal(EventJson.ForFile(seen), await File.ReadAllBytesAsync(_fixture.FullPath(seen, seen.JsonFileName), Cancellation));
        Assert.Equal([seen.Id], await TimelineFixture.IdsAsync(store, new EventQuery()));
        Assert.Contains(seen.Id, await File.ReadAllTextAsync(_fixture.LogPath, Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AppendAsync_Announces_OnlyWhatCanBeReadFromAllPlaces()
    {
        await using var store = _fixture.Open();
        using var announced = _fixture.Feed.Listen();
        var checks = Task.Run(
            async () =>
            {
                for (var i = 0; i < 20; i++)
                {
                    var seen = await announced.NextAsync(Cancellation);
                    Assert.All([seen.ImageFileName, seen.ThumbnailFileName, seen.JsonFileName], name => Assert.True(File.Exists(_fixture.FullPath(seen, name))));
                    Assert.Equal([seen.Id], await TimelineFixture.IdsAsync(store, new EventQuery { Id = seen.Id }));
                }
            },
            Cancellation);

        await _fixture.StoreAsync(store, Enumerable.Range(0, 20));

        await checks;
    }

    [Fact]
    public async Task AppendAsync_EightSaversAtOnce_LosesNothing()
    {
        await using var store = _fixture.Open();

        var stored = await Task.WhenAll(Enumerable.Range(0, 8).Select(saver =>
            Task.Run(() => _fixture.StoreAsync(store, Enumerable.Range(0, 20), $"pipeline {saver}", TimelineFixture.Person))));

        Assert.Equal(8, stored.Select(events => events[0].RelDir).Distinct().Count());
        Assert.Equal(160, await store.CountAsync(new EventQuery(), Cancellation));
        Assert.Equal(
            stored.SelectMany(events => events).Select(seen => seen.Id).Order(),
            (await TimelineFixture.IdsAsync(store, new EventQuery())).Order());
    }

    [Fact]
    public async Task QueryAsync_EachFilter_GivesWhatMatchesNewestFirst()
    {
        await using var store = _fixture.Open();
        var cat = TimelineFixture.Person with { Label = "cat" };
        var front = await _fixture.StoreAsync(store, [0, 10, 20], "front", TimelineFixture.Person, TimelineFixture.Person);
        var yard = await _fixture.StoreAsync(store, [5, 15], "yard", cat, TimelineFixture.Person);
        var quiet = await _fixture.StoreAsync(store, [30], "yard");

        await ExpectAsync(new EventQuery(), quiet[0], front[2], yard[1], front[1], yard[0], front[0]);
        await ExpectAsync(new EventQuery { Pipeline = "yard" }, quiet[0], yard[1], yard[0]);
        await ExpectAsync(new EventQuery { Label = "person" }, front[2], yard[1], front[1], yard[0], front[0]);
        await ExpectAsync(new EventQuery { Label = "cat" }, yard[1], yard[0]);
        await ExpectAsync(new EventQuery { Label = "person", Pipeline = "front" }, front[2], front[1], front[0]);
        await ExpectAsync(new EventQuery { From = front[1].At, To = front[2].At }, yard[1], front[1]);
        await ExpectAsync(new EventQuery { Label = "person", From = yard[0].At.ToUniversalTime(), To = front[1].At }, yard[0]);
        await ExpectAsync(new EventQuery { Id = yard[0].Id }, yard[0]);
        await ExpectAsync(new EventQuery { Label = "dog" });

        async Task ExpectAsync(EventQuery query, params DetectionEvent[] expected)
        {
            Assert.Equal(expected.Select(seen => seen.Id), await TimelineFixture.IdsAsync(store, query));
            Assert.Equal(expected.Length, await store.CountAsync(query, Cancellation));
        }
    }

    [Fact]
    public async Task QueryAsync_Pages_AreAsLongAsAskedAndEndEmpty()
    {
        await using var store = _fixture.Open();
        var ids = (await _fixture.StoreAsync(store, Enumerable.Range(0, 12))).Select(seen => seen.Id).Reverse().ToList();

        Assert.Equal(ids[..5], await TimelineFixture.IdsAsync(store, new EventQuery { Limit = 5 }));
        Assert.Equal(ids[10..], await TimelineFixture.IdsAsync(store, new EventQuery { Offset = 10, Limit = 5 }));
        Assert.Empty(await TimelineFixture.IdsAsync(store, new EventQuery { Offset = 15, Limit = 5 }));
    }

    [Fact]
    public async Task QueryAsync_MoreThanAPageOfOneMoment_GivesEachOnce()
    {
        await using (var store = _fixture.Open())
        {
            await store.IndexRecovered;
        }

        var database = new EventDatabase(_fixture.DatabasePath);
        var events = Enumerable.Range(0, 600)
            .Select(i => TimelineFixture.Event($"detections/{i}", TimelineFixture.Start, "front", TimelineFixture.Person))
            .ToList();
        using (var connection = database.OpenToWrite())
        {
            EventRows.Insert(connection, [.. events.Select(seen => (seen, false))]);
        }

        await using var reopened = _fixture.Open();
        var all = await TimelineFixture.IdsAsync(reopened, new EventQuery());
        Assert.Equal(events.Select(seen => seen.Id).Order(), all.Order());
        Assert.Equal(all.Take(590), await TimelineFixture.IdsAsync(reopened, new EventQuery { Label = "person", Limit = 590 }));
    }

    [Fact]
    public async Task AppendAsync_FolderCannotBeWritten_SaysWhereAndWhatToDoAndGoesOnLater()
    {
        await using var store = _fixture.Open();
        var folder = await store.StartFolderAsync(TimelineFixture.Start, Cancellation);
        var path = Path.Combine(_fixture.DataDir, folder);
        Directory.Delete(path);
        await File.WriteAllTextAsync(path, "in the way", Cancellation);
        var seen = TimelineFixture.Event(folder, TimelineFixture.Start);
        using var frame = _fixture.Frame();

        var error = await Assert.ThrowsAsync<IOException>(() => store.AppendAsync(seen, new EventPicture(frame), Cancellation).AsTask());
        Assert.StartsWith(path + ": ", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, await store.CountAsync(new EventQuery(), Cancellation));

        File.Delete(path);
        await store.AppendAsync(seen, new EventPicture(frame), Cancellation);
        Assert.Equal(1, await store.CountAsync(new EventQuery(), Cancellation));
    }

    [Fact]
    public async Task AppendAsync_DiskIsTakenAwayAndReturns_WritesNothingBeneathItAndGoesOn()
    {
        await using var store = _fixture.Open();
        var stored = await _fixture.StoreAsync(store, [0]);
        var taken = _fixture.DataDir + "-taken";
        Directory.Move(_fixture.DataDir, taken);
        Directory.CreateDirectory(_fixture.DataDir); // the mount point

        var error = await Assert.ThrowsAsync<IOException>(() => _fixture.StoreAsync(store, [1]));
        Assert.Contains("connected and mounted", error.Message, StringComparison.Ordinal);
        Assert.Contains("connected and mounted", store.Fault, StringComparison.Ordinal);
        using (var frame = _fixture.Frame())
        {
            var unseen = TimelineFixture.Event(stored[0].RelDir, TimelineFixture.Start.AddSeconds(2));
            await Assert.ThrowsAsync<IOException>(() => store.AppendAsync(unseen, new EventPicture(frame), Cancellation).AsTask());
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_fixture.DataDir));

        Directory.Delete(_fixture.DataDir);
        Directory.Move(taken, _fixture.DataDir);
        stored.AddRange(await _fixture.StoreAsync(store, [3]));
        Assert.Null(store.Fault);
        Assert.Equal(stored.Select(seen => seen.Id).Reverse(), await TimelineFixture.IdsAsync(store, new EventQuery()));
        Assert.Throws<IOException>(() => { _fixture.Open(); }); // held again
    }

    [Fact]
    public async Task AppendAsync_AnotherDiskIsMountedOverTheDirectory_WritesAndShowsWhatIsOnItAndHoldsIt()
    {
        List<DetectionEvent> onDisk;
        await using (var earlier = _fixture.Open())
        {
            onDisk = await _fixture.StoreAsync(earlier, [0]);
        }

        var (disk, hidden) = (_fixture.DataDir + "-disk", _fixture.DataDir + "-hidden");
        Directory.Move(_fixture.DataDir, disk);
        await using (var store = _fixture.Open())
        {
            await _fixture.StoreAsync(store, [10]);
            Directory.Move(_fixture.DataDir, hidden);
            Directory.Move(disk, _fixture.DataDir);

            onDisk.AddRange(await _fixture.StoreAsync(store, [20]));

            Assert.Equal(onDisk.Select(seen => seen.Id).Reverse(), await TimelineFixture.IdsAsync(store, new EventQuery()));
            Assert.Throws<IOException>(() => { _fixture.Open(); }); // held
        }

        Directory.Delete(hidden, recursive: true);
    }

    [Fact]
    public async Task AppendAsync_LogCannotBeWritten_EventIsStoredAndOneWarningSaid()
    {
        Directory.CreateDirectory(_fixture.LogPath);
        await using var store = _fixture.Open();

        await _fixture.StoreAsync(store, [0, 1, 2]);

        Assert.Equal(3, await store.CountAsync(new EventQuery(), Cancellation));
        Assert.Single(_fixture.Logger.Lines, line => line.StartsWith("Warning: Events are stored but the timeline log is not written", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AppendAsync_NamesThatAreTaken_OverwritesNothing()
    {
        await using var store = _fixture.Open();
        var first = (await _fixture.StoreAsync(store, [0]))[0];
        var before = await File.ReadAllBytesAsync(_fixture.FullPath(first, first.JsonFileName), Cancellation);
        using var frame = _fixture.Frame();

        var second = first with { Id = Guid.NewGuid().ToString("N") };
        await Assert.ThrowsAsync<IOException>(() => store.AppendAsync(second, new EventPicture(frame), Cancellation).AsTask());

        Assert.Equal(before, await File.ReadAllBytesAsync(_fixture.FullPath(first, first.JsonFileName), Cancellation));
        Assert.Equal(3, Directory.GetFileSystemEntries(Path.Combine(_fixture.DataDir, first.RelDir)).Length);
        Assert.Equal(1, await store.CountAsync(new EventQuery(), Cancellation));
    }

    [Fact]
    public async Task SaveDetections_OverTheStore_KeepsWhatTheCameraSaw()
    {
        await using var store = _fixture.Open();
        await using var unsaved = new UnsavedFalls(store, _fixture.Time, NullLogger<UnsavedFalls>.Instance);
        var element = new SaveDetections(new SaveDetectionsOptions(), "front", "camera", store, unsaved, new FakeVisits(), new FramePool(), _fixture.Time, NullLogger<SaveDetections>.Instance);
        using var frame = _fixture.Pool.Rent(640, 480, PixelFormat.I420, 0, _fixture.Time.GetUtcNow());
        frame.Buffer.Span.Fill(128);

        await element.InvokeAsync(
            new Sample(frame) { Detections = [TimelineFixture.Person], Region = new Box(0.25f, 0, 0.75f, 1), Display = "Face Detection" },
            (_, _) => ValueTask.CompletedTask,
            Cancellation);
        await element.DisposeAsync(); // waits for the disk

        var seen = Assert.Single(await TimelineFixture.EventsAsync(store, new EventQuery()));
        using var image = SkiaSharp.SKBitmap.Decode(_fixture.FullPath(seen, seen.ImageFileName));
        Assert.Equal((320, 480), (image.Width, image.Height));
        Assert.Contains("Face Detection", Encoding.UTF8.GetString(await File.ReadAllBytesAsync(_fixture.FullPath(seen, seen.JsonFileName), Cancellation)), StringComparison.Ordinal);
    }
}

using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision;
using Ambianic.Media.Pictures;
using Ambianic.Storage;

namespace Ambianic.Tests.Storage;

/// <summary>A data directory of its own, a clock in a zone of +02:00, and what is needed to store events.</summary>
internal sealed class TimelineFixture : IDisposable
{
    public static readonly DateTimeOffset Start = new(2021, 5, 1, 10, 11, 12, 123, 456, TimeSpan.FromHours(2));

    public TimelineFixture()
    {
        Time.SetLocalTimeZone(TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(2), null, null));
    }

    public string DataDir { get; } = Directory.CreateTempSubdirectory("ambianic-timeline-").FullName;

    public string LogPath => Path.Combine(DataDir, "timeline-event-log.yaml");

    public string DatabasePath => Path.Combine(DataDir, "events.db");

    public TwoClocks Time { get; } = new(Start.ToUniversalTime());

    public FramePool Pool { get; } = new();

    public EventFeed Feed { get; } = new();

    public LogRecorder<SqliteEventStore> Logger { get; } = new();

    public SqliteEventStore Open(RetentionOptions? retention = null) => Open(retention is null ? null : () => retention);

    public SqliteEventStore Open(Func<RetentionOptions>? retention) => SqliteEventStore.Open(DataDir, LogPath, Feed, new EventPictureEncoder(), Time, Logger, retention);

    public string FullPath(DetectionEvent seen, string name) => Path.Combine(DataDir, seen.RelDir, name);

    public Frame Frame(int width = 64, int height = 48)
    {
        var frame = Pool.Rent(width, height, PixelFormat.Rgba32, 0, Time.GetUtcNow());
        frame.Buffer.Span.Fill(200);
        return frame;
    }

    public static Detection Person { get; } = new("person", 0.98f, new Box(0.1f, 0.1f, 0.4f, 0.9f));

    public static DetectionEvent Event(string folder, DateTimeOffset at, string pipeline = "front", params IReadOnlyList<Detection> detections) => new()
    {
        Id = Guid.NewGuid().ToString("N"),
        At = at,
        Pipeline = pipeline,
        Source = "camera",
        Display = "Object Detection",
        Detections = detections,
        RelDir = folder,
        ImageFileName = EventNames.For(at) + EventNames.ImageSuffix,
        ThumbnailFileName = EventNames.For(at) + EventNames.ThumbnailSuffix,
        JsonFileName = EventNames.For(at) + EventNames.JsonSuffix,
    };

    /// <summary>Stores one event per given moment, each in seconds after the start.</summary>
    public async Task<List<DetectionEvent>> StoreAsync(
        SqliteEventStore store, IEnumerable<int> seconds, string pipeline = "front", params IReadOnlyList<Detection> detections)
    {
        var folder = await store.StartFolderAsync(Start, CancellationToken.None);
        List<DetectionEvent> stored = [];
        using var frame = Frame();
        foreach (var second in seconds)
        {
            var seen = Event(folder, Start.AddSeconds(second), pipeline, detections);
            await store.AppendAsync(seen, new EventPicture(frame), CancellationToken.None);
            stored.Add(seen);
        }

        return stored;
    }

    public static async Task<List<DetectionEvent>> EventsAsync(IEventStore store, EventQuery query)
    {
        List<DetectionEvent> events = [];
        await foreach (var seen in store.QueryAsync(query, CancellationToken.None))
        {
            events.Add(seen);
        }

        return events;
    }

    public static async Task<List<string>> IdsAsync(IEventStore store, EventQuery query) =>
        [.. (await EventsAsync(store, query)).Select(seen => seen.Id)];

    public void Dispose()
    {
        Directory.Delete(DataDir, recursive: true);
        Assert.Equal(0, Pool.Outstanding);
    }
}

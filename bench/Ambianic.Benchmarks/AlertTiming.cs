using System.CommandLine;
using System.Globalization;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;
using Ambianic.Media.Pictures;
using Ambianic.Messaging;
using Ambianic.Storage;
using Ambianic.Storage.Alerts;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Benchmarks;

/// <summary>How soon a message of an event leaves, and what thousands of messages cost that nobody takes.</summary>
internal static class AlertTiming
{
    public static Command Command()
    {
        var events = new Option<int>("--events") { DefaultValueFactory = _ => 240, Description = "how many are stored in all" };
        var waiting = new Option<int>("--waiting") { DefaultValueFactory = _ => 10_000, Description = "how many alerts wait for a provider that is dead" };
        var command = new Command("alerts", "times events of eight pipelines until their messages leave, and alerts that wait for a dead provider") { events, waiting };
        command.SetAction(async (parsed, _) =>
        {
            await SendAsync(parsed.GetValue(events));
            await WaitAsync(parsed.GetValue(waiting));
        });
        return command;
    }

    /// <summary>Eight savers store an event with a picture every half second; each is a fall of its own, so that each becomes a message at once.</summary>
    private static async Task SendAsync(int events)
    {
        const int Pipelines = 8;
        await using var receiver = new MessageReceiver();
        await using var house = new House($"json://{receiver.Authority}/hook");
        var stored = new Dictionary<string, long>();
        await Task.WhenAll(Enumerable.Range(0, Pipelines).Select(async pipeline =>
        {
            using var frame = house.Pool.Rent(1280, 720, PixelFormat.I420);
            var folder = await house.Events.StartFolderAsync(TimeProvider.System.GetLocalNow(), CancellationToken.None);
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500), TimeProvider.System);
            for (var number = pipeline; number < events && await timer.WaitForNextTickAsync(); number += Pipelines)
            {
                var seen = Event(number, $"camera {pipeline}", new Detection(FallLabels.Fall, .9f, new Box(0, 0, 1, 1)) { Details = Fallen(number) }) with { RelDir = folder };
                await house.Events.AppendAsync(seen, new EventPicture(frame), CancellationToken.None);
                lock (stored)
                {
                    stored[seen.Id] = TimeProvider.System.GetTimestamp();
                }
            }
        }));
        var arrived = await receiver.WaitForAsync(stored.Keys, TimeSpan.FromSeconds(30));
        var times = stored.Select(event_ => TimeProvider.System.GetElapsedTime(event_.Value, arrived[event_.Key]).TotalMilliseconds).Order().ToList();
        Console.WriteLine("| events | pipelines | median ms | p95 ms | slowest ms |");
        Console.WriteLine("|---|---|---|---|---|");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {events} | {Pipelines} | {times[times.Count / 2]:0.0} | {times[times.Count * 95 / 100]:0.0} | {times[^1]:0.0} |"));
        Console.WriteLine();
    }

    /// <summary>Pipelines run for half a minute without alerts, then with them.</summary>
    private static async Task WaitAsync(int waiting)
    {
        await using var house = new House("json://127.0.0.1:9/nobody-listens");
        var (droppedBefore, processedBefore, cpuBefore) = await CameraLoad.RunAsync(house.Pool, TimeSpan.FromSeconds(30));
        var memory = GC.GetTotalMemory(forceFullCollection: true);

        var began = TimeProvider.System.GetTimestamp();
        for (var number = 0; number < waiting; number++)
        {
            // each in a pipeline of its own, so that none is an update of another
            await house.Events.AppendAsync(Event(number, $"camera {number}", new Detection("person", .9f, new Box(0, 0, 1, 1))), null, CancellationToken.None);
        }

        while (house.Desk.Open.Count < waiting)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        var raised = TimeProvider.System.GetElapsedTime(began);
        memory = GC.GetTotalMemory(forceFullCollection: true) - memory;
        var (dropped, processed, cpu) = await CameraLoad.RunAsync(house.Pool, TimeSpan.FromSeconds(30));
        Console.WriteLine("| alerts that wait | stored and raised in s | MB | frames lost of all, before | with them | % of one core more |");
        Console.WriteLine("|---|---|---|---|---|---|");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {waiting} | {raised.TotalSeconds:0.0} | {memory / 1e6:0.0} | {droppedBefore} of {processedBefore + droppedBefore} | {dropped} of {processed + dropped} | {100 * (cpu - cpuBefore) / 30:0.00} |"));
    }

    private static DetectionEvent Event(int number, string pipeline, Detection detection) => new()
    {
        Id = $"{number:x32}",
        At = TimeProvider.System.GetLocalNow(),
        Pipeline = pipeline,
        Detections = [detection],
        Notify = ["default"],
        RelDir = "detections/bench",
        ImageFileName = $"{number}-image.jpg",
        ThumbnailFileName = $"{number}-thumbnail.jpg",
        JsonFileName = $"{number}-inference.json",
    };

    private static FallReport Fallen(int track) => new() { Track = track, State = FallState.Fallen, LeaningAngle = 80, DownSeconds = 1, Evidence = new FallEvidence() };

    /// <summary>The real parts of alerting over a data directory of its own.</summary>
    private sealed class House : IAsyncDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("ambianic-alerts-").FullName;
        private readonly EventFeed _feed = new();
        private readonly AlertDatabase _alerts;
        private readonly ProviderCatalog _providers = new(TimeProvider.System);
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _running;

        public House(string provider)
        {
            var configuration = new AmbianicConfiguration { DataDir = _folder, Notifications = new Dictionary<string, NotificationOptions> { ["default"] = new() { Providers = [provider] } } };
            Events = SqliteEventStore.Open(_folder, Path.Combine(_folder, "timeline.yaml"), _feed, new EventPictureEncoder(), TimeProvider.System, NullLogger<SqliteEventStore>.Instance);
            _alerts = new AlertDatabase(_folder, TimeProvider.System, NullLogger<AlertDatabase>.Instance);
            Desk = new AlertDesk(
                new AlertParts(_alerts, Events, _feed, _providers, new Nothing(), new Nothing(), new Nothing(), () => configuration, () => new Dictionary<AlertKind, string>()),
                TimeProvider.System,
                NullLogger<AlertDesk>.Instance);
            _running = Desk.RunAsync(_stop.Token);
        }

        public FramePool Pool { get; } = new();

        public SqliteEventStore Events { get; }

        public AlertDesk Desk { get; }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running;
            await Desk.DisposeAsync();
            await Events.DisposeAsync();
            _alerts.Dispose();
            _providers.Dispose();
            _stop.Dispose();
            Directory.Delete(_folder, recursive: true);
        }
    }

    private sealed class Nothing : IPushProviders, IAnswerLinks, IAlertPictures
    {
        public IAlertProvider Create(PushSubscription subscription) => throw new NotSupportedException();

        public Uri? For(string alertId, Recipient recipient) => null;

        public Uri? Details(string eventId) => null;

        public AlertPicture? Of(string eventId) => null;
    }
}

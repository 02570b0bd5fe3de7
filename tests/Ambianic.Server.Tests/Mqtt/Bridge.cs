using System.Text.Json.Nodes;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Health;
using Ambianic.Core.Mqtt;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Elements;
using Ambianic.Core.Vision.Falls;
using Ambianic.Media.Pictures;
using Ambianic.Server.Tests.Alerts;
using Ambianic.Tests;
using Ambianic.Tests.Core.Pipelines;
using Ambianic.Tests.Messaging.Push;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Server.Tests.Mqtt;

/// <summary>The bridge on a fake clock, with pipelines that do nothing, snapshots by hand and a broker in memory.</summary>
internal sealed class Bridge : IAsyncDisposable
{
    public const string Prefix = "ambianic";

    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly FramePool _pool = new();
    private readonly Task _supervising;
    private Task _running = Task.CompletedTask;

    public Bridge()
    {
        Time = new FakeTimeProvider(new DateTimeOffset(2026, 5, 1, 10, 0, 0, TimeSpan.Zero));
        Desk = new FakeAlertDesk(Time);
        Scenes = new Scenes(_pool, Time);
        Configuration = new AmbianicConfiguration
        {
            DisplayName = "Grandma's house",
            Mqtt = new MqttOptions { Uri = "mqtt://broker.example.org" },
            Sources = new Dictionary<string, SourceOptions> { ["hall"] = Source("hall") },
            Pipelines = [Pipeline("front", "hall", new DetectObjectsOptions { LabelFilter = ["person"] }, new DetectFallsOptions())],
        };
        var services = new ServiceCollection().AddSingleton<ILogger<Pipeline>>(new LogRecorder<Pipeline>()).BuildServiceProvider();
        Supervisor = new PipelineSupervisor(
            new PipelineBuilder(new ElementRegistry(), _ => new ScriptedSource(_pool, live: true, ScriptedSource.GivesAndWaits(1)), services, Time),
            () => HealthPolicy.Default,
            new NoWatchdog(),
            Time,
            new LogRecorder<PipelineSupervisor>());
        _supervising = Supervisor.RunAsync([.. Configuration.Pipelines.Select(pipeline => pipeline with { Elements = [] })], _stop.Token);
    }

    public FakeTimeProvider Time { get; }

    public MemoryBroker Broker { get; } = new();

    public FakeAlertDesk Desk { get; }

    public MemoryAlertStore Ended { get; } = new();

    public MemoryTimeline Timeline { get; } = new();

    public EventFeed Feed { get; } = new();

    public HealthFeed Health { get; } = new();

    public Scenes Scenes { get; }

    public PipelineSupervisor Supervisor { get; }

    public LogRecorder<MqttBridge> Log { get; } = new();

    public FakePictures Pictures { get; } = new();

    public AmbianicConfiguration Configuration { get; set; }

    public static SourceOptions Source(string id) => new() { Id = id, Uri = id, Live = true };

    public static PipelineConfiguration Pipeline(string name, string source, params object[] options) =>
        new(name, Source(source), [.. options.Select(option => new ElementConfiguration("element", option))]);

    public static string Topic(string rest) => $"{Prefix}/{rest}";

    /// <summary>Starts the bridge, and waits until the broker knows everything.</summary>
    public async Task StartAsync()
    {
        Start();
        Look();
        await Eventually.TrueAsync(() => Broker.Text(Topic("available")) == "online" && Broker.Text(Topic("state")) is not null);
        await SettleAsync();
    }

    public void Start() => _running = new MqttBridge(
        new MqttParts(
            Broker, Health, Scenes, Supervisor, Feed, Timeline, new EventPictureEncoder(), Desk, Ended, Pictures, new Links(), () => Configuration, () => (0, TimeSpan.Zero), () => Timeline.Fault, "2.0.0"),
        Time,
        Log).RunAsync(_stop.Token);

    /// <summary>The supervisor has looked: all pipelines of the configuration are well, or as a test says.</summary>
    public void Look(Func<PipelineHealth, PipelineHealth>? change = null) => Health.Publish(new HealthSnapshot(
        Time.GetUtcNow(), Time.GetTimestamp(), [.. Configuration.Pipelines.Select(Well).Select(change ?? (health => health))], null));

    /// <summary>Waits until a topic says something.</summary>
    public async Task SaysAsync(string rest, string? text) => await Eventually.TrueAsync(() => Broker.Text(Topic(rest)) == text);

    /// <summary>Waits until all that was known now has been sent.</summary>
    public async Task SettleAsync()
    {
        for (var rounds = 0; rounds < 2; rounds++) // what the first has made known follows with the second
        {
            var answered = Results.Count;
            Look();
            Broker.Send(Topic("nobody/acknowledge/set"), "");
            await Eventually.TrueAsync(() => Results.Count > answered && Broker.Text(Topic("available")) == "online");
        }
    }

    /// <summary>What became of commands.</summary>
    public IReadOnlyList<JsonObject> Results => [.. Broker.Published.Where(message => message.Topic == Topic("result")).Select(message => JsonNode.Parse(message.Text)!.AsObject())];

    /// <summary>Lets time pass second by second, with a look in each.</summary>
    public async Task PassAsync(TimeSpan time, Func<bool>? until = null)
    {
        for (var second = 0; second < time.TotalSeconds && until?.Invoke() != true; second++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            Look();
            await Task.Yield();
        }
    }

    /// <summary>An event is stored.</summary>
    public void See(DetectionEvent seen)
    {
        Timeline.Add(seen);
        Feed.Announce(seen);
    }

    public DetectionEvent Event(string pipeline, params Detection[] detections) => new()
    {
        Id = Guid.NewGuid().ToString("N"),
        At = Time.GetUtcNow(),
        Pipeline = pipeline,
        Source = "hall",
        Detections = detections,
        RelDir = "a",
        ImageFileName = "a-image.jpg",
        ThumbnailFileName = "",
        JsonFileName = "a.json",
    };

    public static Detection Person { get; } = new("person", 0.91f, new Box(0.1f, 0.2f, 0.3f, 0.4f));

    public static Detection Fall(string label, int person = 1) => new(label, 0.87f, new Box(0.1f, 0.2f, 0.3f, 0.4f))
    {
        Details = new FallReport { Track = person, State = FallState.Fallen, LeaningAngle = 80, DownSeconds = 2.5, Evidence = new FallEvidence() },
    };

    public Alert FallAlert(string id = "a1", string pipeline = "front") => AlertHouse.Fall with
    {
        Id = id,
        Pipeline = pipeline,
        Incident = $"fall:{pipeline}:1",
        RaisedAt = Time.GetUtcNow(),
        TriggeredAt = Time.GetUtcNow(),
        RoundAt = Time.GetUtcNow(),
    };

    public JsonObject Discovery(string id) => Broker.Json($"homeassistant/device/{id}/config")!;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running, _supervising).WaitAsync(Eventually.Patience, CancellationToken.None);
        Supervisor.Dispose();
        _stop.Dispose();
    }

    private PipelineHealth Well(PipelineConfiguration pipeline) => new()
    {
        Name = pipeline.Name,
        SourceId = pipeline.Source?.Id ?? "",
        State = PipelineState.Running,
        Since = new DateTimeOffset(2026, 5, 1, 9, 0, 0, TimeSpan.Zero),
        Visibility = VisibilityState.Visible,
        VisibilitySince = new DateTimeOffset(2026, 5, 1, 9, 0, 0, TimeSpan.Zero),
        Reason = null,
        Dropped = 3,
    };

    internal sealed class FakePictures : IAlertPictures
    {
        public byte[] Jpeg { get; } = [0xff, 0xd8, 1, 2, 3];

        public AlertPicture? Of(string eventId) => new("a-image.jpg", Jpeg);
    }

    private sealed class Links : IAnswerLinks
    {
        public Uri? For(string alertId, Recipient recipient) => null;

        public Uri? Details(string eventId) => new($"https://home.example.org/#event={eventId}");
    }

    private sealed class NoWatchdog : IWatchdog
    {
        public void Feed(string status)
        {
        }

        public void Stopping()
        {
        }
    }
}

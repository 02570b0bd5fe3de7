using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;
using Ambianic.Tests.Messaging.Push;

namespace Ambianic.Tests.Core.Alerts;

/// <summary>A running <see cref="AlertDesk"/> whose clock, timeline, store and providers belong to the test.</summary>
public abstract class DeskFixture : IAsyncDisposable
{
    private readonly EventFeed _feed = new();
    private CancellationTokenSource _stop = new();
    private AlertDesk? _desk;
    private Task _running = Task.CompletedTask;

    private protected TwoClocks Time { get; } = new(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));

    private protected MemoryAlertStore Store { get; } = new();

    private protected FakeTimeline Timeline { get; } = new();

    private protected FakeProviders Providers { get; } = new();

    private protected LogRecorder<AlertDesk> Log { get; } = new();

    private protected AlertMetrics? Metrics { get; init; }

    protected Dictionary<AlertKind, string> Faults { get; } = [];

    protected AmbianicConfiguration Configuration { get; set; } = Configured(("default", ["json://carer"]));

    private protected AlertDesk Desk => _desk!;

    private protected Func<string, AlertPicture?> PictureOf { get; set; } = _ => null;

    private protected IReadOnlyList<(string To, AlertMessage Message)> Sent => [.. Providers.Sent];

    protected DateTimeOffset Now => Time.GetUtcNow();

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static AmbianicConfiguration Configured(params (string Name, string[] Providers)[] notifications) => new()
    {
        Notifications = notifications.ToDictionary(entry => entry.Name, entry => new NotificationOptions { Providers = entry.Providers }),
        Pipelines = [new PipelineConfiguration("hall", null, [new ElementConfiguration("save_detections", new SaveDetectionsOptions())])],
    };

    protected async Task StartAsync()
    {
        _stop.Dispose();
        _stop = new CancellationTokenSource();
        var current = new AlertParts(
            Store, Timeline, _feed, Providers, new NoDevices(), new FakeLinks(), new Pictures(this), () => Configuration, () => new Dictionary<AlertKind, string>(Faults));
        _desk = new AlertDesk(current, Time, Log, Metrics);
        _running = _desk.RunAsync(_stop.Token);
        await SettleAsync();
    }

    protected async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        if (_desk is not null)
        {
            await _desk.DisposeAsync();
        }
    }

    /// <summary>The desk has done at least one whole step since the call.</summary>
    protected async Task SettleAsync()
    {
        for (var steps = 0; steps < 3; steps++)
        {
            await Desk.FeedbackAsync("none", AlertFeedback.Correct, "nobody", Cancellation);
        }
    }

    /// <summary>Lets time pass until something is true.</summary>
    protected async Task UntilAsync(Func<bool> condition)
    {
        for (var seconds = 0; !condition(); seconds++)
        {
            Assert.True(seconds < 20_000, "it did not come true within hours");
            Time.Advance(TimeSpan.FromSeconds(1));
            await SettleAsync();
        }
    }

    protected async Task PassAsync(TimeSpan time)
    {
        for (var end = Time.GetTimestamp() + time.Ticks; Time.GetTimestamp() < end;)
        {
            Time.Advance(TimeSpan.FromSeconds(5));
            await SettleAsync();
        }
    }

    /// <summary>The desk has read all events.</summary>
    protected async Task SeeAsync(DetectionEvent seen)
    {
        Timeline.Add(seen);
        var reads = Timeline.Reads;
        await UntilAsync(() => Timeline.Reads > reads);
    }

    protected Task FallAsync(string id = "fall", int track = 1, TimeSpan ago = default) => SeeAsync(Fall(id, track, ago));

    protected DetectionEvent GotUp(string id, TimeSpan ago = default) => Event(id, ago, new Detection(FallLabels.GotUp, .9f, new Box(0, 0, 1, 1))
    {
        Details = new FallReport { Track = 1, State = FallState.Upright, LeaningAngle = 10, DownSeconds = 1, Evidence = new FallEvidence() },
    });

    protected DetectionEvent Fall(string id, int track = 1, TimeSpan ago = default) => Event(id, ago, new Detection(FallLabels.Fall, .9f, new Box(0, 0, 1, 1))
    {
        Details = new FallReport { Track = track, State = FallState.Fallen, LeaningAngle = 80, DownSeconds = 1, Evidence = new FallEvidence() },
    });

    protected DetectionEvent Person(string id, TimeSpan ago = default) => Event(id, ago, new Detection("person", .9f, new Box(0, 0, 1, 1)));

    private DetectionEvent Event(string id, TimeSpan ago, Detection detection) => new()
    {
        Id = id,
        At = Now - ago,
        Pipeline = "hall",
        Source = "camera",
        Detections = [detection],
        RelDir = "detections/x",
        ImageFileName = "i.jpg",
        ThumbnailFileName = "t.jpg",
        JsonFileName = "j.json",
    };

    internal sealed class FakeTimeline : IEventFollower
    {
        private readonly List<DetectionEvent> _events = [];
        private int _reads;

        /// <summary>The database was made anew: everything comes again.</summary>
        public bool IsRebuilt { get; set; }

        public int Reads => Volatile.Read(ref _reads);

        /// <summary>One read fails after so many that do not; 0 is none.</summary>
        public int BreaksAfterReads { get; set; }

        public void Add(DetectionEvent seen)
        {
            lock (_events)
            {
                _events.Add(seen);
            }
        }

        public EventCursor End()
        {
            lock (_events)
            {
                return new EventCursor(_events.Count, "", DateTimeOffset.MinValue);
            }
        }

        public EventBatch ReadAfter(EventCursor cursor, int limit)
        {
            lock (_events)
            {
                if (BreaksAfterReads > 0 && BreaksAfterReads-- == 1)
                {
                    BreaksAfterReads = -1;
                }
                else if (BreaksAfterReads == -1)
                {
                    BreaksAfterReads = 0;
                    throw new IOException("the disk has not answered");
                }

                var (rebuilt, first) = (IsRebuilt, IsRebuilt ? 0 : (int)cursor.Sequence);
                IsRebuilt = false;
                var batch = _events.Skip(first).Take(limit).ToList();
                Interlocked.Increment(ref _reads);
                return new EventBatch(batch, cursor with { Sequence = first + batch.Count, At = batch.Select(seen => seen.At).Append(cursor.At).Max() }, rebuilt);
            }
        }
    }

    /// <summary>Every address is a provider of its own, and does what the test says.</summary>
    internal sealed class FakeProviders : IProviderCatalog
    {
        public ConcurrentQueue<(string To, AlertMessage Message)> Sent { get; } = new();

        public ConcurrentQueue<string> Cancelled { get; } = new();

        /// <summary>What becomes of a message; the default takes it.</summary>
        public Func<string, AlertMessage, CancellationToken, Task<DeliveryOutcome>> Send { get; set; } = (_, _, _) => Task.FromResult(DeliveryOutcome.Delivered);

        public ReceiptStatus Receipt { get; set; } = new(IsAcknowledged: false, IsFinal: false);

        public string? AnswerFault { get; set; }

        public bool BreaksListening { get; set; }

        public Channel<ProviderAnswer> Answers { get; } = Channel.CreateUnbounded<ProviderAnswer>();

        public void Fail(string address, DeliveryOutcome outcome) =>
            Send = (to, _, _) => Task.FromResult(to == address ? outcome : DeliveryOutcome.Delivered);

        public ProviderProblem? Check(string address) => null;

        public IAlertProvider Create(string address) =>
            address.StartsWith("pover", StringComparison.Ordinal) ? new Ringing(address, this)
            : address.StartsWith("tgram", StringComparison.Ordinal) ? new Chat(address, this)
            : new Provider(address, this);

        public bool SendsLinks(string address) => true;

        private class Provider(string address, FakeProviders all) : IAlertProvider
        {
            protected FakeProviders All => all;

            public string Name => address.Split("://")[1];

            public async Task<DeliveryOutcome> SendAsync(AlertMessage message, CancellationToken cancellation)
            {
                var outcome = await all.Send(address, message, cancellation);
                if (outcome.Kind == DeliveryOutcomeKind.Delivered)
                {
                    all.Sent.Enqueue((Name, message));
                }

                return outcome;
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }

        private sealed class Ringing(string address, FakeProviders all) : Provider(address, all), IReceiptProvider
        {
            public Task<ReceiptStatus> ReadReceiptAsync(string receipt, CancellationToken cancellation) => Task.FromResult(All.Receipt);

            public Task<DeliveryOutcome> CancelAsync(string receipt, CancellationToken cancellation)
            {
                All.Cancelled.Enqueue(receipt);
                return Task.FromResult(DeliveryOutcome.Delivered);
            }
        }

        private sealed class Chat(string address, FakeProviders all) : Provider(address, all), IAnswerProvider
        {
            public string? AnswerFault => All.AnswerFault;

            public async IAsyncEnumerable<ProviderAnswer> ReadAnswersAsync([EnumeratorCancellation] CancellationToken cancellation)
            {
                if (All.BreaksListening)
                {
                    throw new InvalidOperationException("a bug");
                }

                await foreach (var answer in All.Answers.Reader.ReadAllAsync(cancellation))
                {
                    yield return answer;
                }
            }
        }
    }

    private sealed class NoDevices : IPushProviders
    {
        public IAlertProvider Create(PushSubscription subscription) => throw new NotSupportedException();
    }

    private sealed class FakeLinks : IAnswerLinks
    {
        public Uri? For(string alertId, Recipient recipient) => new($"https://home.example.org/a/{alertId}");

        public Uri? Details(string eventId) => null;
    }

    private sealed class Pictures(DeskFixture fixture) : IAlertPictures
    {
        public AlertPicture? Of(string eventId) => fixture.PictureOf(eventId);
    }
}

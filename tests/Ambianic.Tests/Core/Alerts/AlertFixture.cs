using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;

namespace Ambianic.Tests.Core.Alerts;

/// <summary>An <see cref="AlertBook"/> with a clock that the test sets, and recipients that take or refuse what they get.</summary>
public abstract class AlertFixture
{
    protected static readonly DateTimeOffset Start = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero); // a Monday

    private AlertBook? _book;

    protected DateTimeOffset Now { get; set; } = Start;

    protected Dictionary<string, NotificationOptions> Notifications { get; } = new(StringComparer.Ordinal)
    {
        ["default"] = new NotificationOptions { Providers = ["json://carer"] },
    };

    protected List<PushSubscription> Devices { get; } = [];

    protected TimeZoneInfo Zone { get; set; } = TimeZoneInfo.Utc;

    private protected AlertBook Book => _book ??= new AlertBook(Settings());

    /// <summary>Everything that was ever handed to a recipient, in order: who, why, and how urgent.</summary>
    protected List<string> Told { get; } = [];

    private protected AlertSettings Settings() => new(
        new AmbianicConfiguration
        {
            Notifications = Notifications,
            Pipelines = [new PipelineConfiguration("hall", null, [new ElementConfiguration("save_detections", new SaveDetectionsOptions())])],
        },
        Zone,
        Devices);

    /// <summary>The only open alert.</summary>
    protected Alert Alert => Assert.Single(Book.Open);

    private protected void Fall(string label = FallLabels.Fall, int track = 1) => See(Event([Detected(label, track)]));

    private protected void Seen(params string[] labels) => See(Event([.. labels.Select(label => new Detection(label, .9f, new Box(0, 0, 1, 1)))]));

    private protected void See(DetectionEvent seen)
    {
        HashSet<string> told = [];
        foreach (var trigger in AlertRules.Of(seen, Book.Settings))
        {
            Book.Trigger(trigger, Now, told.Add(trigger.Incident));
        }

        Deliver();
    }

    protected DetectionEvent Event(IReadOnlyList<Detection> detections, string id = "") => new()
    {
        Id = id.Length > 0 ? id : Guid.NewGuid().ToString("N"),
        At = Now,
        Pipeline = "hall",
        Source = "camera",
        Detections = detections,
        RelDir = "detections/x",
        ImageFileName = "i.jpg",
        ThumbnailFileName = "t.jpg",
        JsonFileName = "j.json",
    };

    protected static Detection Detected(string label, int track) => new(label, .9f, new Box(0, 0, 1, 1))
    {
        Details = new FallReport
        {
            Track = track,
            State = FallState.Fallen,
            LeaningAngle = 80,
            DownSeconds = 1,
            Evidence = new FallEvidence(),
        },
    };

    /// <summary>Lets time pass, in steps as the loop does.</summary>
    protected void Pass(TimeSpan time)
    {
        for (var end = Now + time; ;)
        {
            Book.Tick(Now);
            Deliver();
            var next = Book.NextDue;
            if (next is null || next > end)
            {
                Now = end;
                return;
            }

            Now = next > Now ? next.Value : Now;
        }
    }

    /// <summary>What becomes of each delivery; the default takes everything.</summary>
    protected Func<Delivery, DeliveryOutcome> Provider { get; set; } = _ => DeliveryOutcome.Delivered;

    /// <summary>Sends what waits and is due, each on its own.</summary>
    private protected void Deliver()
    {
        while (Book.Outbox.Queues.SelectMany(queue => queue.Waiting).Where(delivery => delivery.NotBefore <= Now).MinBy(delivery => delivery.CreatedAt) is { } delivery)
        {
            Told.Add($"{delivery.Recipient.Notification}{delivery.Recipient.Device} {delivery.Kind}");
            Book.Report([delivery], Provider(delivery), Now);
        }
    }
}

using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Messaging.Push;
using Ambianic.Server.Alerts;
using Ambianic.Tests.Messaging.Push;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Server.Tests.Alerts;

/// <summary>The program with alerts that a test raises, and links to them.</summary>
internal sealed class AlertHouse : IAsyncDisposable
{
    public const string Id = "0123456789abcdef0123456789abcdef";

    private AlertHouse(ServedHouse house, AnswerLinks links, FakeTimeProvider linkTime, FakeAlertDesk desk, MemoryAlertStore store, FakePictures pictures) =>
        (House, Links, LinkTime, Desk, Store, Pictures) = (house, links, linkTime, desk, store, pictures);

    public ServedHouse House { get; }

    public HttpClient Client => House.Client;

    public AnswerLinks Links { get; }

    /// <summary>The clock of the links.</summary>
    public FakeTimeProvider LinkTime { get; }

    public FakeAlertDesk Desk { get; }

    public MemoryAlertStore Store { get; }

    public FakePictures Pictures { get; }

    public static Alert Fall { get; } = new()
    {
        Id = Id,
        Incident = "fall:front:1",
        Notification = "default",
        Kind = AlertKind.Fall,
        Severity = AlertSeverity.Critical,
        State = AlertState.Delivered,
        Pipeline = "broken",
        Source = "door",
        Labels = ["FALL"],
        Confidence = 0.87,
        RaisedAt = new DateTimeOffset(2026, 5, 1, 10, 1, 0, TimeSpan.Zero),
        TriggeredAt = new DateTimeOffset(2026, 5, 1, 10, 1, 0, TimeSpan.Zero),
        RoundAt = new DateTimeOffset(2026, 5, 1, 10, 1, 0, TimeSpan.Zero),
        EventId = "event",
    };

    public static async Task<AlertHouse> StartAsync()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var desk = new FakeAlertDesk(TimeProvider.System);
        var store = new MemoryAlertStore();
        var pictures = new FakePictures();
        AnswerLinks? links = null;
        var house = await ServedHouse.StartAsync(
            """
              neighbour:
                providers: ["json://neighbour.example.org/anothertoken", "form://thirdsecret.example.org"]
                include_attachments: true
                emergency_number: "+49 (0) 112 #3"
            ui:
              baseurl: https://home.example.org/watch/
            """,
            services =>
            {
                foreach (var alerting in services.Where(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Namespace == typeof(AnswerLinks).Namespace).ToList())
                {
                    services.Remove(alerting); // nothing happens by itself
                }

                services.AddSingleton<IAlertDesk>(desk);
                services.AddSingleton<IAlertStore>(store);
                services.AddSingleton<IAlertPictures>(pictures);
                services.AddSingleton<IProviderCatalog>(new FakeCatalog());
                services.AddSingleton(new PushProviders(store, TimeProvider.System, () => "mailto:someone@example.org", allowsLoopback: true));
                services.AddSingleton<PageAddress>();
                services.AddSingleton(provider => links = ActivatorUtilities.CreateInstance<AnswerLinks>(provider, time));
                services.AddSingleton<AlertReader>();
                services.AddSingleton<AnswerDesk>();
            });
        _ = await house.Client.GetAsync(new Uri("/a/x", UriKind.Relative)); // so that the links are made
        return new AlertHouse(house, links!, time, desk, store, pictures);
    }

    /// <summary>The path of a link, as it arrives when a proxy forwards it.</summary>
    public Uri Link(string recipient = "neighbour/0", string alertId = Id) =>
        new("/a/" + Links.For(alertId, Recipient.Parse(recipient)!)!.AbsolutePath.Split('/')[^1], UriKind.Relative);

    public ValueTask DisposeAsync() => House.DisposeAsync();

    internal sealed class FakePictures : IAlertPictures
    {
        public byte[] Jpeg { get; set; } = [0xff, 0xd8, 1, 2, 3];

        public AlertPicture? Of(string eventId) => eventId == "event" ? new AlertPicture("a-image.jpg", Jpeg) : null;
    }

    private sealed class FakeCatalog : IProviderCatalog
    {
        public ProviderProblem? Check(string address) => address.StartsWith("form", StringComparison.Ordinal) ? new ProviderProblem("has a scheme that no provider has") : null;

        public IAlertProvider Create(string address) => new FakeProvider(address.Split(':')[0]);

        public bool SendsLinks(string address) => true;
    }

    private sealed class FakeProvider(string name) : IAlertProvider
    {
        public string Name => name;

        public Task<DeliveryOutcome> SendAsync(AlertMessage message, CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

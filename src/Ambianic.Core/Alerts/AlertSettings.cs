using Ambianic.Core.Configuration;
using Ambianic.Core.Timeline;

namespace Ambianic.Core.Alerts;

/// <summary>The part of the configuration that alerting acts by. Immutable; a reload makes a new one.</summary>
internal sealed class AlertSettings
{
    private const string Default = "default";

    private readonly Dictionary<string, IReadOnlyList<string>> _names = new(StringComparer.Ordinal);

    /// <param name="configuration">As it is now.</param>
    /// <param name="zone">The device's time zone.</param>
    /// <param name="devices">That subscribed to Web Push.</param>
    public AlertSettings(AmbianicConfiguration configuration, TimeZoneInfo zone, IReadOnlyList<PushSubscription> devices)
    {
        Zone = zone;
        Devices = devices;
        DisplayName = configuration.DisplayName;
        Notifications = devices.Count == 0 || configuration.Notifications.ContainsKey(Default)
            ? configuration.Notifications
            : configuration.Notifications.Append(new(Default, new NotificationOptions())).ToDictionary(); // who subscribes on the page edits no file
        foreach (var pipeline in configuration.Pipelines)
        {
            _names[pipeline.Name] =
            [
                .. pipeline.Elements.Select(element => element.Options).OfType<SaveDetectionsOptions>()
                    .SelectMany(save => save.Notify.Providers).Distinct(StringComparer.Ordinal),
            ];
        }
    }

    public TimeZoneInfo Zone { get; }

    public string DisplayName { get; }

    public IReadOnlyList<PushSubscription> Devices { get; }

    public IReadOnlyDictionary<string, NotificationOptions> Notifications { get; }

    /// <summary>Entries that are told of faults of the device: all that some pipeline names; <c>default</c> when none does.</summary>
    public IReadOnlyList<string> ForDevice =>
        Active(_names.Values.SelectMany(names => names)) is { Count: > 0 } named ? named : Active(Notifications.Keys);

    /// <summary>True when a message could reach somebody.</summary>
    public bool WouldSend => Devices.Count > 0 || ForDevice.Count > 0;

    /// <summary>Entries that a pipeline names in <c>save_detections</c>, as far as they tell somebody of it.</summary>
    public IReadOnlyList<string> ForPipeline(string pipeline) => _names.TryGetValue(pipeline, out var names) ? ForPipeline(pipeline, names) : [];

    /// <summary>Those of <paramref name="names"/> that tell somebody of a pipeline.</summary>
    public IReadOnlyList<string> ForPipeline(string pipeline, IEnumerable<string> names) =>
        [.. Active(names).Where(name => Includes(Notifications[name].Pipelines, pipeline))];

    /// <summary>True while the configuration has this pipeline.</summary>
    public bool HasPipeline(string pipeline) => _names.ContainsKey(pipeline);

    /// <summary>The entry that tells what an entry that is gone told.</summary>
    /// <returns>Null when nobody would be told.</returns>
    public string? InsteadOf(string notification, string pipeline) =>
        Notifications.ContainsKey(notification) ? notification : ForPipeline(pipeline).Concat(ForDevice).FirstOrDefault();

    /// <summary>An entry; one that says nothing when there is none of this name any more.</summary>
    public NotificationOptions Of(string notification) => Notifications.TryGetValue(notification, out var options) ? options : new NotificationOptions();

    /// <summary>The recipients of one entry: its providers.</summary>
    public IEnumerable<Recipient> RecipientsOf(string notification) =>
        Notifications.TryGetValue(notification, out var options) && options.Enabled
            ? options.Providers.Select((_, index) => new Recipient(notification, index))
            : [];

    /// <summary>True when somebody can be told through it.</summary>
    public bool Knows(Recipient recipient) => recipient.Device is { } device
        ? Devices.Any(known => known.Id == device)
        : RecipientsOf(recipient.Notification).Contains(recipient);

    private static bool Includes(IReadOnlyList<string> pipelines, string pipeline) => pipelines.Count == 0 || pipelines.Contains(pipeline);

    /// <summary>An entry without providers tells devices alone.</summary>
    private List<string> Active(IEnumerable<string> names) =>
        [.. names.Distinct(StringComparer.Ordinal).Where(name => Notifications.TryGetValue(name, out var options) && options.Enabled && (options.Providers.Count > 0 || Devices.Count > 0))];
}

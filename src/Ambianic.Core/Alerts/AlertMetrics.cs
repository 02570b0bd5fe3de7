using System.Diagnostics.Metrics;
using Ambianic.Core.Configuration;
using Ambianic.Core.Metrics;

namespace Ambianic.Core.Alerts;

/// <summary>What waits to be sent, and how sending goes. Providers are named by their kind alone: an address holds secrets.</summary>
public sealed class AlertMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _attempts;
    private readonly Histogram<double> _duration;

    /// <param name="meters">Owns the instruments.</param>
    public AlertMetrics(IMeterFactory meters)
    {
        _meter = Instruments.MeterOf(meters);
        _attempts = _meter.CreateCounter<long>("ambianic.deliveries", "{delivery}", "Attempts to send a message, by provider and outcome: delivered, passing (it is tried again), permanent (it is not).");
        _duration = _meter.CreateDuration("ambianic.delivery.duration", "Time that an attempt to send a message took, by provider.");
    }

    /// <summary>Reads the rest from here from now on; to be called once.</summary>
    internal void Follow(AlertDesk desk, TimeProvider time)
    {
        _meter.CreateObservableGauge("ambianic.outbox.waiting", () => desk.Outbox.Waiting, "{delivery}", "Deliveries that wait to be sent, those that are held during quiet hours too.");
        _meter.CreateObservableGauge("ambianic.outbox.oldest.age", () => desk.Outbox.AgeOfOldest(time.GetUtcNow()).TotalSeconds, "s", "Age of the oldest delivery that waits and is not held; 0 when there is none.");
        _meter.CreateObservableGauge(
            "ambianic.alerts.open",
            () => Enum.GetValues<AlertSeverity>().Select(severity => new Measurement<int>(
                desk.Open.Count(alert => alert.Severity == severity), Instruments.Label("severity", Instruments.SnakeCase(severity.ToString())))),
            "{alert}",
            "Alerts that have not ended, by severity.");
    }

    /// <summary>An attempt to send has ended.</summary>
    /// <param name="address">Of the provider; null for a device that subscribed to Web Push.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="took">How long it took.</param>
    internal void Count(string? address, DeliveryOutcomeKind outcome, TimeSpan took)
    {
        var provider = Instruments.Label("provider", KindOf(address));
        _attempts.Add(1, provider, Instruments.Label("outcome", Instruments.SnakeCase(outcome.ToString())));
        _duration.Record(took.TotalSeconds, provider);
    }

    private static string KindOf(string? address) => address is null ? "webpush"
        : address.IndexOf("://", StringComparison.Ordinal) is > 0 and var end ? address[..end].ToLowerInvariant()
        : "other";
}

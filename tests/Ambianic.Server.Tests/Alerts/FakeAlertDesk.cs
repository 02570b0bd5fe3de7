using System.Globalization;
using Ambianic.Core.Alerts;
using TestResult = Ambianic.Core.Alerts.TestResult;

namespace Ambianic.Server.Tests.Alerts;

/// <summary>Does with alerts what the calls say and nothing by itself, and keeps what it was asked.</summary>
internal sealed class FakeAlertDesk(TimeProvider time) : IAlertDesk
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Alert> _open = [];
    private readonly List<string> _asked = [];

    public bool IsEnabled { get; private set; } = true;

    public bool WouldSend => IsEnabled;

    public bool IsAlive { get; set; } = true;

    public string? Fault { get; set; }

    public IReadOnlyList<TestResult> Results { get; set; } = [];

    /// <summary>What a drill raises.</summary>
    public IReadOnlyList<Alert> Drilled { get; set; } = [];

    /// <summary>For example <c>answer taking_care by neighbour</c>.</summary>
    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_lock)
            {
                return [.. _asked];
            }
        }
    }

    public IReadOnlyList<Alert> Open
    {
        get
        {
            lock (_lock)
            {
                return [.. _open.Values];
            }
        }
    }

    public Alert? Find(string alertId) => Open.FirstOrDefault(alert => alert.Id == alertId);

    public void Raise(Alert alert)
    {
        lock (_lock)
        {
            _open[alert.Id] = alert;
        }
    }

    public void End(string id)
    {
        lock (_lock)
        {
            _open.Remove(id);
        }
    }

    public Task EnableAsync(bool isEnabled, CancellationToken cancellation)
    {
        IsEnabled = isEnabled;
        return Task.CompletedTask;
    }

    public Task<Alert?> AnswerAsync(string alertId, AlertAnswer answer, string by, CancellationToken cancellation, Recipient? from = null) =>
        Change(alertId, $"answer {AlertAnswers.Word(answer)} by {by}", alert => answer switch
        {
            AlertAnswer.TakingCare => Taken(alert, by),
            AlertAnswer.FalseAlarm => Taken(alert, by) with { Feedback = AlertFeedback.FalseAlarm },
            _ => alert,
        });

    public Task<Alert?> ResolveAsync(string alertId, string by, CancellationToken cancellation) =>
        Change(alertId, $"resolve by {by}", alert => alert with { ResolvedAt = time.GetUtcNow(), Resolution = $"said by {by}" });

    public Task<Alert?> FeedbackAsync(string alertId, AlertFeedback feedback, string by, CancellationToken cancellation) =>
        Change(alertId, $"feedback {feedback} by {by}", alert => alert with { Feedback = feedback });

    public DateTimeOffset? SnoozedUntil(string pipeline) => null;

    public Task SnoozeAsync(string pipeline, DateTimeOffset until, CancellationToken cancellation)
    {
        lock (_lock)
        {
            _asked.Add(string.Create(CultureInfo.InvariantCulture, $"snooze {pipeline} for {(until - time.GetUtcNow()).TotalMinutes:0} min"));
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<TestResult>> TestAsync(string? notification, CancellationToken cancellation) => Task.FromResult(Results);

    public Task<IReadOnlyList<Alert>> DrillAsync(string pipeline, CancellationToken cancellation)
    {
        foreach (var alert in Drilled)
        {
            Raise(alert);
        }

        return Task.FromResult(Drilled);
    }

    private Alert Taken(Alert alert, string by) =>
        alert.AcknowledgedAt is null ? alert with { State = AlertState.Acknowledged, AcknowledgedAt = time.GetUtcNow(), AcknowledgedBy = by } : alert;

    private Task<Alert?> Change(string id, string asked, Func<Alert, Alert> change)
    {
        lock (_lock)
        {
            _asked.Add(asked);
            return Task.FromResult(_open.TryGetValue(id, out var alert) ? _open[id] = change(alert) : null);
        }
    }
}

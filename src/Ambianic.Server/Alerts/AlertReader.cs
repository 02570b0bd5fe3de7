using Ambianic.Core.Alerts;

namespace Ambianic.Server.Alerts;

/// <summary>Alerts as they are now: what is open is known by the desk, also while the disk cannot store it; all else by the store.</summary>
internal sealed class AlertReader(IAlertDesk desk, IAlertStore store)
{
    /// <summary>An alert; null when there is none of this id.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public Alert? Find(string id) =>
        desk.Open.FirstOrDefault(alert => alert.Id == id) ?? (store.Alerts(new AlertQuery { Id = id, Limit = 1 }) is [var stored, ..] ? stored : null);

    /// <summary>Alerts that match, newest first.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    public IReadOnlyList<Alert> List(AlertQuery query)
    {
        var open = desk.Open;
        return query.IsOpen == true
            ? [.. open.Where(alert => Matches(alert, query)).OrderByDescending(alert => alert.RaisedAt).Skip(query.Offset).Take(query.Limit)]
            : [.. store.Alerts(query).Select(stored => open.FirstOrDefault(alert => alert.Id == stored.Id) ?? stored)];
    }

    private static bool Matches(Alert alert, AlertQuery query) =>
        (query.State is null || alert.State == query.State)
        && (query.Severity is null || alert.Severity == query.Severity)
        && (query.Pipeline is null || alert.Pipeline == query.Pipeline)
        && (query.From is null || alert.RaisedAt >= query.From)
        && (query.To is null || alert.RaisedAt < query.To);
}

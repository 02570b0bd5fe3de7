using Ambianic.Core.Alerts;

namespace Ambianic.Server.Alerts;

/// <summary>Alerts as they are now: what is open is known by the desk, also while the disk cannot store it; all else by the store.</summary>
internal sealed class AlertReader(IAlertDesk desk, IAlertStore store)
{
    /// <summary>An alert; null when there is none of this id.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public Alert? Find(string id) =>
        desk.Find(id) ?? (store.Alerts(new AlertQuery { Id = id, Limit = 1 }) is [var stored, ..] ? stored : null);

    /// <summary>Alerts that match, newest first.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    public IReadOnlyList<Alert> List(AlertQuery query)
    {
        var known = desk.Open;
        var ids = known.Select(alert => alert.Id).ToHashSet();
        var open = query.IsOpen == false ? [] : known.Where(alert => Matches(alert, query));
        var ended = query.IsOpen == true ? [] : store.Alerts(query with { Offset = 0, Limit = query.Offset + query.Limit + ids.Count }).Where(alert => !ids.Contains(alert.Id));
        return [.. open.Concat(ended).OrderByDescending(alert => alert.RaisedAt).Skip(query.Offset).Take(query.Limit)];
    }

    private static bool Matches(Alert alert, AlertQuery query) =>
        (query.State is null || alert.State == query.State)
        && (query.Severity is null || alert.Severity == query.Severity)
        && (query.Pipeline is null || alert.Pipeline == query.Pipeline)
        && (query.From is null || alert.RaisedAt >= query.From)
        && (query.To is null || alert.RaisedAt < query.To);
}

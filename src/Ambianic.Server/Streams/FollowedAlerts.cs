using System.Text.Json;
using Ambianic.Core.Alerts;
using Ambianic.Server.Api;

namespace Ambianic.Server.Streams;

/// <summary>Changes of alerts as messages, each with the alert as it is then.</summary>
internal sealed class FollowedAlerts(IAlertFollower alerts, JsonSerializerOptions json) : IFollowedStore
{
    /// <inheritdoc/>
    public StreamCursor End() => Of(alerts.End());

    /// <inheritdoc/>
    public StreamBatch ReadAfter(StreamCursor cursor, int limit)
    {
        var batch = alerts.ReadAfter(new AlertCursor(cursor.Number, cursor.Numbering), limit);
        return new StreamBatch(
            [.. batch.Alerts.Select(changed => new StreamMessage(
                StreamTypes.Alert,
                JsonSerializer.SerializeToUtf8Bytes(AlertReport.Of(changed.Alert), json),
                Of(batch.Cursor with { Change = changed.Change })))],
            Of(batch.Cursor),
            IsMore: batch.Alerts.Count == limit,
            batch.IsOfAnother);
    }

    private static StreamCursor Of(AlertCursor cursor) => new(cursor.Numbering, cursor.Change);
}

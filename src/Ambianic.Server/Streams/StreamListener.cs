using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Ambianic.Server.Streams;

/// <summary>
/// One who listens. It has no queue: it remembers how far it has come, is woken when there is something new, and takes that from
/// the newest messages or, when it was too slow for these, from the store.
/// </summary>
internal sealed class StreamListener
{
    private readonly StreamHub _hub;
    private readonly StreamTopics _topics;
    private readonly bool _isResumed;
    private readonly StreamTrack _events;
    private readonly StreamTrack _alerts;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private volatile bool _beat;
    private long? _healthSent;

    /// <param name="hub">Wakes it.</param>
    /// <param name="topics">What it wants to hear of.</param>
    /// <param name="resumeFrom">The id of the message that it had last; null when it begins now.</param>
    public StreamListener(StreamHub hub, StreamTopics topics, string? resumeFrom)
    {
        (_hub, _topics, _isResumed) = (hub, topics, resumeFrom is not null);
        var had = StreamPosition.Parse(resumeFrom ?? "");
        _events = new StreamTrack(hub.Events, "events", _isResumed, had.Events);
        _alerts = new StreamTrack(hub.Alerts, "alerts", _isResumed, had.Alerts);
    }

    private string Position => new StreamPosition(_events.Cursor, _alerts.Cursor).ToString();

    /// <summary>There is something new.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>It is time for a sign of life.</summary>
    public void Beat()
    {
        _beat = true;
        Wake();
    }

    /// <summary>Messages, until cancelled. For one reader.</summary>
    public async IAsyncEnumerable<StreamFrame> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return new StreamFrame(StreamTypes.Ready, _hub.Json(new StreamReady(_isResumed)), Position);
        while (true)
        {
            await foreach (var frame in NewAsync(StreamTopics.Events, _events, cancellation))
            {
                yield return frame;
            }

            await foreach (var frame in NewAsync(StreamTopics.Alerts, _alerts, cancellation))
            {
                yield return frame;
            }

            if (_topics.HasFlag(StreamTopics.Health) && _hub.Health.After(_healthSent) is { } health)
            {
                _healthSent = health.Version;
                yield return new StreamFrame(StreamTypes.Health, health.Data, Position);
            }

            if (_beat)
            {
                _beat = false;
                yield return StreamFrame.Heartbeat;
            }

            await _wake.Reader.ReadAsync(cancellation);
        }
    }

    private async IAsyncEnumerable<StreamFrame> NewAsync(StreamTopics topic, StreamTrack track, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var isMore = _topics.HasFlag(topic); isMore;)
        {
            if (await track.NextAsync(cancellation) is not { } batch)
            {
                yield break;
            }

            if (batch.IsLost)
            {
                track.Advance(batch.Cursor);
                yield return new StreamFrame(StreamTypes.Reset, _hub.Json(track.Reset), Position);
            }

            foreach (var message in batch.Messages)
            {
                track.Advance(message.Cursor);
                yield return new StreamFrame(message.Type, message.Data, Position);
            }

            track.Advance(batch.Cursor);
            isMore = batch.IsMore;
        }
    }
}

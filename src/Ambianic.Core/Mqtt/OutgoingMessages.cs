namespace Ambianic.Core.Mqtt;

/// <summary>
/// What is to be sent: of every retained topic the newest content, and the events of the last minute. So however long the broker is
/// away, no more than one message for each topic waits. Pictures wait for all else. One call at a time.
/// </summary>
internal sealed class OutgoingMessages(TimeProvider time)
{
    /// <summary>An event that could not be sent for longer is no news any more.</summary>
    private static readonly TimeSpan EventLifetime = TimeSpan.FromMinutes(1);

    private const int MostEvents = 100;

    private readonly Dictionary<string, Content> _kept = new(StringComparer.Ordinal);
    private readonly Queue<Content> _waiting = [];
    private readonly Queue<Content> _pictures = [];
    private readonly Queue<(MqttMessage Message, long At)> _events = [];

    /// <summary>True when a retained topic has a content.</summary>
    public bool Has(string topic) => _kept.TryGetValue(topic, out var content) && content.Payload.Length > 0;

    /// <summary>Messages that wait.</summary>
    public int Count => _waiting.Count + _pictures.Count + _events.Count;

    /// <summary>Sets the content of a retained topic; sends it when it is new.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="payload">Its content; empty removes the topic from the broker.</param>
    /// <param name="isPicture">True when it waits for all else.</param>
    public void Set(string topic, ReadOnlyMemory<byte> payload, bool isPicture = false)
    {
        if (!_kept.TryGetValue(topic, out var content))
        {
            _kept[topic] = content = new Content(topic, isPicture);
        }
        else if (content.Payload.Span.SequenceEqual(payload.Span))
        {
            return;
        }

        content.Payload = payload;
        Wait(content);
    }

    /// <summary>As if a topic had never been set; sends nothing. Set again, it is sent behind all that waits.</summary>
    public void Forget(string topic) => _kept.Remove(topic);

    /// <summary>Sends an event, once.</summary>
    public void Add(MqttMessage message)
    {
        _events.Enqueue((message, time.GetTimestamp()));
        if (_events.Count > MostEvents)
        {
            _events.Dequeue();
        }
    }

    /// <summary>Sends all retained topics again, in the order in which they were set first.</summary>
    public void SendAgain()
    {
        _waiting.Clear();
        _pictures.Clear();
        foreach (var content in _kept.Values)
        {
            content.Waits = false;
            Wait(content);
        }
    }

    /// <summary>Removes all retained topics from the broker, and sends nothing else any more.</summary>
    public void RemoveAll()
    {
        _events.Clear();
        foreach (var content in _kept.Values)
        {
            content.Payload = ReadOnlyMemory<byte>.Empty;
        }

        SendAgain();
    }

    /// <summary>Takes the message that is to be sent next; null when there is none.</summary>
    public MqttMessage? Next()
    {
        while (_events.TryDequeue(out var one))
        {
            if (time.GetElapsedTime(one.At) < EventLifetime)
            {
                return one.Message;
            }
        }

        if (!_waiting.TryDequeue(out var content) && !_pictures.TryDequeue(out content))
        {
            return null;
        }

        content.Waits = false;
        if (content.Payload.Length == 0)
        {
            _kept.Remove(content.Topic); // nothing is left to be said of it
        }

        return new MqttMessage(content.Topic, content.Payload, IsRetained: true);
    }

    private void Wait(Content content)
    {
        if (!content.Waits)
        {
            content.Waits = true;
            (content.IsPicture ? _pictures : _waiting).Enqueue(content);
        }
    }

    private sealed class Content(string topic, bool isPicture)
    {
        public string Topic => topic;

        public bool IsPicture => isPicture;

        public ReadOnlyMemory<byte> Payload { get; set; } = ReadOnlyMemory<byte>.Empty;

        public bool Waits { get; set; }
    }
}

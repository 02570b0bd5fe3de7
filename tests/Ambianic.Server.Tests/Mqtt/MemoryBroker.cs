using System.Text.Json.Nodes;
using Ambianic.Core.Configuration;
using Ambianic.Core.Mqtt;
using MQTTnet;

namespace Ambianic.Server.Tests.Mqtt;

/// <summary>A broker without a network, which a test takes away, makes slow and reads.</summary>
internal sealed class MemoryBroker : IMqttConnector
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, MqttMessage> _kept = new(StringComparer.Ordinal);
    private readonly List<MqttMessage> _published = [];
    private Connection? _connection;
    private int _attempts;

    /// <summary>True while nobody can connect.</summary>
    public bool IsAway { get; set; }

    /// <summary>Why messages are refused; null when they are taken.</summary>
    public string? Refusal { get; set; }

    /// <summary>Each message waits for a permit when there is one.</summary>
    public SemaphoreSlim? Permits { get; set; }

    public int Attempts => Volatile.Read(ref _attempts);

    public bool IsConnected => Volatile.Read(ref _connection) is not null;

    /// <summary>What was published, oldest first, without what Ambianic tells itself.</summary>
    public IReadOnlyList<MqttMessage> Published
    {
        get
        {
            lock (_gate)
            {
                return [.. _published.Where(message => !message.Topic.EndsWith("/sync", StringComparison.Ordinal))];
            }
        }
    }

    /// <summary>Topics that the broker keeps.</summary>
    public IReadOnlyDictionary<string, MqttMessage> Kept
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<string, MqttMessage>(_kept);
            }
        }
    }

    public string? Text(string topic) => Kept.TryGetValue(topic, out var message) ? message.Text : null;

    public JsonObject? Json(string topic) => Text(topic) is { } text ? JsonNode.Parse(text)!.AsObject() : null;

    /// <summary>Forgets what was published, but not what is kept.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _published.Clear();
        }
    }

    /// <summary>As after a restart without persistence.</summary>
    public void ForgetEverything()
    {
        lock (_gate)
        {
            _kept.Clear();
            _published.Clear();
        }
    }

    /// <summary>Another client publishes.</summary>
    public void Send(string topic, string text, bool isRetained = false) => Send(MqttMessage.Of(topic, text, isRetained));

    public void Send(MqttMessage message)
    {
        Keep(message);
        Volatile.Read(ref _connection)?.Deliver(message with { IsRetained = false });
    }

    /// <summary>Ends the connection, and publishes the will.</summary>
    public void Break()
    {
        if (Interlocked.Exchange(ref _connection, null) is { } connection)
        {
            Keep(connection.Will);
            connection.End("the cable was pulled");
        }
    }

    public Task<IMqttConnection> ConnectAsync(MqttOptions options, MqttMessage will, Action<MqttMessage> receive, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _attempts);
        if (IsAway)
        {
            throw new IOException("connection refused");
        }

        var connection = new Connection(this, will, receive);
        Volatile.Write(ref _connection, connection);
        return Task.FromResult<IMqttConnection>(connection);
    }

    private void Keep(MqttMessage message)
    {
        lock (_gate)
        {
            if (!message.IsRetained)
            {
                return;
            }

            if (message.Payload.Length == 0)
            {
                _kept.Remove(message.Topic);
            }
            else
            {
                _kept[message.Topic] = message;
            }
        }
    }

    private sealed class Connection(MemoryBroker broker, MqttMessage will, Action<MqttMessage> receive) : IMqttConnection
    {
        private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock _gate = new();
        private readonly HashSet<string> _filters = [];

        public MqttMessage Will => will;

        public Task<string> WhenEnded => _ended.Task;

        public void End(string reason) => _ended.TrySetResult(reason);

        public void Deliver(MqttMessage message)
        {
            bool isWanted;
            lock (_gate)
            {
                isWanted = _filters.Any(filter => MqttTopicFilterComparer.Compare(message.Topic, filter) == MqttTopicFilterCompareResult.IsMatch);
            }

            if (isWanted && !_ended.Task.IsCompleted)
            {
                receive(message);
            }
        }

        public Task SubscribeAsync(IReadOnlyList<string> filters, CancellationToken cancellation)
        {
            ThrowIfEnded();
            lock (_gate)
            {
                _filters.UnionWith(filters);
            }

            foreach (var kept in broker.Kept.Values.Where(kept => filters.Any(filter => MqttTopicFilterComparer.Compare(kept.Topic, filter) == MqttTopicFilterCompareResult.IsMatch)))
            {
                receive(kept);
            }

            return Task.CompletedTask;
        }

        public Task UnsubscribeAsync(IReadOnlyList<string> filters, CancellationToken cancellation)
        {
            ThrowIfEnded();
            lock (_gate)
            {
                _filters.ExceptWith(filters);
            }

            return Task.CompletedTask;
        }

        public async Task<string?> PublishAsync(MqttMessage message, CancellationToken cancellation)
        {
            if (broker.Permits is { } permits)
            {
                await permits.WaitAsync(cancellation);
            }

            ThrowIfEnded();
            if (broker.Refusal is { } refusal)
            {
                return refusal;
            }

            lock (broker._gate)
            {
                broker._published.Add(message);
            }

            broker.Keep(message);
            Deliver(message with { IsRetained = false });
            return null;
        }

        public ValueTask DisposeAsync()
        {
            Interlocked.CompareExchange(ref broker._connection, null, this);
            _ended.TrySetResult("ended");
            return ValueTask.CompletedTask;
        }

        private void ThrowIfEnded()
        {
            if (_ended.Task.IsCompleted)
            {
                throw new IOException("the cable was pulled");
            }
        }
    }
}

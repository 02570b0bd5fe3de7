using System.Text.Json.Nodes;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Core.Health;
using Ambianic.Core.Timeline;

namespace Ambianic.Core.Mqtt;

/// <summary>
/// Puts what is known of the house into messages, and keeps those that are to be sent. Never waits for the broker. Safe to use from several
/// threads.
/// </summary>
internal sealed class MqttReporter
{
    /// <summary>Topics of an earlier run that are removed; a broker that holds more is not cleaned up.</summary>
    private const int MostKept = 10_000;

    /// <summary>Older events are no news: they were recovered from their files, or copied here.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromHours(1);


    private readonly Lock _gate = new();
    private readonly MqttParts _parts;
    private readonly MqttTopics _topics;
    private readonly TimeProvider _time;
    private readonly OutgoingMessages _outgoing;
    private readonly DiscoveryDocuments _discovery;
    private readonly FallStates _falls = new();
    private readonly DeviceMessages _device;
    private readonly Dictionary<string, PipelineMessages> _pipelines = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<string, string>> _labels = new(StringComparer.Ordinal);
    private readonly HashSet<string> _keptByBroker = new(StringComparer.Ordinal);
    private AmbianicConfiguration? _described;
    private bool _isConnected; // what the broker has kept is known since

    public MqttReporter(MqttParts parts, MqttTopics topics, TimeProvider time)
    {
        (_parts, _topics, _time) = (parts, topics, time);
        _outgoing = new OutgoingMessages(time);
        _discovery = new DiscoveryDocuments(topics, parts.Version);
        _device = new DeviceMessages(parts, topics, _outgoing, time);
    }

    /// <summary>True when everything is to be removed from the broker.</summary>
    public bool IsLeaving { get; private set; }

    /// <summary>Messages that wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _outgoing.Count;
            }
        }
    }

    /// <summary>Takes the message that is to be sent next; null when there is none.</summary>
    public MqttMessage? Next()
    {
        lock (_gate)
        {
            return _outgoing.Next();
        }
    }

    /// <summary>Takes in who was down before the start.</summary>
    public void Resume(IEnumerable<DetectionEvent> events, IReadOnlyList<Alert> closed)
    {
        lock (_gate)
        {
            _falls.Resume(events, closed);
        }
    }

    /// <summary>Takes in how everything is.</summary>
    public void Observe(HealthSnapshot snapshot)
    {
        var (configuration, open) = (_parts.Configuration(), _parts.Alerts.Open);
        var ended = EndedOf(open);
        lock (_gate)
        {
            if (IsLeaving)
            {
                return;
            }

            ended.ForEach(_falls.End);
            var names = snapshot.Pipelines.Select(pipeline => pipeline.Name).ToHashSet(StringComparer.Ordinal);
            foreach (var gone in _pipelines.Keys.Except(names).ToList())
            {
                _pipelines[gone].Remove();
                _pipelines.Remove(gone);
                _labels.Remove(gone);
            }

            foreach (var pipeline in snapshot.Pipelines)
            {
                Write(pipeline, configuration.Pipelines.FirstOrDefault(configured => configured.Name == pipeline.Name));
            }

            _device.Write(snapshot, configuration.DisplayName, open);
            ClearForeign(names);
            if (_isConnected && !ReferenceEquals(_described, configuration))
            {
                Describe(configuration);
            }
        }
    }

    /// <summary>Takes in an event.</summary>
    public void Take(DetectionEvent seen)
    {
        if (EventMessages.TypeOf(seen) is not { } type || _time.GetUtcNow() - seen.At > Late)
        {
            return;
        }

        var (topics, url) = (_topics.Of(seen.Pipeline), _parts.Links.Details(seen.Id));
        lock (_gate)
        {
            if (IsLeaving)
            {
                return;
            }

            _falls.Take(seen);
            _outgoing.Add(new MqttMessage(topics.Event, MqttText.Bytes(EventMessages.Of(seen, type, url)), IsRetained: true));
            if (EventMessages.OfFall(seen, url) is { } fall)
            {
                _outgoing.Add(new MqttMessage(topics.FallEvent, MqttText.Bytes(fall), IsRetained: true));
                if (_falls.IsDown(seen.Pipeline))
                {
                    _outgoing.Set(topics.FallAvailable, MqttText.Bytes(MqttText.Online));
                    _outgoing.Set(topics.Fall, MqttText.Bytes(MqttText.On)); // at once, and not with the next snapshot
                }
            }
        }
    }

    /// <summary>Shows a JPEG on a topic of pictures of a pipeline.</summary>
    public void Show(string pipeline, ReadOnlyMemory<byte> jpeg, bool isOfEvent)
    {
        var topics = _topics.Of(pipeline);
        lock (_gate)
        {
            if (IsLeaving)
            {
                return;
            }

            _outgoing.Set(isOfEvent ? topics.EventPicture : topics.Picture, jpeg, isPicture: true);
        }
    }

    /// <summary>Tells what became of a command.</summary>
    public void Answer(string topic, bool isDone, string detail)
    {
        var result = new JsonObject { ["topic"] = topic, ["ok"] = isDone, ["detail"] = detail, ["at"] = MqttText.Time(_time.GetLocalNow()) };
        lock (_gate)
        {
            _outgoing.Add(new MqttMessage(_topics.Result, MqttText.Bytes(result), IsRetained: false));
        }
    }

    /// <summary>Somebody says that it is over.</summary>
    /// <returns>True when somebody was down.</returns>
    public bool ClearFall(string pipeline)
    {
        lock (_gate)
        {
            return _falls.Clear(pipeline);
        }
    }

    /// <summary>Takes in what the broker has kept from before.</summary>
    public void Remember(MqttMessage kept)
    {
        lock (_gate)
        {
            if (kept.Payload.Length > 0 && _keptByBroker.Count < MostKept && !_discovery.Remember(kept, _parts.Configuration().Mqtt.Discovery.Prefix) && kept.Topic.StartsWith(_topics.Prefix + "/", StringComparison.Ordinal))
            {
                _keptByBroker.Add(kept.Topic);
            }
        }
    }

    /// <summary>There is a new connection, or somebody who has forgotten everything: all is sent again, except events.</summary>
    public void SendAgain()
    {
        lock (_gate)
        {
            if (IsLeaving)
            {
                return;
            }

            _outgoing.Forget(_topics.Available);
            _isConnected = true;
            Describe(_parts.Configuration());
            _outgoing.SendAgain();
            _outgoing.Set(_topics.Available, MqttText.Bytes(MqttText.Online)); // behind all else
        }
    }

    /// <summary>The configuration names another broker, other topics or none: nothing of ours stays behind.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            IsLeaving = true;
            _outgoing.RemoveAll();
            foreach (var pipeline in _pipelines.Values)
            {
                pipeline.Remove();
            }
        }
    }

    /// <summary>Asks the disk, which may be slow: the gate is open meanwhile.</summary>
    private List<Alert> EndedOf(IReadOnlyList<Alert> open)
    {
        IReadOnlyList<string> gone;
        lock (_gate)
        {
            gone = _falls.Observe(open);
        }

        try
        {
            return [.. gone.SelectMany(id => _parts.EndedAlerts.Alerts(new AlertQuery { Id = id, Limit = 1 }))];
        }
        catch (IOException)
        {
            return []; // asked again
        }
    }

    private void Write(PipelineHealth health, PipelineConfiguration? configured)
    {
        if (!_pipelines.TryGetValue(health.Name, out var messages))
        {
            _pipelines[health.Name] = messages = new PipelineMessages(_topics.Of(health.Name), _outgoing, _time);
        }

        var scene = _parts.Scenes.Of(health.Name);
        if (configured is not null && AddSeen(configured, scene.Counts.Keys))
        {
            _described = null;
        }

        var detectsFalls = configured is not null && WatchedLabels.Of(configured).DetectsFalls;
        messages.Write(health, _parts.Pipelines.IsOff(health.Name), scene, Labels(health.Name), detectsFalls ? _falls.IsDown(health.Name) : null);
    }

    /// <summary>Adds what is to be counted.</summary>
    /// <returns>True when there is something new.</returns>
    private bool AddSeen(PipelineConfiguration pipeline, IEnumerable<string> seen)
    {
        var watched = WatchedLabels.Of(pipeline);
        var before = _labels.GetValueOrDefault(pipeline.Name);
        SortedDictionary<string, string> labels = new(StringComparer.Ordinal);
        if (watched.IsOpen)
        {
            foreach (var (word, name) in (before ?? []).Concat(_discovery.LabelsOf(pipeline.Name)))
            {
                labels.TryAdd(word, name);
            }
        }

        foreach (var label in watched.IsOpen ? watched.Labels.Concat(seen) : watched.Labels)
        {
            labels[TopicNames.Of(label)] = MqttText.Name(label);
        }

        _labels[pipeline.Name] = labels;
        return before is null || !labels.Keys.SequenceEqual(before.Keys);
    }

    private SortedDictionary<string, string> Labels(string pipeline) => _labels.GetValueOrDefault(pipeline) ?? [];

    private void Describe(AmbianicConfiguration configuration)
    {
        _described = configuration;
        foreach (var pipeline in configuration.Pipelines)
        {
            AddSeen(pipeline, _parts.Scenes.Of(pipeline.Name).Counts.Keys);
        }

        foreach (var (topic, document) in _discovery.Make(configuration, pipeline => Labels(pipeline.Name)))
        {
            _outgoing.Set(topic, document is null ? ReadOnlyMemory<byte>.Empty : MqttText.Bytes(document));
        }
    }

    /// <summary>Removes what an earlier run has left of pipelines and labels that there are no more.</summary>
    private void ClearForeign(HashSet<string> pipelines)
    {
        foreach (var topic in _keptByBroker.Where(topic => !_outgoing.Has(topic)))
        {
            var isOfPipeline = topic[(_topics.Prefix.Length + 1)..].Split('/') is [var word, .. { Length: > 0 }] && pipelines.Any(name => TopicNames.Of(name) == word);
            var rest = topic[(_topics.Prefix.Length + 1)..].Split('/', 2) is [_, var behind] ? behind : "";
            var root = topic[..^(rest.Length + 1)];
            var isOurs = rest.StartsWith("count/", StringComparison.Ordinal) || new PipelineTopics(root).Fixed.Contains(topic);
            var lasts = isOfPipeline && rest switch
            {
                "event" => true,
                "fall/event" => _outgoing.Has($"{root}/fall"),
                "event/picture" or "picture" => _parts.Configuration().Mqtt.PicturesEvery > TimeSpan.Zero,
                _ => false,
            };
            if (isOurs && !lasts)
            {
                _outgoing.Set(topic, ReadOnlyMemory<byte>.Empty);
            }
        }

        _keptByBroker.Clear();
    }
}

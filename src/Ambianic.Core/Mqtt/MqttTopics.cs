namespace Ambianic.Core.Mqtt;

/// <summary>The topics of this device.</summary>
/// <param name="prefix">Begins all of them.</param>
internal sealed class MqttTopics(string prefix)
{
    public string Prefix => prefix;

    /// <summary>Whether the program runs; also the last will.</summary>
    public string Available => $"{prefix}/available";

    public string State => $"{prefix}/state";

    public string Alerts => $"{prefix}/alerts";

    public string Acknowledge => $"{prefix}/acknowledge/set";

    public string Result => $"{prefix}/result";

    /// <summary>By which we notice that the broker has sent all that it has kept.</summary>
    public string Sync => $"{prefix}/sync";

    /// <summary>Everything of ours.</summary>
    public string All => $"{prefix}/#";

    /// <summary>Commands for pipelines.</summary>
    public string Commands => $"{prefix}/+/+/set";

    public PipelineTopics Of(string pipeline) => new($"{prefix}/{TopicNames.Of(pipeline)}");
}

/// <summary>The topics of a pipeline.</summary>
/// <param name="Root">Begins all of them.</param>
internal sealed record PipelineTopics(string Root)
{
    public string Available => $"{Root}/available";

    public string State => $"{Root}/state";

    public string Visibility => $"{Root}/visibility";

    public string Problem => $"{Root}/problem";

    public string Status => $"{Root}/status";

    public string Stats => $"{Root}/stats";

    public string Enabled => $"{Root}/enabled";

    public string Picture => $"{Root}/picture";

    public string Event => $"{Root}/event";

    public string EventPicture => $"{Root}/event/picture";

    public string Fall => $"{Root}/fall";

    public string FallAvailable => $"{Root}/fall/available";

    public string FallEvent => $"{Root}/fall/event";

    public string Count(string label) => $"{Root}/count/{TopicNames.Of(label)}";

    /// <summary>All that are not of a label.</summary>
    public IReadOnlyList<string> Fixed =>
    [
        Available, State, Visibility, Problem, Status, Stats, Enabled, Picture, Event, EventPicture, Fall, FallAvailable, FallEvent,
    ];

    public string Command(string name) => $"{Root}/{name}/set";
}

namespace Ambianic.Server.Streams;

/// <summary>What a listener wants to hear of.</summary>
[Flags]
internal enum StreamTopics
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>New events.</summary>
    Events = 1,

    /// <summary>Alerts that changed.</summary>
    Alerts = 2,

    /// <summary>How the pipelines are.</summary>
    Health = 4,

    /// <summary>Everything.</summary>
    All = Events | Alerts | Health,
}

/// <summary>The types of messages, and the words by which a listener asks for them.</summary>
internal static class StreamTypes
{
    /// <summary>The first message: the listener hears from now on.</summary>
    public const string Ready = "ready";

    /// <summary>What was missed cannot be told: the listener has to read everything again.</summary>
    public const string Reset = "reset";

    /// <summary>An event.</summary>
    public const string Event = "event";

    /// <summary>An alert that changed.</summary>
    public const string Alert = "alert";

    /// <summary>How the pipelines are.</summary>
    public const string Health = "health";

    private static readonly Dictionary<string, StreamTopics> Words = new(StringComparer.Ordinal)
    {
        ["events"] = StreamTopics.Events,
        ["alerts"] = StreamTopics.Alerts,
        ["health"] = StreamTopics.Health,
    };

    /// <summary>The topics that a list names.</summary>
    /// <param name="words">With commas; null for all.</param>
    /// <returns>None when a word is not known.</returns>
    public static StreamTopics Parse(string? words)
    {
        if (words is null)
        {
            return StreamTopics.All;
        }

        var topics = words.Split(',', StringSplitOptions.TrimEntries).Select(word => Words.GetValueOrDefault(word)).ToList();
        return topics.Contains(StreamTopics.None) ? StreamTopics.None : topics.Aggregate((all, one) => all | one);
    }
}

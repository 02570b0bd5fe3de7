namespace Ambianic.Server.Streams;

/// <summary>What a listener is sent.</summary>
/// <param name="Type">A word of <see cref="StreamTypes"/>; empty for a sign of life.</param>
/// <param name="Data">JSON in UTF-8, one line.</param>
/// <param name="Id">What the listener sends back to go on behind this.</param>
internal readonly record struct StreamFrame(string Type, ReadOnlyMemory<byte> Data, string Id)
{
    /// <summary>Says that the connection lives.</summary>
    public static StreamFrame Heartbeat { get; } = new("", default, "");
}

/// <summary>The content of <c>ready</c>.</summary>
/// <param name="Resumed">True when what was missed follows, or <c>reset</c> says that it cannot be told.</param>
internal sealed record StreamReady(bool Resumed);

/// <summary>The content of <c>reset</c>.</summary>
/// <param name="Topic"><c>events</c> or <c>alerts</c>: what has to be read again.</param>
/// <param name="Reason">Why, for people.</param>
internal sealed record StreamReset(string Topic, string Reason);

using System.Globalization;

namespace Ambianic.Server.Streams;

/// <summary>A place in one durable store. Its text is part of the ids that listeners send back.</summary>
/// <param name="Numbering">The database that gave the number.</param>
/// <param name="Number">What was sent last; 0 before the first.</param>
/// <param name="Key">Id of what was sent last, so that a number of a database that was put back is noticed; empty when there is none.</param>
/// <param name="At">The latest time of all that was sent, to the millisecond; the default value where that does not matter.</param>
internal sealed record StreamCursor(string Numbering, long Number, string Key = "", DateTimeOffset At = default)
{
    /// <summary>Reads a text.</summary>
    /// <returns>Null when it is none.</returns>
    public static StreamCursor? Parse(string text) =>
        text.Split('.') is [{ Length: > 0 } numbering, var number, var key, var at]
        && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var last)
        && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
        && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? new StreamCursor(numbering, last, key, milliseconds == 0 ? default : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds))
            : null;

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Numbering}.{Number}.{Key}.{Math.Max(0, At == default ? 0 : At.ToUnixTimeMilliseconds())}");
}

/// <summary>How far a listener has come. Its text is the id of messages.</summary>
/// <param name="Events">Among the events; null while they cannot be read.</param>
/// <param name="Alerts">Among the changes of alerts; null while they cannot be read.</param>
internal sealed record StreamPosition(StreamCursor? Events, StreamCursor? Alerts)
{
    private const int Longest = 400;

    /// <summary>Reads an id. What is no part of one is null.</summary>
    public static StreamPosition Parse(string id) => id.Length <= Longest && id.Split('-') is [var events, var alerts]
        ? new StreamPosition(StreamCursor.Parse(events), StreamCursor.Parse(alerts))
        : new StreamPosition(null, null);

    /// <inheritdoc/>
    public override string ToString() => $"{Events}-{Alerts}";
}

using System.Globalization;
using Ambianic.Core.Configuration;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace Ambianic.Server.Hosting;

/// <summary>The newest lines of the log in memory, secrets masked, within a limit of bytes. Safe to use from several threads.</summary>
/// <param name="time">Clock; numbers of lines begin with it.</param>
/// <param name="mostBytes">Bytes that all lines may take, about.</param>
internal sealed class RecentLog(TimeProvider time, int mostBytes = 1 << 20) : ILogEventSink
{
    private const int LongestText = 16 << 10;

    /// <summary>What a line takes beside its text, about.</summary>
    private const int Overhead = 120;

    private static readonly MessageTemplateTextFormatter Message = new("{Message:lj}", CultureInfo.InvariantCulture);

    private readonly Lock _gate = new();
    private readonly Queue<LogLine> _lines = new();
    private int _bytes;

    /// <summary>They go on growing over a restart, so that who asks for what is new gets the lines of the new run.</summary>
    private long _last = time.GetUtcNow().ToUnixTimeSeconds() * 1_000_000;

    /// <summary>Number of the newest line, or the one before the first.</summary>
    public long Last
    {
        get
        {
            lock (_gate)
            {
                return _last;
            }
        }
    }

    /// <inheritdoc/>
    public void Emit(LogEvent logEvent)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        Message.Format(logEvent, text);
        var exception = logEvent.Exception is { } error ? Cut(Credentials.Mask(error.ToString())) : null;
        var source = Scalar(logEvent.Properties.GetValueOrDefault(Constants.SourceContextPropertyName)) as string ?? "";
        var id = logEvent.Properties.GetValueOrDefault("EventId") is StructureValue { Properties: [{ Name: "Id", Value: var value }, ..] } ? Scalar(value) as int? : null;
        Add(logEvent.Timestamp, Level(logEvent.Level), source, id, Cut(Credentials.Mask(text.ToString())), exception);
    }

    /// <summary>Lines that match, oldest first.</summary>
    /// <param name="level">Not less grave.</param>
    /// <param name="text">In the message, the exception or the name of the part that speaks; in any case of letters.</param>
    /// <param name="after">Only lines with a greater number; null for the newest.</param>
    /// <param name="limit">The first so many after <paramref name="after"/>; without it the last.</param>
    public IReadOnlyList<LogLine> Find(LoggingLevel level, string? text, long? after, int limit)
    {
        LogLine[] lines;
        lock (_gate)
        {
            lines = [.. _lines];
        }

        var found = lines.Where(line => line.Level >= level && (after is null || line.Number > after) && (string.IsNullOrEmpty(text) || line.Holds(text)));
        return [.. after is null ? found.TakeLast(limit) : found.Take(limit)];
    }

    private void Add(DateTimeOffset at, LoggingLevel level, string source, int? id, string text, string? exception)
    {
        lock (_gate)
        {
            var line = new LogLine(++_last, at, level, source, id, text, exception);
            _lines.Enqueue(line);
            _bytes += SizeOf(line);
            while (_bytes > mostBytes && _lines.Count > 1)
            {
                _bytes -= SizeOf(_lines.Dequeue());
            }
        }
    }

    private static int SizeOf(LogLine line) => Overhead + (sizeof(char) * (line.Text.Length + (line.Exception?.Length ?? 0)));

    private static string Cut(string text) => text.Length <= LongestText ? text : $"{text[..LongestText]} …";

    private static object? Scalar(LogEventPropertyValue? value) => (value as ScalarValue)?.Value;

    private static LoggingLevel Level(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose or LogEventLevel.Debug => LoggingLevel.Debug,
        LogEventLevel.Information => LoggingLevel.Info,
        LogEventLevel.Warning => LoggingLevel.Warning,
        _ => LoggingLevel.Error,
    };
}

/// <summary>A line of the log.</summary>
/// <param name="Number">Greater for each newer line, also over a restart.</param>
/// <param name="At">When.</param>
/// <param name="Level">How grave.</param>
/// <param name="Source">The part that speaks.</param>
/// <param name="EventId">See docs/reference/log-messages.md; null for lines of libraries.</param>
/// <param name="Text">What it says, secrets masked.</param>
/// <param name="Exception">Where it went wrong, for programmers; null without an exception.</param>
internal sealed record LogLine(long Number, DateTimeOffset At, LoggingLevel Level, string Source, int? EventId, string Text, string? Exception)
{
    /// <summary>True when a text is in it, in any case of letters.</summary>
    public bool Holds(string text) =>
        Text.Contains(text, StringComparison.OrdinalIgnoreCase)
        || Source.Contains(text, StringComparison.OrdinalIgnoreCase)
        || Exception?.Contains(text, StringComparison.OrdinalIgnoreCase) == true;
}

namespace Ambianic.Core.Timeline;

/// <summary>The folder of one saver, created when it is first needed, and the moments after which its files are named. One call at a time.</summary>
internal sealed class EventFolder(IEventStore store, TimeProvider time)
{
    /// <summary>Events of one moment are told apart by steps of 1 µs; more than a thousand of them share no moment.</summary>
    private static readonly TimeSpan SameMoment = TimeSpan.FromMilliseconds(1);

    private readonly DateTimeOffset _startedAt = time.GetLocalNow();
    private DateTimeOffset _lastAt;
    private string? _relDir;

    /// <summary>Its path relative to the data directory.</summary>
    /// <exception cref="IOException">It could not be created; the next call tries again.</exception>
    public async ValueTask<string> RelDirAsync(CancellationToken cancellation) =>
        _relDir ??= await store.StartFolderAsync(_startedAt, cancellation);

    /// <summary>The local time of an event in whole microseconds, as file names have it; never that of the event before.</summary>
    public DateTimeOffset NextMoment(DateTimeOffset at)
    {
        at = TimeZoneInfo.ConvertTime(at, time.LocalTimeZone);
        at = at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMicrosecond));
        return _lastAt = at <= _lastAt && _lastAt - at < SameMoment ? _lastAt.AddMicroseconds(1) : at;
    }
}

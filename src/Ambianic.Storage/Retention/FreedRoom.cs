using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Ambianic.Storage.Retention;

/// <summary>
/// Whether removing files makes room on the disk. It makes none when they are linked from elsewhere too, or when a snapshot keeps
/// them; then no more of them go for it, but for a small part that is tried after ever longer pauses. For the thread that writes.
/// </summary>
/// <param name="free">Bytes free on the disk, also those that only the system may use.</param>
/// <param name="time">Measures pauses.</param>
/// <param name="logger">Told when removing is of no use.</param>
internal sealed partial class FreedRoom(Func<long> free, TimeProvider time, ILogger logger)
{
    /// <summary>Bytes to begin with. Less than this says nothing: the database grows, too, when rows go.</summary>
    private const long FirstTrial = 1_000_000;

    private const long LargestTrial = 1_000_000_000;

    /// <summary>Of what was removed at least; disks count in blocks, and others write meanwhile.</summary>
    private const double Enough = 0.5;

    /// <summary>File systems that free in the background (btrfs, ZFS) have done it within half a minute.</summary>
    private static readonly TimeSpan Background = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(1);

    private long _trial = FirstTrial;
    private long _removed;
    private long _gained;
    private long _freeThen;
    private long _storedSince; // then
    private long? _waitingSince;
    private long? _givenUpAt;
    private TimeSpan _pause = FirstPause;
    private volatile string? _refusal;

    /// <summary>Why no events are removed any more though room is wanted, and what to do; null when removing them is of use.</summary>
    public string? Trouble => IsWanted ? _refusal : null;

    /// <summary>True while there is less room than was asked for.</summary>
    public bool IsWanted { get; set; }

    /// <summary>Bytes that may be removed before it is known whether that helps: twice as many each time it did.</summary>
    public long Step => _trial - _removed;

    /// <summary>Everything is as at the start.</summary>
    public void Forget()
    {
        Begin(FirstTrial);
        _givenUpAt = null;
        _pause = FirstPause;
        _refusal = null;
    }

    /// <summary>An event was stored, which takes room of what became free.</summary>
    public void Stored(long bytes) => _storedSince += bytes;

    /// <summary>Files are about to be removed.</summary>
    public void Removing() => (_freeThen, _storedSince) = (free(), 0);

    /// <summary>Files were removed.</summary>
    /// <param name="bytes">What they held.</param>
    public void Removed(long bytes)
    {
        _removed += bytes;
        _gained += GrownBy();
        if (_removed >= _trial && !IsOfUse(_gained))
        {
            _waitingSince = time.GetTimestamp();
            Removing(); // in the background, that is
        }
    }

    /// <summary>True when more may be removed now.</summary>
    public bool MayRemove()
    {
        if (_waitingSince is { } since)
        {
            var gained = _gained + GrownBy();
            if (!IsOfUse(gained) && time.GetElapsedTime(since) >= Background)
            {
                GiveUp(gained);
            }
        }

        if (_givenUpAt is { } at && time.GetElapsedTime(at) >= _pause)
        {
            _givenUpAt = null;
            _pause = TimeSpan.FromTicks(Math.Min(2 * _pause.Ticks, LongestPause.Ticks));
        }

        return _waitingSince is null && _givenUpAt is null;
    }

    /// <summary>How much more is free than then, and was stored meanwhile.</summary>
    private long GrownBy() => Math.Max(0, free() - _freeThen + _storedSince);

    private bool IsOfUse(long gained)
    {
        if (gained < Enough * _removed)
        {
            return false;
        }

        Begin(Math.Min(2 * _trial, LargestTrial));
        _pause = FirstPause;
        _refusal = null;
        return true;
    }

    private void GiveUp(long gained)
    {
        var isNews = _refusal is null;
        _refusal = string.Create(
            CultureInfo.InvariantCulture,
            $"retention.min_free_mb cannot be kept: {_removed / 1e6:0.0} MB of events were removed and made {gained / 1e6:0.0} MB of room, so no more are; "
            + $"a snapshot or links from elsewhere keep their files: free the disk of those, or change the limit");
        if (isNews)
        {
            LogOfNoUse(_refusal);
        }

        Begin(FirstTrial);
        _givenUpAt = time.GetTimestamp();
    }

    private void Begin(long trial)
    {
        (_trial, _removed, _gained) = (trial, 0, 0);
        _waitingSince = null;
    }

    [LoggerMessage(LogLevel.Warning, "{Trouble}")]
    private partial void LogOfNoUse(string trouble);
}

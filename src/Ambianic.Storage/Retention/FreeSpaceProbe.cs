using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Ambianic.Storage.Retention;

/// <summary>
/// Measures whether removing files frees space on the disk. It frees none when they are linked from elsewhere too, or when a
/// snapshot keeps them; then removal stops, and a small part is tried after ever longer pauses. For the thread that writes.
/// </summary>
/// <param name="free">Bytes free on the disk, also those that only the system may use.</param>
/// <param name="time">Measures pauses.</param>
/// <param name="logger">Receives that removing is of no use.</param>
internal sealed class FreeSpaceProbe(Func<long> free, TimeProvider time, ILogger logger)
{
    /// <summary>Bytes to begin with. Less proves nothing: removing rows makes the database grow.</summary>
    private const long FirstTrial = 1_000_000;

    private const long LargestTrial = 1_000_000_000;

    /// <summary>Share of what was removed that has to become free; disks count in blocks, and other programs write meanwhile.</summary>
    private const double Enough = 0.5;

    /// <summary>File systems that free in the background (btrfs, ZFS) have done it within half a minute.</summary>
    private static readonly TimeSpan Background = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(1);

    private long _trial = FirstTrial;
    private long _removed;
    private long _gained;
    private long _freeBefore;
    private long _storedSince; // since then
    private long? _waitingSince;
    private long? _givenUpAt;
    private TimeSpan _pause = FirstPause;
    private volatile string? _refusal;

    /// <summary>Why no more events are removed though space is wanted, and what to do; null when removing them is of use.</summary>
    public string? Fault => IsWanted ? _refusal : null;

    /// <summary>True while less space is free than the limit asks for.</summary>
    public bool IsWanted { get; set; }

    /// <summary>Bytes that may be removed before it is known whether that helps: twice as many each time it did.</summary>
    public long Step => _trial - _removed;

    /// <summary>Starts over, as with a new configuration.</summary>
    public void Reset()
    {
        BeginTrial(FirstTrial);
        _givenUpAt = null;
        _pause = FirstPause;
        _refusal = null;
    }

    /// <summary>Adds the size of an event that was stored, which takes up space that became free.</summary>
    public void AddStored(long bytes) => _storedSince += bytes;

    /// <summary>To be called before files are removed.</summary>
    public void BeginRemoval() => (_freeBefore, _storedSince) = (free(), 0);

    /// <summary>To be called after files were removed.</summary>
    /// <param name="bytes">What they held.</param>
    public void EndRemoval(long bytes)
    {
        _removed += bytes;
        _gained += GrownBy();
        if (_removed < _trial)
        {
            return;
        }

        if (IsEnough(_gained))
        {
            Continue();
        }
        else
        {
            _waitingSince = time.GetTimestamp();
            BeginRemoval(); // the file system goes on in the background
        }
    }

    /// <summary>True when more may be removed, as of the last <see cref="Review"/>.</summary>
    public bool AllowsRemoval => _waitingSince is null && _givenUpAt is null;

    /// <summary>Judges what was removed last once its space is free or a minute has passed, and ends a pause that is over.</summary>
    public void Review()
    {
        if (_waitingSince is { } since)
        {
            var gained = _gained + GrownBy();
            if (IsEnough(gained))
            {
                Continue();
            }
            else if (time.GetElapsedTime(since) >= Background)
            {
                GiveUp(gained);
            }
        }

        if (_givenUpAt is { } at && time.GetElapsedTime(at) >= _pause)
        {
            _givenUpAt = null;
            _pause = TimeSpan.FromTicks(Math.Min(2 * _pause.Ticks, LongestPause.Ticks));
        }
    }

    /// <summary>Bytes that became free since <see cref="BeginRemoval"/>, with those that new events took up.</summary>
    private long GrownBy() => Math.Max(0, free() - _freeBefore + _storedSince);

    private bool IsEnough(long gained) => gained >= Enough * _removed;

    /// <summary>Removing is of use: the next trial is twice as large.</summary>
    private void Continue()
    {
        BeginTrial(Math.Min(2 * _trial, LargestTrial));
        _pause = FirstPause;
        _refusal = null;
    }

    private void GiveUp(long gained)
    {
        var isFirst = _refusal is null;
        _refusal = string.Create(
            CultureInfo.InvariantCulture,
            $"retention.min_free_mb cannot be kept: {_removed / 1e6:0.0} MB of events were removed and made {gained / 1e6:0.0} MB of room, so no more are; "
            + $"a snapshot or links from elsewhere keep their files: free the disk of those, or change the limit");
        if (isFirst)
        {
            logger.SpaceNotFreed(_refusal);
        }

        BeginTrial(FirstTrial);
        _givenUpAt = time.GetTimestamp();
    }

    private void BeginTrial(long trial)
    {
        (_trial, _removed, _gained) = (trial, 0, 0);
        _waitingSince = null;
    }
}

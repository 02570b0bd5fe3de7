using Ambianic.Core.Timeline;

namespace Ambianic.Storage.Database;

/// <summary>
/// An event's place in the order of time: microseconds since 1970 (UTC), and ten bits that tell events of one microsecond apart. These come
/// from the event's id, so that a rebuilt database has the same places. Where two events would share one, the later row takes the next.
/// </summary>
internal static class EventPlace
{
    private const int TieBits = 10;

    /// <summary>Microseconds before and after 1970, 142 years: what lies beyond is put at the end of them.</summary>
    private const long Furthest = 1L << 52;

    /// <summary>Where an event belongs.</summary>
    public static long Of(DetectionEvent seen) => FirstOf(seen.At) + Tie(seen.Id);

    /// <summary>Before all events of this moment or later; <see cref="DateTimeOffset.MaxValue"/> is behind all.</summary>
    public static long FirstOf(DateTimeOffset at) => at == DateTimeOffset.MaxValue
        ? long.MaxValue
        : Math.Clamp(EventDatabase.Microseconds(at), -Furthest, Furthest) << TieBits;

    /// <summary>FNV-1a, which is the same in each run.</summary>
    private static long Tie(string id)
    {
        var hash = 2166136261;
        foreach (var letter in id)
        {
            hash = unchecked((hash ^ letter) * 16777619);
        }

        return (hash ^ (hash >> TieBits) ^ (hash >> (2 * TieBits))) & ((1 << TieBits) - 1);
    }
}

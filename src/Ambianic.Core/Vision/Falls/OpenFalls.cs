using System.Collections.Concurrent;
using Ambianic.Vision.Tracking;

namespace Ambianic.Vision.Falls;

/// <summary>Somebody who lies after a report, as whoever watches on has to know.</summary>
/// <param name="Track">Number of the person.</param>
/// <param name="Body">As last seen.</param>
/// <param name="State">What was reported last.</param>
/// <param name="Evidence">Why.</param>
/// <param name="WasSeenToFall">False when found lying.</param>
/// <param name="Escalated">True when nothing more is to be said but that the person got up.</param>
/// <param name="LowestShoulders">In picture heights from the top.</param>
/// <param name="Stature">The person's height when upright, in picture heights.</param>
public sealed record OpenFall(
    int Track, Body Body, FallState State, FallEvidence Evidence, bool WasSeenToFall, bool Escalated, float LowestShoulders, float Stature);

/// <summary>What a scene knows of those who lie.</summary>
/// <param name="At">Time within the medium.</param>
/// <param name="Falls">Those who lie after a report.</param>
public sealed record FallMemory(TimeSpan At, IReadOnlyList<OpenFall> Falls);

/// <summary>
/// Who lies after a report, camera by camera, so that a pipeline that is built anew goes on with them, because its configuration was edited or
/// because it hung. Safe to use from several threads.
/// </summary>
/// <param name="time">Measures for how long nobody watched.</param>
public sealed class OpenFalls(TimeProvider time)
{
    /// <summary>After that, who lies there may be somebody else, or have got up long ago.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<string, (FallMemory Memory, long KeptAt)> _cameras = new(StringComparer.Ordinal);

    /// <summary>Takes down who lies before a camera; nobody is an answer.</summary>
    public void Keep(string camera, FallMemory memory)
    {
        if (memory.Falls.Count > 0)
        {
            _cameras[camera] = (memory, time.GetTimestamp());
        }
        else
        {
            _cameras.TryRemove(camera, out _);
        }
    }

    /// <summary>Hands over, to one alone, who lies before a camera; null when nobody does, or nothing is known any more.</summary>
    /// <returns>As of now: nobody watched, but those who lay went on lying.</returns>
    public FallMemory? Take(string camera) =>
        _cameras.TryRemove(camera, out var kept) && time.GetElapsedTime(kept.KeptAt) is var unseen && unseen <= Longest
            ? kept.Memory with { At = kept.Memory.At + unseen }
            : null;
}

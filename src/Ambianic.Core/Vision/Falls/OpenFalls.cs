using System.Collections.Concurrent;
using Ambianic.Core.Vision.Falls.Rules;
using Ambianic.Core.Vision.Tracking;

namespace Ambianic.Core.Vision.Falls;

/// <summary>Somebody who lies after a report: what a new watch needs to continue.</summary>
/// <param name="Track">Number of the person.</param>
/// <param name="Body">As last seen.</param>
/// <param name="State">What was reported last.</param>
/// <param name="Evidence">Why.</param>
/// <param name="IsEscalated">True when only getting up is left to be reported.</param>
/// <param name="LowestShoulders">In picture heights from the top.</param>
/// <param name="Stature">The person's height when upright, in picture heights.</param>
public sealed record OpenFall(
    int Track, Body Body, FallState State, FallEvidence Evidence, bool IsEscalated, float LowestShoulders, float Stature);

/// <summary>What a scene knows of those who lie.</summary>
/// <param name="At">Time within the medium.</param>
/// <param name="Falls">Those who lie after a report.</param>
public sealed record FallMemory(TimeSpan At, IReadOnlyList<OpenFall> Falls);

/// <summary>
/// Who lies after a report, camera by camera, so that a recreated pipeline continues with them, whether its configuration was edited
/// or it hung. Safe to use from several threads.
/// </summary>
/// <param name="time">Measures for how long nobody watched.</param>
public sealed class OpenFalls(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, (FallMemory Memory, long KeptAt)> _cameras = new(StringComparer.Ordinal);

    /// <summary>Remembers who lies in front of a camera, or that nobody does.</summary>
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

    /// <summary>Hands over, once, who lies in front of a camera; null when nobody does, or nobody watched for too long.</summary>
    /// <param name="camera">As it was kept.</param>
    /// <param name="rule">Says how long is too long.</param>
    /// <returns>As of now: nobody watched, but those who lay went on lying.</returns>
    public FallMemory? Take(string camera, LyingRule rule) =>
        _cameras.TryRemove(camera, out var kept)
        && time.GetElapsedTime(kept.KeptAt) is var unseen && unseen <= TimeSpan.FromSeconds(rule.UnwatchedSeconds)
            ? kept.Memory with { At = kept.Memory.At + unseen }
            : null;
}

using System.Collections.Concurrent;

namespace Ambianic.Core.Vision.Tracking;

/// <summary>Numbers of tracks. They go on when an element or its pipeline is recreated, so that none means two objects. Safe to use from several threads.</summary>
public sealed class TrackNumbers
{
    private readonly ConcurrentDictionary<string, int> _last = new(StringComparer.Ordinal);

    /// <summary>The next number of a pipeline, from 1.</summary>
    public int Next(string pipeline) => _last.AddOrUpdate(pipeline, 1, static (_, last) => last + 1);
}

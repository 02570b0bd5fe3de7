using System.Collections.Concurrent;
using Ambianic.Core.Frames;

namespace Ambianic.Core.Pipelines;

/// <summary>What all pipelines see now. Safe to use from several threads.</summary>
/// <param name="pool">Lends the pixels of frames that somebody asks for.</param>
/// <param name="time">Clock of the counts.</param>
public sealed class Scenes(FramePool pool, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Scene> _scenes = new(StringComparer.Ordinal);

    /// <summary>The scene of a pipeline; an empty one before it runs.</summary>
    public Scene Of(string pipeline) => _scenes.GetOrAdd(pipeline, _ => new Scene(pool, time));
}

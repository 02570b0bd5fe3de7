using Ambianic.Models;
using Ambianic.Vision;

namespace Ambianic.Inference;

/// <summary>Tries a model once, to say what can be done with it.</summary>
public static class ModelInspection
{
    /// <summary>Loads a model and runs it on an empty picture.</summary>
    /// <returns>The decoder that reads its outputs and the labels that it brings.</returns>
    /// <exception cref="InferenceException">It cannot be run, or no decoder reads its outputs; the message says which outputs there are.</exception>
    public static (string Decoder, IReadOnlyList<string> Labels) Try(ResolvedModel model, TimeProvider time)
    {
        using var session = ModelSession.Load(model, 1, () => Timeout.InfiniteTimeSpan, time);
        return (session.Decoder, session.Labels);
    }
}

using Ambianic.Core.Vision;
using Ambianic.Inference.Models;

namespace Ambianic.Inference.Sessions;

/// <summary>Tries a model once, to say what can be done with it.</summary>
public static class ModelInspection
{
    /// <summary>Loads a model and runs it on an empty picture; gives up after two minutes.</summary>
    /// <returns>The decoder that reads its outputs and the labels that it brings.</returns>
    /// <exception cref="InferenceException">It cannot be run, or no decoder reads its outputs; the message says which outputs there are.</exception>
    public static async Task<(string Decoder, IReadOnlyList<string> Labels)> TryAsync(
        ResolvedModel model, TimeProvider time, CancellationToken cancellation)
    {
        using var loading = new ModelLoading(
            model, givenUp => ModelSession.Load(model, 1, () => Timeout.InfiniteTimeSpan, time, givenUp), ModelLoading.Longest, time);
        var session = await loading.WaitAsync(cancellation);
        return (session.Decoder, session.Labels);
    }
}

using Ambianic.Core.Frames;

namespace Ambianic.Core.Vision;

/// <summary>A model that finds things in pictures. One instance may serve many pipelines at once.</summary>
public interface IDetector
{
    /// <summary>Name of the model, for people.</summary>
    string Model { get; }

    /// <summary>Waits until the model has been loaded and warmed up.</summary>
    /// <param name="cancellation">Stops waiting, not the loading.</param>
    /// <returns>The labels that the model can give.</returns>
    /// <exception cref="InferenceException">The model could not be had or loaded; asking again later tries again.</exception>
    ValueTask<IReadOnlyList<string>> ReadyAsync(CancellationToken cancellation);

    /// <summary>Looks at a frame, or at a part of it.</summary>
    /// <param name="frame">Borrowed until the returned task completes.</param>
    /// <param name="region">The part to look at, relative to the frame; null is the whole frame.</param>
    /// <param name="threshold">Nothing less confident than this is returned, 0 to 1.</param>
    /// <param name="cancellation">Stops waiting for the model; a running inference is not interrupted.</param>
    /// <returns>Detections, one for each thing, most confident first, boxes relative to the region and clipped to it.</returns>
    /// <exception cref="InferenceException">The model could not be loaded or run.</exception>
    ValueTask<IReadOnlyList<Detection>> DetectAsync(Frame frame, Box? region, float threshold, CancellationToken cancellation);
}

/// <summary>Gives elements their models. Elements that want the same model share it.</summary>
public interface IDetectorFactory
{
    /// <summary>The detector for what an element was configured with. Returns at once; the model loads in the background.</summary>
    /// <param name="role">What the element looks for; decides the model when none is configured.</param>
    /// <param name="model">The key <c>model</c>.</param>
    /// <param name="labels">The key <c>labels</c>: a file of labels.</param>
    IDetector Create(ModelRole role, ModelOptions? model, string? labels);
}

/// <summary>A model could not be loaded or run; the message names it and says what to do.</summary>
public sealed class InferenceException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>True when the model runs and only its outputs are not understood: <c>model.decoder</c> may say what they are.</summary>
    public bool NeedsDecoder { get; init; }

    /// <summary>True when only another model, or another export of it, helps: a person has to act.</summary>
    public bool IsLasting { get; init; }
}

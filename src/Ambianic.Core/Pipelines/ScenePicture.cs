using Ambianic.Core.Frames;
using Ambianic.Core.Vision;

namespace Ambianic.Core.Pipelines;

/// <summary>What a pipeline saw at one moment. Disposing it gives the pixels back.</summary>
/// <param name="Number">Greater for each newer picture of the pipeline, from 1, until the program ends.</param>
/// <param name="Frame">A copy of the frame behind the last element; with <c>skeleton_only</c> it shows no person.</param>
/// <param name="Detections">What all elements detected in it, relative to the frame.</param>
public sealed record ScenePicture(long Number, Frame Frame, IReadOnlyList<Detection> Detections) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Frame.Dispose();
}

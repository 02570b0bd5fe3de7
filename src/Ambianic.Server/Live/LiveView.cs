using Ambianic.Core.Health;

namespace Ambianic.Server.Live;

/// <summary>Whether what a pipeline saw last may be shown as what it sees now.</summary>
internal static class LiveView
{
    /// <summary>True while pictures come, also such that show nothing: black, covered and frozen ones are what the camera gives.</summary>
    public static bool HasPicture(PipelineHealth pipeline) => pipeline.Visibility is not (VisibilityState.NoVideo or VisibilityState.Off);
}

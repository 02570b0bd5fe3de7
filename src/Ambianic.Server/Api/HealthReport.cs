using Ambianic.Core.Frames;
using Ambianic.Core.Health;

namespace Ambianic.Server.Api;

/// <summary>The answer of <c>/api/health</c>; its keys are what users and the page rely on.</summary>
internal sealed record HealthReport(
    bool SupervisorIsAlive,
    string? SystemicTrouble,
    string? StorageTrouble,
    string? AlertFault,
    IReadOnlyList<string> ConfigurationProblems,
    IReadOnlyList<PipelineReport> Pipelines);

/// <summary>A pipeline in <c>/api/health</c>; see <see cref="PipelineHealth"/>.</summary>
internal record PipelineReport(
    string Name,
    string SourceId,
    PipelineState State,
    DateTimeOffset Since,
    VisibilityState Visibility,
    DateTimeOffset VisibilitySince,
    string? Reason,
    double SilenceSeconds,
    long Processed,
    long Failed,
    long Dropped,
    string? LastError,
    string? Stuck,
    bool NeedsPerson,
    PictureState Picture,
    double PictureSeconds,
    SourceStatus Source,
    IReadOnlyList<ElementStatus> Elements,
    long Healed,
    long Rebuilt)
{
    public static PipelineReport Of(PipelineHealth pipeline) => new(
        pipeline.Name,
        pipeline.SourceId,
        pipeline.State,
        pipeline.Since,
        pipeline.Visibility,
        pipeline.VisibilitySince,
        pipeline.Reason,
        pipeline.Silence.TotalSeconds,
        pipeline.Processed,
        pipeline.Failed,
        pipeline.Dropped,
        pipeline.LastError,
        pipeline.Stuck,
        pipeline.NeedsPerson,
        pipeline.Picture,
        pipeline.PictureLasts.TotalSeconds,
        pipeline.Source,
        pipeline.Elements,
        pipeline.Healed,
        pipeline.Rebuilt);
}

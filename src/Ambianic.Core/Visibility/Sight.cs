using Ambianic.Core.Health;

namespace Ambianic.Core.Visibility;

/// <summary>What a pipeline saw of the world.</summary>
public enum Sight
{
    /// <summary>Nothing, on purpose: the program did not run, or the recording has ended.</summary>
    Off,

    /// <summary>It watches.</summary>
    Watching,

    /// <summary>Nothing, though it should.</summary>
    Blind,

    /// <summary>The camera gives the same picture again and again.</summary>
    Frozen,

    /// <summary>The picture is black.</summary>
    Black,

    /// <summary>Nothing but shade can be made out in the picture.</summary>
    Covered,
}

/// <summary>From when on a pipeline was in a state; it lasts until its next change.</summary>
/// <param name="At">Wall-clock time.</param>
/// <param name="Pipeline">Its name.</param>
/// <param name="Source">Its source.</param>
/// <param name="Sight">The state.</param>
/// <param name="Reason">Why, for people; null while it watches.</param>
public sealed record SightChange(DateTimeOffset At, string Pipeline, string Source, Sight Sight, string? Reason)
{
    /// <summary>
    /// Judges what a pipeline sees. Blindness is noticed late: it began with the last sample that arrived, or with the first
    /// picture of those that show nothing.
    /// </summary>
    public static SightChange Of(PipelineStatus status, DateTimeOffset at)
    {
        var (sight, reason) = Judge(status);
        var late = sight switch
        {
            Sight.Blind => status.SilenceSeconds,
            Sight.Frozen or Sight.Black or Sight.Covered => status.PictureSeconds,
            _ => 0,
        };
        return new SightChange(at - TimeSpan.FromSeconds(late), status.Name, status.SourceId, sight, reason);
    }

    private static (Sight Sight, string? Reason) Judge(PipelineStatus status) => status.State switch
    {
        PipelineState.Ended => (Sight.Off, "the recording has ended"),
        PipelineState.Stopped => (Sight.Off, "Ambianic was stopped"),
        PipelineState.Watching when status.Health == HealthState.Healthy => status.Picture switch
        {
            PictureState.Frozen => (Sight.Frozen, "the camera gives the same picture again and again"),
            PictureState.Black => (Sight.Black, "the picture is black"),
            PictureState.Covered => (Sight.Covered, "nothing can be made out in the picture: is something before the lens?"),
            _ => (Sight.Watching, null),
        },
        PipelineState.Watching => (Sight.Blind, status.LastError ?? $"{status.Stuck} is stuck"),
        PipelineState.Connecting => (Sight.Blind, (status.Source.IsWaitingForKeyFrame ? status.Source.Fault : status.LastError) ?? "no picture has come yet"),
        PipelineState.Idle => (Sight.Blind, status.LastError ?? "it is starting"),
        PipelineState.Disabled => (Sight.Blind, $"its configuration is wrong: {status.LastError}"),
        PipelineState.Preparing => (Sight.Blind, status.LastError ?? "a model is being fetched"),
        var state => (Sight.Blind, status.LastError ?? state.ToString().ToLowerInvariant()),
    };
}

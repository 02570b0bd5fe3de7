namespace Ambianic.Core.Health;

/// <summary>The one place that derives from facts how a pipeline is and whether its picture can be used. Pure.</summary>
internal static class HealthRules
{
    /// <summary>One sample that an element fails on is no outage; none that reached the end for this long is.</summary>
    private static readonly TimeSpan FailingAfter = TimeSpan.FromSeconds(2);

    /// <summary>The state of a pipeline.</summary>
    public static PipelineState State(PipelineFacts facts, HealthPolicy policy) => facts.Phase switch
    {
        PipelinePhase.Disabled => PipelineState.Disabled,
        PipelinePhase.Stopped or PipelinePhase.SwitchedOff => PipelineState.Stopped,
        PipelinePhase.Ended or PipelinePhase.Unreadable => PipelineState.Ended,
        PipelinePhase.Preparing when facts.Rebuilt == 0 => // a model is downloaded
            facts.Silence < policy.PreparingAtMost ? PipelineState.Starting : PipelineState.Terminal,
        _ when facts.Silence >= policy.TerminalAfter => PipelineState.Terminal,
        _ when facts.Silence >= policy.StalledAfter => facts.IsHealing ? PipelineState.Healing : PipelineState.Stalled,
        _ when IsFailing(facts) => PipelineState.Failing,
        PipelinePhase.Receiving => PipelineState.Running,
        PipelinePhase.Waiting => PipelineState.Reconnecting,
        _ => facts.Processed == 0 && facts.LastError is null ? PipelineState.Starting : PipelineState.Reconnecting,
    };

    /// <summary>Whether the picture can be used.</summary>
    /// <param name="facts">Of the pipeline.</param>
    /// <param name="state">Its state, derived from the same facts.</param>
    public static VisibilityState Visibility(PipelineFacts facts, PipelineState state) => state switch
    {
        PipelineState.Stopped => VisibilityState.Off,
        PipelineState.Ended when facts.Phase == PipelinePhase.Ended => VisibilityState.Off,
        PipelineState.Running => facts.Picture switch
        {
            PictureState.Frozen => VisibilityState.Frozen,
            PictureState.Black => VisibilityState.Black,
            PictureState.Covered => VisibilityState.Covered,
            _ => VisibilityState.Visible,
        },
        _ => VisibilityState.NoVideo,
    };

    /// <summary>Why the picture cannot be used, for people; null when it can.</summary>
    public static string? Reason(PipelineFacts facts, VisibilityState visibility) => visibility switch
    {
        VisibilityState.Visible => null,
        VisibilityState.Frozen => "the camera gives the same picture again and again",
        VisibilityState.Black => "the picture is black",
        VisibilityState.Covered => "nothing can be made out in the picture: is something before the lens?",
        _ => facts.Phase switch
        {
            PipelinePhase.Ended => "the recording has ended",
            PipelinePhase.Stopped => "Ambianic was stopped",
            PipelinePhase.SwitchedOff => "it was switched off",
            PipelinePhase.Disabled => $"its configuration is wrong: {facts.LastError}",
            PipelinePhase.NotStarted => facts.LastError ?? "it is starting",
            PipelinePhase.Preparing => facts.LastError ?? "a model is being fetched",
            PipelinePhase.Connecting => (facts.Source.IsWaitingForKeyFrame ? facts.Source.Fault : facts.LastError) ?? "no picture has come yet",
            PipelinePhase.Receiving => facts.LastError ?? $"{facts.Suspect} is stuck",
            PipelinePhase.Waiting => facts.LastError ?? "it waits before it connects again",
            _ => facts.LastError ?? "the recording cannot be read",
        },
    };

    /// <summary>True while frames arrive and an element or its model fails on them.</summary>
    public static bool IsFailing(PipelineFacts facts) => facts.Phase switch
    {
        PipelinePhase.Receiving => facts.NeedsPerson || (facts.LastError is not null && facts.Silence >= FailingAfter),
        PipelinePhase.Connecting => facts.HasFailedSample, // frames come, and none could be looked at yet
        _ => false,
    };
}

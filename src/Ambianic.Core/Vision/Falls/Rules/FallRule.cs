using System.Text.Json.Serialization;
using Ambianic.Core.Vision.Tracking;

namespace Ambianic.Core.Vision.Falls.Rules;

/// <summary>
/// Every threshold that a fall is judged by. Lengths are parts of the person's own height when upright, so that they mean the same
/// for a child and a tall adult, near and far. What they achieve on recordings is in docs/reference/falls.md.
/// </summary>
/// <remarks>
/// The values of this record itself are written into each event. Those of the records that it holds are not: the event's
/// fingerprint stands for them, see <see cref="FallRuleValues"/>.
/// </remarks>
public sealed record FallRule
{
    /// <summary>A person less certain than this is ignored, 0 to 1. People on the floor often score only 0.15, and on the way down less.</summary>
    public float LeastScore { get; init; } = 0.08f;

    /// <summary>A pose counts when its spine is at least this certain, 0 to 1; otherwise only the box is used. Can be set in the configuration.</summary>
    public float SpineScore { get; init; } = 0.15f;

    /// <summary>
    /// A torso that leans less than this, in degrees, over hips as high as <see cref="StandingHips"/> is that of somebody who walks
    /// stooped, or with a walker: on their feet, though not upright.
    /// </summary>
    public float StoopedAngle { get; init; } = 65;

    /// <summary>Least height of the hips above the feet of somebody on their feet, in heights; standing it is 0.53, seated 0.25 to 0.3.</summary>
    public float StandingHips { get; init; } = 0.4f;

    /// <summary>
    /// How far the shoulders come down, in heights. Standing they are at 0.82, seated on a chair at 0.55, lying at 0.1 (R. Drillis,
    /// R. Contini, "Body Segment Parameters", 1966).
    /// </summary>
    public float ShoulderDrop { get; init; } = 0.3f;

    /// <summary>How far the hips come down with them, in heights; bending over or tying a shoe keeps them up.</summary>
    public float HipDrop { get; init; } = 0.12f;

    /// <summary>How far the hips of a stooped person come down, in heights; on hands and knees they are 0.2 to 0.29 lower, on the floor 0.4.</summary>
    public float StoopedHipDrop { get; init; } = 0.32f;

    /// <summary>
    /// How much nearer to the feet the shoulders come, in heights; somebody who walks towards a high camera moves down the picture,
    /// feet and all.
    /// </summary>
    public float Sinking { get; init; } = 0.2f;

    /// <summary>Longest time for the descent, in seconds: a free fall from standing takes 0.6 s, one broken by the arms or a wall up to twice that.</summary>
    public double DropSeconds { get; init; } = 1.5;

    /// <summary>A torso that leans more than this, in degrees from the vertical, is low.</summary>
    public float LowAngle { get; init; } = 55;

    /// <summary>A box with more than this ratio of width to height is low.</summary>
    public float LowAspect { get; init; } = 1;

    /// <summary>A box lower than this, in heights, is low...</summary>
    public float LowHeight { get; init; } = 0.55f;

    /// <summary>...unless its ratio of width to height is at most this: that is an upright person further away, or another person.</summary>
    public float SlenderAspect { get; init; } = 0.5f;

    /// <summary>
    /// Hips that came down by at least this, in heights, are lower than any seat. The hips of a standing person are at 0.53 of the
    /// height, of a seated one at 0.25 to 0.3.
    /// </summary>
    public float BelowSeat { get; init; } = 0.35f;

    /// <summary>
    /// Feet that moved up or down the picture by at least this, in heights, while the hips went below any seat, are stretched out on
    /// the floor; somebody who crouches stands on them...
    /// </summary>
    public float FeetShift { get; init; } = 0.15f;

    /// <summary>...if the box is at most this high, in heights: somebody who walks down the picture keeps their height.</summary>
    public float FloorHeight { get; init; } = 0.8f;

    /// <summary>Hips at least this far above feet that have not moved, in heights: bent down or on one knee, more probably than fallen...</summary>
    public float StoopHips { get; init; } = 0.22f;

    /// <summary>...in a box that is higher than this, in heights...</summary>
    public float StoopHeight { get; init; } = 0.4f;

    /// <summary>...which has to last this long, in seconds, before it is a fall all the same.</summary>
    public double StoopSeconds { get; init; } = 2.4;

    /// <summary>
    /// Somebody who ends sitting on the floor came down at least this fast, in heights a second over half a second, or sat down on
    /// purpose. A fall of 0.8 s reaches 0.6; sitting down on the floor in 1.2 s stays below 0.5.
    /// </summary>
    public float SittingSpeed { get; init; } = 0.52f;

    /// <summary>How long somebody has to be low before it is a fall, in seconds.</summary>
    public double ConfirmSeconds { get; init; } = 1;

    /// <summary>Least part of the samples of that time that show the person low, 0 to 1.</summary>
    public float ConfirmShare { get; init; } = 0.6f;

    /// <summary>Somebody who is not found for this long after coming down has fallen, in seconds.</summary>
    public double VanishSeconds { get; init; } = 1;

    /// <summary>Less probable falls are not reported, 0 to 1. Can be set in the configuration.</summary>
    public float Probability { get; init; } = 0.5f;

    /// <summary>Smaller persons are not judged, in picture heights: their key points jump further than they move.</summary>
    public float LeastHeight { get; init; } = 0.15f;

    /// <summary>How long somebody has to be up again before it is reported, in seconds.</summary>
    public double RecoverSeconds { get; init; } = 1;

    /// <summary>How long somebody lies after a fall before the first long lie is reported, in seconds. Can be set in the configuration.</summary>
    public double LongLieSeconds { get; init; } = 10;

    /// <summary>How long somebody lies after a fall before the last long lie is reported, in seconds. Can be set in the configuration.</summary>
    public double EscalationSeconds { get; init; } = 60;

    /// <summary>How long somebody lies who was not seen to fall before it is reported, in seconds. Can be set in the configuration.</summary>
    public double PersonDownSeconds { get; init; } = 30;

    /// <summary>What one sample says of a posture.</summary>
    [JsonIgnore]
    public PostureRule Posture { get; init; } = new();

    /// <summary>What the last seconds say of a person.</summary>
    [JsonIgnore]
    public HistoryRule History { get; init; } = new();

    /// <summary>How a descent is measured.</summary>
    [JsonIgnore]
    public DescentRule Descent { get; init; } = new();

    /// <summary>How the posture after a descent is judged.</summary>
    [JsonIgnore]
    public AfterDescentRule AfterDescent { get; init; } = new();

    /// <summary>When somebody who is no longer found has fallen, and when they left.</summary>
    [JsonIgnore]
    public DisappearanceRule Disappearance { get; init; } = new();

    /// <summary>How the probability of a fall is computed.</summary>
    [JsonIgnore]
    public ProbabilityRule Weights { get; init; } = new();

    /// <summary>How those who lie are followed.</summary>
    [JsonIgnore]
    public LyingRule Lying { get; init; } = new();

    /// <summary>Where and when lost people are searched for.</summary>
    [JsonIgnore]
    public SearchRule Search { get; init; } = new();

    /// <summary>When the picture or its time does not continue the one before.</summary>
    [JsonIgnore]
    public ContinuityRule Continuity { get; init; } = new();

    /// <summary>How people are followed from sample to sample.</summary>
    [JsonIgnore]
    public TrackingRule Tracking { get; init; } = new();
}

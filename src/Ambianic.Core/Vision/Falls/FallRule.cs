namespace Ambianic.Vision.Falls;

/// <summary>
/// What counts as a fall. Lengths are parts of the person's own height when upright, so that they mean the same for a child and
/// a tall man, near and far. What they make of real and changed recordings is in docs/reference/falls.md.
/// </summary>
public sealed record FallRule
{
    /// <summary>
    /// A person less certain than this is taken for a trick of the light, 0 to 1. People on the floor often score only 0.15, and on the way down less.
    /// </summary>
    public float LeastScore { get; init; } = 0.08f;

    /// <summary>A pose is believed when its spine is at least this certain, 0 to 1; otherwise the box alone speaks.</summary>
    public float SpineScore { get; init; } = 0.15f;

    /// <summary>
    /// A torso that leans less than this, in degrees, over hips as high as <see cref="StandingHips"/> is that of somebody stooped, or
    /// with a walker: on his feet, though not upright.
    /// </summary>
    public float StoopedAngle { get; init; } = 65;

    /// <summary>How high above the feet the hips are at least of who is on his feet; standing they are at 0.53, seated at 0.25 to 0.3.</summary>
    public float StandingHips { get; init; } = 0.4f;

    /// <summary>
    /// How far the shoulders come down. Standing they are at 0.82, seated on a chair at 0.55, lying at 0.1 (R. Drillis,
    /// R. Contini, "Body Segment Parameters", 1966).
    /// </summary>
    public float ShoulderDrop { get; init; } = 0.3f;

    /// <summary>How far the hips come down with them; bending over or tying a shoe keeps them up.</summary>
    public float HipDrop { get; init; } = 0.12f;

    /// <summary>How far they come down of somebody stooped; on hands and knees they are 0.2 to 0.29 lower, on the floor 0.4.</summary>
    public float StoopedHipDrop { get; init; } = 0.32f;

    /// <summary>
    /// How much nearer to the feet the shoulders come; somebody who walks towards a high camera moves down
    /// the picture, feet and all.
    /// </summary>
    public float Sinking { get; init; } = 0.2f;

    /// <summary>Within which time: a free fall from standing takes 0.6 s, one that is broken by the arms or a wall up to twice that.</summary>
    public double DropSeconds { get; init; } = 1.5;

    /// <summary>A torso leaning further than this, in degrees from the vertical, is low.</summary>
    public float LowAngle { get; init; } = 55;

    /// <summary>A box this many times wider than high is low.</summary>
    public float LowAspect { get; init; } = 1;

    /// <summary>A box less high than this is low...</summary>
    public float LowHeight { get; init; } = 0.55f;

    /// <summary>...unless it is as slender as this, width to height: then it is somebody upright who is further away, or not the same person.</summary>
    public float SlenderAspect { get; init; } = 0.5f;

    /// <summary>
    /// Hips that came down further than this are lower than any seat: who crouches like that may still be falling. The hips
    /// of a standing person are at 0.53 of the height, of a seated one at 0.25 to 0.3.
    /// </summary>
    public float BelowSeat { get; init; } = 0.35f;

    /// <summary>Feet that moved up or down the picture by this much while the hips went below any seat are stretched out on the floor; who crouches stands on them.</summary>
    public float FeetShift { get; init; } = 0.15f;

    /// <summary>...if the box is not higher than this: who walks down the picture keeps his height.</summary>
    public float FloorHeight { get; init; } = 0.8f;

    /// <summary>Hips this far above feet that have not moved: bent down to the floor or on one knee, more probably than fallen...</summary>
    public float StoopHips { get; init; } = 0.22f;

    /// <summary>...in a box that is still this high...</summary>
    public float StoopHeight { get; init; } = 0.4f;

    /// <summary>...which has to last this long before it is a fall all the same.</summary>
    public double StoopSeconds { get; init; } = 2.4;

    /// <summary>
    /// Who ends sitting on the floor came down at least this fast, in heights a second over half a second, or sat down on purpose.
    /// A fall of 0.8 s reaches 0.6, sitting down on the floor in 1.2 s stays below 0.5. With less than three samples in a second 0.8 of it is enough:
    /// the fastest moment lies between them.
    /// </summary>
    public float SittingSpeed { get; init; } = 0.52f;

    /// <summary>How long somebody has to be low before it is a fall.</summary>
    public double ConfirmSeconds { get; init; } = 1;

    /// <summary>Which part of that time at least.</summary>
    public float ConfirmShare { get; init; } = 0.6f;

    /// <summary>Somebody who cannot be found for this long after coming down has fallen, too.</summary>
    public double VanishSeconds { get; init; } = 1;

    /// <summary>Less probable falls are not reported, 0 to 1.</summary>
    public float Probability { get; init; } = 0.5f;

    /// <summary>Smaller persons are not judged, in picture heights: their key points jump further than they move.</summary>
    public float LeastHeight { get; init; } = 0.15f;

    /// <summary>How long somebody has to be up again before it is believed.</summary>
    public double RecoverSeconds { get; init; } = 1;

    /// <summary>How long somebody lies after a fall before a second alarm is raised.</summary>
    public double LongLieSeconds { get; init; } = 10;

    /// <summary>How long somebody lies after a fall before a last alarm is raised.</summary>
    public double EscalationSeconds { get; init; } = 60;

    /// <summary>How long somebody lies who was not seen to fall before it is reported.</summary>
    public double PersonDownSeconds { get; init; } = 30;
}

using Ambianic.Vision.Tracking;

namespace Ambianic.Vision.Falls;

/// <summary>How somebody was last seen who came down and cannot be found any more: on the way to the floor, or out of the picture.</summary>
/// <param name="history">The person's last seconds.</param>
/// <param name="rule">What counts.</param>
/// <param name="upright">When he was upright before coming down.</param>
/// <param name="pictureWidth">In picture heights.</param>
internal readonly struct Disappearance(PostureHistory history, FallRule rule, Moment upright, float pictureWidth)
{
    private static readonly TimeSpan Leaving = TimeSpan.FromSeconds(1);

    /// <summary>This near to a side, in heights of the person, somebody may have left there.</summary>
    private const float NearSide = 0.1f;

    /// <summary>Feet that moved down the picture by this much: towards the camera.</summary>
    private const float Approach = 0.3f;

    /// <summary>Head, shoulders and arms are shorter than this; who lies at the lower edge of the picture is longer.</summary>
    private const float LyingExtent = 0.65f;

    /// <summary>Nobody falls faster; a little less than the period of a camera that gives five samples a second.</summary>
    private const double DescentSeconds = 0.18;

    /// <summary>What a look is worth that found the person only by searching for it: three of them make no certain one.</summary>
    private const float UncertainLook = 0.3f;

    /// <summary>True when the person came towards the camera and left at the lower edge, or left at a side.</summary>
    public bool IsWalkingOut => IsOutBelow || IsOutBeside;

    /// <summary>True when the person was seen on the way to the floor, and did not walk out.</summary>
    public bool IsFall => !IsWalkingOut && WasSeenDown && !history.IsUp(history.Latest);

    private bool IsOutBelow
    {
        get
        {
            var last = history.Latest;
            return last.IsCutBelow
                && (history.Heights(last.Feet - upright.Feet) >= Approach
                    || history.StandsBelow(last)
                    || history.Heights(last.Extent) < LyingExtent);
        }
    }

    private bool IsOutBeside
    {
        get
        {
            var (width, margin) = (pictureWidth, NearSide * history.Stature);
            return history.Share(history.Latest.Time - Leaving, moment => moment.IsCut(width, margin)).Share > 0;
        }
    }

    /// <summary>
    /// True when the person was seen down in one certain look or in four uncertain ones, and was on the way down for a fifth of a
    /// second at least: what is upright in one of many looks a second and deep down in the next is a mistake of the model.
    /// </summary>
    private bool WasSeenDown
    {
        get
        {
            var seen = 0f;
            var leftHeight = upright.Time;
            foreach (var moment in history.Since(upright.Time))
            {
                var drop = history.Heights(moment.Shoulders - upright.Shoulders);
                if (drop >= rule.ShoulderDrop && !history.IsUp(moment))
                {
                    seen += moment.Score >= PersonTracker.StartScore ? 1 : UncertainLook;
                }
                else if (drop < rule.ShoulderDrop / 3)
                {
                    leftHeight = moment.Time;
                }
            }

            return seen >= 1 && (history.Latest.Time - leftHeight).TotalSeconds >= DescentSeconds;
        }
    }
}

using Ambianic.Core.Vision.Falls.Rules;

namespace Ambianic.Core.Vision.Falls;

/// <summary>How somebody was last seen who came down and is no longer found: on the way to the floor, or out of the picture.</summary>
/// <param name="history">The person's last seconds.</param>
/// <param name="rule">What counts.</param>
/// <param name="upright">The upright sample before the descent.</param>
/// <param name="pictureWidth">In picture heights.</param>
internal readonly struct Disappearance(PostureHistory history, FallRule rule, PostureFeatures upright, float pictureWidth)
{
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
                && (history.InBodyHeights(last.Feet - upright.Feet) >= rule.Disappearance.Approach
                    || history.HasFeetOutOfFrame(last)
                    || history.InBodyHeights(last.Extent) < rule.Disappearance.LyingExtent);
        }
    }

    private bool IsOutBeside
    {
        get
        {
            var margin = rule.Disappearance.NearSide * history.Stature;
            foreach (var sample in history.Since(history.Latest.Time - TimeSpan.FromSeconds(rule.Disappearance.LeavingSeconds)))
            {
                if (sample.IsCutBeside(pictureWidth, margin))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>
    /// True when the person was seen down in one certain sample or in four uncertain ones, and was on the way down for a fifth of a
    /// second at least: upright in one of many samples a second and deep down in the next is a mistake of the model.
    /// </summary>
    private bool WasSeenDown
    {
        get
        {
            var seen = 0f;
            var leftHeight = upright.Time;
            foreach (var sample in history.Since(upright.Time))
            {
                var drop = history.InBodyHeights(sample.Shoulders - upright.Shoulders);
                if (drop >= rule.ShoulderDrop && !history.IsUp(sample))
                {
                    seen += sample.Score >= rule.Tracking.StartScore ? 1 : rule.Disappearance.UncertainSample;
                }
                else if (drop < rule.ShoulderDrop / rule.Disappearance.StartDivisor)
                {
                    leftHeight = sample.Time;
                }
            }

            return seen >= 1 && (history.Latest.Time - leftHeight).TotalSeconds >= rule.Disappearance.DescentSeconds;
        }
    }
}

using Ambianic.Core.Vision.Falls.Rules;

namespace Ambianic.Core.Vision.Falls;

/// <summary>How somebody came down, if at all: the latest sample compared with those in which they were upright.</summary>
/// <param name="history">The person's last seconds, the latest sample among them.</param>
/// <param name="rule">What counts.</param>
/// <param name="pictureWidth">In picture heights; somebody cut off by a side of the picture is not measured.</param>
internal readonly struct Descent(PostureHistory history, FallRule rule, float pictureWidth)
{
    /// <summary>The deepest descent from upright to now within the rule's time, or null when none counts.</summary>
    /// <param name="isOnTheWay">Whether the person was coming down already: the time that they were not seen since is not counted.</param>
    public FallEvidence? Find(bool isOnTheWay)
    {
        if (history.Stature < rule.LeastHeight)
        {
            return null;
        }

        var now = history.Latest;
        var unseen = isOnTheWay ? (now.Time - history.Samples[^2].Time).TotalSeconds : 0;
        var seconds = Math.Max(rule.DropSeconds, rule.Descent.PeriodFactor * history.Period) + unseen;
        PostureFeatures? best = null;
        foreach (var before in history.Samples)
        {
            if ((now.Time - before.Time).TotalSeconds <= seconds
                && CameDown(before, now)
                && (best is not { } other || before.Shoulders < other.Shoulders))
            {
                best = before;
            }
        }

        return best is not { } start ? null : new FallEvidence
        {
            UprightAt = start.Time,
            DownAt = now.Time,
            ShoulderDrop = history.InBodyHeights(now.Shoulders - start.Shoulders),
            HipDrop = history.InBodyHeights(now.Hips - start.Hips),
            Speed = Fastest(start.Time),
        };
    }

    private bool CameDown(PostureFeatures before, PostureFeatures now) =>
        history.IsUpright(before)
        && !before.IsCutBeside(pictureWidth, rule.Descent.SideMargin)
        && history.InBodyHeights(now.Shoulders - before.Shoulders) >= rule.ShoulderDrop
        && history.InBodyHeights(now.Hips - before.Hips) >= (before.IsUpright ? rule.HipDrop : rule.StoopedHipDrop)
        && history.InBodyHeights(before.Feet - before.Shoulders - (FeetOf(now) - now.Shoulders)) >= rule.Sinking;

    /// <summary>The feet; those of somebody upright are below the picture when the legs are.</summary>
    private float FeetOf(PostureFeatures sample) => !sample.HasFeetInside && history.HasFeetOutOfFrame(sample)
        ? MathF.Max(sample.Feet, sample.Shoulders + (rule.Descent.StandingShoulders * history.Stature))
        : sample.Feet;

    /// <summary>Fastest descent of the shoulders since <paramref name="from"/>, over half a second or the nearest that the samples allow.</summary>
    private float Fastest(TimeSpan from)
    {
        var fastest = 0f;
        var samples = history.Samples;
        for (var later = 1; later < samples.Length; later++)
        {
            for (var earlier = later - 1; earlier >= 0 && samples[earlier].Time >= from; earlier--)
            {
                var seconds = (float)(samples[later].Time - samples[earlier].Time).TotalSeconds;
                if (seconds > rule.Descent.SpeedSeconds)
                {
                    fastest = MathF.Max(fastest, history.InBodyHeights(samples[later].Shoulders - samples[earlier].Shoulders) / seconds);
                    break;
                }
            }
        }

        return fastest;
    }
}

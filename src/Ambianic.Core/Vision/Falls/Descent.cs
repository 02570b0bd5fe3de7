namespace Ambianic.Vision.Falls;

/// <summary>How somebody came down, if at all: the latest look compared with those in which he was upright.</summary>
/// <param name="history">The person's last seconds, the latest look among them.</param>
/// <param name="rule">What counts.</param>
/// <param name="pictureWidth">In picture heights; who is cut by a side of the picture is not measured.</param>
internal readonly struct Descent(PostureHistory history, FallRule rule, float pictureWidth)
{
    /// <summary>Height of the shoulders of somebody who stands (Drillis and Contini, as for <see cref="FallRule.ShoulderDrop"/>).</summary>
    private const float StandingShoulders = 0.82f;

    /// <summary>Of the period of rare samples: they do not come quite evenly.</summary>
    private const double Unevenness = 1.2;

    /// <summary>Speeds are taken over more than this, in seconds: half a second of a camera that gives five samples a second.</summary>
    private const float SpeedSeconds = 0.35f;

    /// <summary>The deepest descent from upright to now within the rule's time, or null when it does not count as one.</summary>
    /// <param name="isOnTheWay">Whether the person was coming down already: the time that it was not seen since does not count.</param>
    public FallEvidence? Find(bool isOnTheWay)
    {
        if (history.Stature < rule.LeastHeight)
        {
            return null;
        }

        var now = history.Latest;
        var unseen = isOnTheWay ? (now.Time - history.Moments[^2].Time).TotalSeconds : 0;
        var seconds = Math.Max(rule.DropSeconds, Unevenness * history.Period) + unseen;
        Moment? best = null;
        foreach (var before in history.Moments)
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
            ShoulderDrop = history.Heights(now.Shoulders - start.Shoulders),
            HipDrop = history.Heights(now.Hips - start.Hips),
            Speed = Fastest(start.Time),
        };
    }

    private bool CameDown(Moment before, Moment now) =>
        history.IsUpright(before)
        && !before.IsCut(pictureWidth, 0.01f)
        && history.Heights(now.Shoulders - before.Shoulders) >= rule.ShoulderDrop
        && history.Heights(now.Hips - before.Hips) >= (before.IsUpright ? rule.HipDrop : rule.StoopedHipDrop)
        && history.Heights(before.Feet - before.Shoulders - (FeetOf(now) - now.Shoulders)) >= rule.Sinking;

    /// <summary>The feet; those of somebody upright are below the picture when his legs are.</summary>
    private float FeetOf(Moment moment) => !moment.HasFeetInside && history.StandsBelow(moment)
        ? MathF.Max(moment.Feet, moment.Shoulders + (StandingShoulders * history.Stature))
        : moment.Feet;

    /// <summary>Of the shoulders since <paramref name="from"/>, over half a second or the nearest that the samples allow.</summary>
    private float Fastest(TimeSpan from)
    {
        var fastest = 0f;
        var moments = history.Moments;
        for (var later = 1; later < moments.Count; later++)
        {
            for (var earlier = later - 1; earlier >= 0 && moments[earlier].Time >= from; earlier--)
            {
                var seconds = (float)(moments[later].Time - moments[earlier].Time).TotalSeconds;
                if (seconds > SpeedSeconds)
                {
                    fastest = MathF.Max(fastest, history.Heights(moments[later].Shoulders - moments[earlier].Shoulders) / seconds);
                    break;
                }
            }
        }

        return fastest;
    }
}

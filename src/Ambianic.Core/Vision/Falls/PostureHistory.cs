using Ambianic.Vision.Tracking;

namespace Ambianic.Vision.Falls;

/// <summary>The last seconds of one person.</summary>
internal sealed class PostureHistory(FallRule rule)
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Leaving = TimeSpan.FromSeconds(1);

    /// <summary>The memory at 30 samples a second; of more the latest count.</summary>
    private const int MostIntervals = 120;

    /// <summary>Nobody falls faster; a little less than the period of a camera that gives five samples a second.</summary>
    private const double DescentSeconds = 0.18;

    /// <summary>How often who stoops may seem bent, for once that he seems upright.</summary>
    private const int UprightForOneStooped = 3;

    /// <summary>Height of the shoulders of somebody who stands (Drillis and Contini, as for <see cref="FallRule.ShoulderDrop"/>).</summary>
    private const float StandingShoulders = 0.82f;

    /// <summary>Head, shoulders and arms are shorter than this; who lies at the lower edge of the picture is longer.</summary>
    private const float LyingExtent = 0.65f;

    /// <summary>What a look is worth that found the person only by searching for it: three of them make no certain one.</summary>
    private const float UncertainLook = 0.3f;

    private static readonly TimeSpan Habit = TimeSpan.FromSeconds(1);

    private readonly List<Moment> _moments = [];
    private bool _stoops;

    /// <summary>The person's height when upright, in picture heights; 0 until it was upright.</summary>
    public float Stature { get; private set; }

    /// <summary>The latest; there must be one.</summary>
    public Moment Latest => _moments[^1];

    /// <summary>Adds the next moment.</summary>
    /// <param name="moment">Later than all others.</param>
    /// <param name="measure">Whether the person's height may be learned from it.</param>
    public void Add(Moment moment, bool measure)
    {
        _moments.RemoveAll(old => moment.Time - old.Time > Memory);
        _moments.Add(moment);
        if (measure)
        {
            _stoops = StoopsUsually();
            var statures = _moments.Where(old => old.IsUpright || IsStooped(old)).Select(old => old.Stature).Order().ToList();
            Stature = statures.Count > 0 ? statures[statures.Count / 2] : Stature;
        }
    }

    /// <summary>Takes what another has seen before a time.</summary>
    public void CopyFrom(PostureHistory other, TimeSpan time)
    {
        _moments.AddRange(other._moments.Where(moment => moment.Time < time));
        (Stature, _stoops) = (other.Stature, other._stoops);
    }

    /// <summary>Keeps the latest moment alone.</summary>
    public void Forget() => _moments.RemoveRange(0, _moments.Count - 1);

    /// <summary>
    /// Seconds from sample to sample, the lower quartile of late: in longer ones the person may not have been seen, and a few short
    /// ones may be a burst after a stall. 0 while there is but one.
    /// </summary>
    public double Period
    {
        get
        {
            var count = Math.Min(_moments.Count - 1, MostIntervals);
            if (count <= 0)
            {
                return 0;
            }

            Span<double> seconds = stackalloc double[count];
            for (var i = 0; i < count; i++)
            {
                seconds[i] = (_moments[^(i + 1)].Time - _moments[^(i + 2)].Time).TotalSeconds;
            }

            seconds.Sort();
            return seconds[count / 4];
        }
    }

    /// <summary>True when the person stands, sits straight, or is on his feet as stooped as he always is.</summary>
    public bool IsUpright(Moment moment) => moment.IsUpright || IsStooped(moment);

    /// <summary>True of somebody who holds himself as ever, with the legs below the picture: what is seen of him is short without his being low.</summary>
    public bool StandsBelow(Moment moment) => moment.IsCutBelow
        && (moment.HasUprightTorso || (_stoops && moment.Spine?.Angle < rule.StoopedAngle));

    /// <summary>True when the person is low now.</summary>
    public bool IsLow(Moment moment) => moment.IsLow(rule, Stature) && !IsStooped(moment);

    /// <summary>How many moments there are since <paramref name="from"/>, and which part of them is as asked.</summary>
    public (int Count, float Share) Share(TimeSpan from, Func<Moment, bool> condition)
    {
        int count = 0, hits = 0;
        foreach (var moment in _moments)
        {
            if (moment.Time >= from)
            {
                count++;
                hits += condition(moment) ? 1 : 0;
            }
        }

        return (count, count == 0 ? 0 : (float)hits / count);
    }

    /// <summary>The deepest descent from upright to now within the rule's time, or null when it does not count as one.</summary>
    /// <param name="pictureWidth">In picture heights; who is cut by a side of the picture is not measured.</param>
    /// <param name="isOnTheWay">Whether the person was coming down already: the time that it was not seen since does not count.</param>
    public FallEvidence? FindDrop(float pictureWidth, bool isOnTheWay)
    {
        if (Stature < rule.LeastHeight)
        {
            return null;
        }

        var now = Latest;
        var unseen = isOnTheWay ? (now.Time - _moments[^2].Time).TotalSeconds : 0;
        var seconds = Math.Max(rule.DropSeconds, 1.2 * Period) + unseen;
        Moment? best = null;
        foreach (var before in _moments)
        {
            if (IsUpright(before)
                && (now.Time - before.Time).TotalSeconds <= seconds
                && !before.IsCut(pictureWidth, 0.01f)
                && Fraction(now.Shoulders - before.Shoulders) >= rule.ShoulderDrop
                && Fraction(now.Hips - before.Hips) >= (before.IsUpright ? rule.HipDrop : rule.StoopedHipDrop)
                && Fraction(before.Feet - before.Shoulders - (FeetOf(now) - now.Shoulders)) >= rule.Sinking
                && (best is not { } other || before.Shoulders < other.Shoulders))
            {
                best = before;
            }
        }

        return best is not { } start ? null : new FallEvidence
        {
            UprightAt = start.Time,
            DownAt = now.Time,
            ShoulderDrop = Fraction(now.Shoulders - start.Shoulders),
            HipDrop = Fraction(now.Hips - start.Hips),
            Speed = FastestDescent(start.Time),
        };
    }

    /// <summary>True when the person is not upright now, or only seems so because little of him is seen.</summary>
    public bool IsNoLongerUpright(Moment moment) => !IsUpright(moment) || IsLow(moment);

    /// <summary>True when one look at least since <paramref name="from"/> was certain enough to believe in somebody new.</summary>
    public bool IsCertain(TimeSpan from) => Share(from, moment => moment.Score >= PersonTracker.StartScore).Share > 0;

    /// <summary>The shoulders at their lowest since <paramref name="from"/>, in picture heights from the top.</summary>
    public float LowestShoulders(TimeSpan from) => _moments.Where(moment => moment.Time >= from).Max(moment => moment.Shoulders);

    /// <summary>How far the person went to the side since <paramref name="from"/>, in heights.</summary>
    public float Travelled(TimeSpan from)
    {
        float left = float.MaxValue, right = float.MinValue;
        foreach (var moment in _moments.Where(moment => moment.Time >= from))
        {
            var middle = (moment.Box.XMin + moment.Box.XMax) / 2;
            (left, right) = (MathF.Min(left, middle), MathF.Max(right, middle));
        }

        return Fraction(right - left);
    }

    /// <summary>
    /// True when the person was seen down in one certain look or in four uncertain ones, and was on the way down for a fifth of a second at least: what
    /// is upright in one of many looks a second and deep down in the next is a mistake of the model.
    /// </summary>
    public bool SawDrop(Moment upright)
    {
        var seen = 0f;
        var leftHeight = upright.Time;
        foreach (var moment in _moments.Where(moment => moment.Time >= upright.Time))
        {
            var drop = Fraction(moment.Shoulders - upright.Shoulders);
            if (drop >= rule.ShoulderDrop && IsNoLongerUpright(moment))
            {
                seen += moment.Score >= PersonTracker.StartScore ? 1 : UncertainLook;
            }
            else if (drop < rule.ShoulderDrop / 3)
            {
                leftHeight = moment.Time;
            }
        }

        return seen >= 1 && (Latest.Time - leftHeight).TotalSeconds >= DescentSeconds;
    }

    /// <summary>True when the person came towards the camera and left at the lower edge, or left at a side.</summary>
    public bool WalkedOut(Moment upright, float pictureWidth)
    {
        var last = Latest;
        var towardsCamera = Fraction(last.Feet - upright.Feet) >= 0.3f;
        return (last.IsCutBelow && (towardsCamera || StandsBelow(last) || Fraction(last.Extent) < LyingExtent))
            || Share(last.Time - Leaving, moment => moment.IsCut(pictureWidth, 0.1f * Stature)).Share > 0;
    }

    /// <summary>The moment at which the person was upright before coming down; the oldest when it is forgotten.</summary>
    public Moment At(TimeSpan time) => _moments.Find(moment => moment.Time >= time);

    private bool IsStooped(Moment moment) => _stoops && moment.IsStooped(rule, Stature);

    /// <summary>True when the person has been on his feet for a second, and bent almost always; who bends once was upright before.</summary>
    private bool StoopsUsually()
    {
        int upright = 0, stooped = 0;
        TimeSpan first = default, last = default;
        foreach (var moment in _moments)
        {
            if (moment.IsUpright)
            {
                upright++;
            }
            else if (moment.IsStooped(rule, 0))
            {
                first = stooped++ == 0 ? moment.Time : first;
                last = moment.Time;
            }
        }

        return upright * UprightForOneStooped <= stooped && (last - first >= Habit || _stoops);
    }

    private float Fraction(float length) => length / Stature;

    /// <summary>The feet; those of somebody upright are below the picture when his legs are.</summary>
    private float FeetOf(Moment moment) => !moment.HasFeetInside && StandsBelow(moment)
        ? MathF.Max(moment.Feet, moment.Shoulders + (StandingShoulders * Stature))
        : moment.Feet;

    /// <summary>Of the shoulders since <paramref name="from"/>, over half a second or the nearest that the samples allow.</summary>
    private float FastestDescent(TimeSpan from)
    {
        var fastest = 0f;
        for (var later = 1; later < _moments.Count; later++)
        {
            for (var earlier = later - 1; earlier >= 0 && _moments[earlier].Time >= from; earlier--)
            {
                var seconds = (float)(_moments[later].Time - _moments[earlier].Time).TotalSeconds;
                if (seconds > 0.35f)
                {
                    fastest = MathF.Max(fastest, Fraction(_moments[later].Shoulders - _moments[earlier].Shoulders) / seconds);
                    break;
                }
            }
        }

        return fastest;
    }
}

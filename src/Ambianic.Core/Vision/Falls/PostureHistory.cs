namespace Ambianic.Vision.Falls;

/// <summary>The last seconds of one person, and what his height and his habits make of a look.</summary>
internal sealed class PostureHistory(FallRule rule)
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Habit = TimeSpan.FromSeconds(1);

    /// <summary>The memory at 30 samples a second; of more the latest count.</summary>
    private const int MostIntervals = 120;

    /// <summary>How often who stoops may seem bent, for once that he seems upright.</summary>
    private const int UprightForOneStooped = 3;

    private readonly List<Moment> _moments = [];
    private bool _stoops;

    /// <summary>The person's height when upright, in picture heights; 0 until it was upright.</summary>
    public float Stature { get; private set; }

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<Moment> Moments => _moments;

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

    /// <summary>Begins with somebody who is known.</summary>
    public void Resume(Moment moment, float stature)
    {
        _moments.Add(moment);
        Stature = stature;
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

    /// <summary>The moments since <paramref name="from"/>.</summary>
    public IEnumerable<Moment> Since(TimeSpan from) => _moments.Where(moment => moment.Time >= from);

    /// <summary>A length in picture heights as one in heights of the person.</summary>
    public float Heights(float length) => length / Stature;

    /// <summary>True when the person is upright, and does not only seem so because little of him is seen.</summary>
    public bool IsUp(Moment moment) => IsUpright(moment) && !IsLow(moment);

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
}

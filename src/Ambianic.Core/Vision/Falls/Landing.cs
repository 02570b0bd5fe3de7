using Ambianic.Vision.Tracking;

namespace Ambianic.Vision.Falls;

/// <summary>
/// How somebody ended who came down: what the looks since then say, compared with when he was upright. A fall to the floor is what
/// is <see cref="IsSettled"/> and neither <see cref="IsSeated"/> nor <see cref="IsWalkingOut"/>.
/// </summary>
internal readonly struct Landing
{
    /// <summary>A camera that gives a sample less often than this, in seconds, has to be believed sooner.</summary>
    private const double Slow = 0.7;

    /// <summary>Seconds from sample to sample above which speeds are seen as too low.</summary>
    private const double Sparse = 0.29;

    /// <summary>Of <see cref="FallRule.SittingSpeed"/>, when samples are sparse.</summary>
    private const float SpeedOfSparse = 0.8f;

    /// <summary>Of the window: the first low sample of it may come a little late.</summary>
    private const double AlmostAll = 0.9;

    /// <summary>Shoulders that came up by this since they were lowest: breathing and rolling over stay below.</summary>
    private const float Rise = 0.15f;

    /// <summary>Low in fewer looks than this is up again.</summary>
    private const float RisenShare = 0.3f;

    /// <summary>Who has fallen does not go this far in a second, in heights; who walks out of the picture does.</summary>
    private const float Walking = 0.4f;

    /// <summary>Hips this far below the feet, in the picture, are on the floor, and the person looks away from the camera; who squats has them above.</summary>
    private const float HipsBelowFeet = 0.05f;

    /// <summary>A box as high as this around an upright torso is that of somebody who sits; who lies along the camera's axis is lower.</summary>
    private const float SittingHeight = 0.5f;

    /// <summary>What the model's feet move by while those of the person do not, in heights.</summary>
    private const float FeetMoved = 0.1f;

    private readonly PostureHistory _history;
    private readonly FallRule _rule;
    private readonly FallEvidence _descent;
    private readonly Moment _upright;
    private readonly double _period;

    /// <param name="history">The person's last seconds, the latest look among them.</param>
    /// <param name="rule">What counts.</param>
    /// <param name="descent">How the person came down, and when it was down.</param>
    public Landing(PostureHistory history, FallRule rule, FallEvidence descent)
    {
        _history = history;
        _rule = rule;
        _descent = descent;
        _upright = history.At(descent.UprightAt ?? default);
        _period = history.Period;
        Window = TimeSpan.FromSeconds(Math.Max(rule.ConfirmSeconds, _period));
        (Looks, LowShare) = history.Share(WindowStart, IsDown);
    }

    /// <summary>How long the posture is judged for: longer when samples are rare.</summary>
    public TimeSpan Window { get; }

    /// <summary>How often the person was seen in that time.</summary>
    public int Looks { get; }

    /// <summary>Which part of them showed it down, 0 to 1.</summary>
    public float LowShare { get; }

    /// <summary>True when the person is down for long enough, in enough of the looks.</summary>
    public bool IsSettled =>
        (IsDoubtful ? DownFor >= TimeSpan.FromSeconds(_rule.StoopSeconds) && !IsRising : DownFor >= AlmostAll * Window)
        && LowShare >= _rule.ConfirmShare
        && (Looks >= (_period > Slow ? 2 : 3) || IsAlwaysDown);

    /// <summary>True when the torso is upright in the end after a slow descent.</summary>
    public bool IsSeated =>
        _descent.Speed < _rule.SittingSpeed * (_period > Sparse ? SpeedOfSparse : 1)
        && _history.Share(WindowStart, Sits).Share > 0.5f;

    /// <summary>True when the person still goes along the lower edge: low only because little is seen.</summary>
    public bool IsWalkingOut => Now is { IsCutBelow: true, IsLying: false } && Travelled > Walking;

    /// <summary>True when the person is up again.</summary>
    public bool HasRisen => DownFor > Window && LowShare < RisenShare && !IsBelowSeat(Now);

    private Moment Now => _history.Latest;

    private TimeSpan WindowStart => Now.Time - Window;

    private TimeSpan DownFor => Now.Time - _descent.DownAt;

    /// <summary>True when the person comes up again: whoever bent down to something does.</summary>
    private bool IsRising => _history.Heights(_history.Since(WindowStart).Max(moment => moment.Shoulders) - Now.Shoulders) > Rise;

    /// <summary>True when it looks like a stoop, or like nobody at all: it has to last for longer.</summary>
    private bool IsDoubtful => IsOnFeet(Now) || _history.StandsBelow(Now) || !IsCertain;

    /// <summary>True when one look at least was certain enough to believe in somebody new.</summary>
    private bool IsCertain => _history.Since(WindowStart).Any(moment => moment.Score >= PersonTracker.StartScore);

    /// <summary>How far the person went to the side, in heights.</summary>
    private float Travelled
    {
        get
        {
            var middles = _history.Since(WindowStart).Select(moment => (moment.Box.XMin + moment.Box.XMax) / 2).ToList();
            return _history.Heights(middles.Max() - middles.Min());
        }
    }

    /// <summary>True when the person was down whenever the model found it, which is only now and then of who lies.</summary>
    private bool IsAlwaysDown => _history.Share(_descent.DownAt, IsDown) is { Count: > 1, Share: 1 };

    /// <summary>True when the person is low, or on the floor in a posture that does not look so.</summary>
    public bool IsDown(Moment moment) => _history.IsLow(moment) || IsOnFloor(moment);

    /// <summary>True when the person sits or lies on the floor, legs towards the camera or away from it, which leaves angle and shape of the body as they were.</summary>
    private bool IsOnFloor(Moment moment) =>
        IsBelowSeat(moment)
        && (_history.Heights(MathF.Abs(moment.Feet - _upright.Feet)) >= _rule.FeetShift || _history.Heights(moment.Hips - moment.Feet) >= HipsBelowFeet)
        && _history.Heights(moment.Box.Height) <= _rule.FloorHeight
        && moment.Aspect > _rule.SlenderAspect;

    /// <summary>True when the hips are lower than any seat would let them.</summary>
    private bool IsBelowSeat(Moment moment) => _history.Heights(moment.Hips - _upright.Hips) >= _rule.BelowSeat;

    /// <summary>True when the torso is upright, legs wherever they are: somebody who came down like that sits, or squats.</summary>
    private bool Sits(Moment moment) => moment.HasUprightTorso && _history.Heights(moment.Box.Height) >= SittingHeight;

    /// <summary>True when the hips are well above feet that have not moved: bent to the floor, or on one knee, more probably than on it.</summary>
    private bool IsOnFeet(Moment moment) => moment.Spine is not null
        && _history.Heights(moment.Feet - moment.Hips) >= _rule.StoopHips
        && MathF.Abs(_history.Heights(moment.Feet - _upright.Feet)) < FeetMoved
        && _history.Heights(moment.Box.Height) > _rule.StoopHeight;
}

using Ambianic.Core.Vision.Falls.Rules;

namespace Ambianic.Core.Vision.Falls;

/// <summary>
/// How somebody who came down ended: the samples since then, compared with the upright one before. A fall to the floor is what
/// <see cref="IsSettled"/> and neither <see cref="IsSeated"/> nor <see cref="IsWalkingOut"/>.
/// </summary>
internal readonly struct PostureAfterDescent
{
    private readonly PostureHistory _history;
    private readonly FallRule _rule;
    private readonly FallEvidence _descent;
    private readonly PostureFeatures _upright;
    private readonly double _period;

    /// <param name="history">The person's last seconds, the latest sample among them.</param>
    /// <param name="rule">What counts.</param>
    /// <param name="descent">How the person came down, and when it was down.</param>
    public PostureAfterDescent(PostureHistory history, FallRule rule, FallEvidence descent)
    {
        _history = history;
        _rule = rule;
        _descent = descent;
        _upright = history.At(descent.UprightAt ?? default);
        _period = history.Period;
        Window = TimeSpan.FromSeconds(Math.Max(rule.ConfirmSeconds, _period));
        (SampleCount, LowShare) = history.Share(WindowStart, IsDown);
    }

    /// <summary>How long the posture is judged for: longer when samples are rare.</summary>
    public TimeSpan Window { get; }

    /// <summary>Which part of the samples of that time showed the person down, 0 to 1.</summary>
    public float LowShare { get; }

    /// <summary>True when the person is down for long enough, in enough of the samples.</summary>
    public bool IsSettled =>
        (IsDoubtful ? DownFor >= TimeSpan.FromSeconds(_rule.StoopSeconds) && !IsRising : DownFor >= Rule.WindowShare * Window)
        && LowShare >= _rule.ConfirmShare
        && (SampleCount >= (_period > Rule.SlowPeriod ? Rule.LeastSlowSamples : Rule.LeastSamples) || IsAlwaysDown);

    /// <summary>True when the torso is upright in the end after a slow descent.</summary>
    public bool IsSeated =>
        _descent.Speed < _rule.SittingSpeed * (_period > Rule.SparsePeriod ? Rule.SparseSpeedShare : 1)
        && _history.Share(WindowStart, Sits).Share > Rule.SeatedShare;

    /// <summary>True when the person moves along the lower edge: low only because little is seen.</summary>
    public bool IsWalkingOut => Now is { IsCutBelow: true, IsLying: false } && Travelled > Rule.Walking;

    /// <summary>True when the person is up again.</summary>
    public bool HasRisen => DownFor > Window && LowShare < Rule.RisenShare && !IsBelowSeat(Now);

    private AfterDescentRule Rule => _rule.AfterDescent;

    private int SampleCount { get; }

    private PostureFeatures Now => _history.Latest;

    private TimeSpan WindowStart => Now.Time - Window;

    private TimeSpan DownFor => Now.Time - _descent.DownAt;

    /// <summary>True when it looks like a stoop, or like nobody at all: it has to last longer.</summary>
    private bool IsDoubtful => IsOnFeet(Now) || _history.HasFeetOutOfFrame(Now) || !IsCertain;

    /// <summary>True when the person comes up again, as after bending down to something.</summary>
    private bool IsRising
    {
        get
        {
            var lowest = Now.Shoulders;
            foreach (var sample in _history.Since(WindowStart))
            {
                lowest = MathF.Max(lowest, sample.Shoulders);
            }

            return _history.InBodyHeights(lowest - Now.Shoulders) > Rule.Rise;
        }
    }

    /// <summary>True when one sample at least was certain enough to believe in somebody new.</summary>
    private bool IsCertain
    {
        get
        {
            foreach (var sample in _history.Since(WindowStart))
            {
                if (sample.Score >= _rule.Tracking.StartScore)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>How far the person moved to the side, in heights.</summary>
    private float Travelled
    {
        get
        {
            var (left, right) = (Now.Middle, Now.Middle);
            foreach (var sample in _history.Since(WindowStart))
            {
                (left, right) = (MathF.Min(left, sample.Middle), MathF.Max(right, sample.Middle));
            }

            return _history.InBodyHeights(right - left);
        }
    }

    /// <summary>True when the person was down in every sample that found them, which is only now and then of somebody who lies.</summary>
    private bool IsAlwaysDown => _history.Share(_descent.DownAt, IsDown) is { Count: > 1, Share: 1 };

    /// <summary>True when the person is low, or on the floor in a posture that does not look so.</summary>
    public bool IsDown(PostureFeatures sample) => _history.IsLow(sample) || IsOnFloor(sample);

    /// <summary>True when the person sits or lies on the floor, legs towards the camera or away from it, which leaves angle and shape of the body as they were.</summary>
    private bool IsOnFloor(PostureFeatures sample) =>
        IsBelowSeat(sample)
        && (_history.InBodyHeights(MathF.Abs(sample.Feet - _upright.Feet)) >= _rule.FeetShift
            || _history.InBodyHeights(sample.Hips - sample.Feet) >= Rule.HipsBelowFeet)
        && _history.InBodyHeights(sample.Box.Height) <= _rule.FloorHeight
        && sample.Aspect > _rule.SlenderAspect;

    /// <summary>True when the hips are lower than any seat would let them.</summary>
    private bool IsBelowSeat(PostureFeatures sample) => _history.InBodyHeights(sample.Hips - _upright.Hips) >= _rule.BelowSeat;

    /// <summary>True when the torso is upright, wherever the legs are: somebody who came down like that sits, or squats.</summary>
    private bool Sits(PostureFeatures sample) => sample.HasUprightTorso && _history.InBodyHeights(sample.Box.Height) >= Rule.SittingHeight;

    /// <summary>True when the hips are well above feet that have not moved: bent to the floor, or on one knee, more probably than on it.</summary>
    private bool IsOnFeet(PostureFeatures sample) => sample.Spine is not null
        && _history.InBodyHeights(sample.Feet - sample.Hips) >= _rule.StoopHips
        && MathF.Abs(_history.InBodyHeights(sample.Feet - _upright.Feet)) < Rule.FeetMoved
        && _history.InBodyHeights(sample.Box.Height) > _rule.StoopHeight;
}

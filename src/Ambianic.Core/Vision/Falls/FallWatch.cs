using Ambianic.Core.Vision.Falls.Rules;
using Ambianic.Core.Vision.Tracking;

namespace Ambianic.Core.Vision.Falls;

/// <summary>
/// Watches one person: upright -> descending -> down -> (upright | fallen -> (upright | long lie)). The diagram is in
/// docs/reference/falls.md.
/// </summary>
internal sealed class FallWatch
{
    private readonly FallRule _rule;
    private readonly IReadOnlyList<Box> _restingZones;
    private readonly float _pictureWidth;
    private readonly PostureHistory _history;
    private readonly GettingUp _gettingUp;
    private readonly LyingPeriod _lying;
    private FallWatch? _siblingTrack;
    private bool _isEscalated;

    /// <summary>Begins with nothing known of the person.</summary>
    /// <param name="rule">What counts.</param>
    /// <param name="restingZones">Where lying is normal, in picture heights.</param>
    /// <param name="pictureWidth">In picture heights.</param>
    public FallWatch(FallRule rule, IReadOnlyList<Box> restingZones, float pictureWidth)
    {
        (_rule, _restingZones, _pictureWidth) = (rule, restingZones, pictureWidth);
        _history = new PostureHistory(rule);
        _gettingUp = new GettingUp(_history, rule);
        _lying = new LyingPeriod(rule);
    }

    /// <summary>What the person is doing.</summary>
    public FallState State { get; private set; }

    /// <summary>Why the person is taken to have fallen; empty before.</summary>
    public FallEvidence Evidence { get; private set; } = new();

    /// <summary>Angle of the spine to the vertical in degrees, 0 to 180.</summary>
    public float LeaningAngle { get; private set; }

    /// <summary>How long the track should outlive its last sighting: somebody who has fallen is not dropped.</summary>
    public TimeSpan Patience => TimeSpan.FromSeconds(
        IsFallen ? _rule.EscalationSeconds + _rule.Lying.FallenPatienceSeconds
        : IsLying ? _rule.Lying.PatienceSeconds
        : _rule.Tracking.PatienceSeconds);

    /// <summary>True between a report that somebody lies there and the one that the person got up.</summary>
    public bool IsFallen => State is FallState.Fallen or FallState.LongLie;

    /// <summary>True when the person has been upright for a second.</summary>
    public bool IsStanding => State == FallState.Upright
        && _history.Share(_history.Latest.Time - TimeSpan.FromSeconds(_rule.RecoverSeconds), _history.IsUp) is { Count: > 1, Share: 1 };

    /// <summary>True when the person was on their feet when last seen.</summary>
    public bool LooksUp => !_history.Samples.IsEmpty && _history.IsUp(_history.Latest);

    /// <summary>True when the person came down, did not walk out, and may be lying by now.</summary>
    public bool IsFalling => State is FallState.Descending or FallState.Down && !Disappearance.IsWalkingOut;

    /// <summary>True when the person lies, reported or not yet.</summary>
    public bool IsLying => IsFallen || _lying.Since is not null;

    private TimeSpan UprightAt => Evidence.UprightAt ?? default;

    private Disappearance Disappearance => new(_history, _rule, _history.At(UprightAt), _pictureWidth);

    /// <summary>
    /// Starts with the descent of somebody who was falling. The model may have gone on with something else on either track: the one
    /// that is first found to have fallen keeps the descent, the other loses it.
    /// </summary>
    /// <param name="other">Who was falling.</param>
    /// <param name="time">Of the first sample that this watch is going to take.</param>
    public void ShareDescent(FallWatch other, TimeSpan time)
    {
        (State, Evidence) = (other.State, other.Evidence);
        _history.CopyFrom(other._history, time);
        (_siblingTrack, other._siblingTrack) = (other, this);
    }

    /// <summary>What another watch needs to continue with this person; null unless they lie after a report.</summary>
    public OpenFall? Save(Track track) => IsFallen
        ? new OpenFall(track.Id, track.Body, State, Evidence, _isEscalated, _gettingUp.LowestShoulders, _history.Stature)
        : null;

    /// <summary>Continues with somebody who lies after a report.</summary>
    /// <returns>False when that is a place where lying is normal by now.</returns>
    public bool Resume(OpenFall fall, TimeSpan time)
    {
        var last = PostureFeatures.Of(fall.Body, time, _rule);
        _history.Resume(last, fall.Stature);
        (State, Evidence, LeaningAngle, _isEscalated) = (fall.State, fall.Evidence, last.Angle, fall.IsEscalated);
        _gettingUp.Begin(fall.LowestShoulders);
        return !IsResting(last);
    }

    /// <summary>Takes the next sample.</summary>
    /// <param name="track">The person, seen or not.</param>
    /// <param name="time">Of the sample.</param>
    /// <returns>What is to be reported; mostly null.</returns>
    public FallKind? Observe(Track track, TimeSpan time)
    {
        if (!track.IsSeen)
        {
            return ObserveNothing(time);
        }

        var now = PostureFeatures.Of(track.Body, time, _rule);
        if (now.IsRemnant(_pictureWidth, _history.Stature))
        {
            return ObserveNothing(time);
        }

        LeaningAngle = now.Angle;
        _history.Add(now, measure: State is FallState.Upright or FallState.Descending);
        return IsFallen
            ? CheckGettingUp(now) ?? CheckLongLie(time)
            : CheckFall(now) ?? CheckLying(now);
    }

    private FallKind? ObserveNothing(TimeSpan time) => State switch
    {
        FallState.Descending or FallState.Down => CheckDisappearance(time),
        FallState.Fallen or FallState.LongLie => CheckLongLie(time),
        _ => null,
    };

    private FallKind? CheckFall(PostureFeatures now)
    {
        FollowDescent(now);
        if (State == FallState.Upright)
        {
            return null;
        }

        var posture = new PostureAfterDescent(_history, _rule, Evidence);
        if (State == FallState.Down && posture is { IsSettled: true, IsSeated: false, IsWalkingOut: false })
        {
            Evidence = (Evidence with { LowShare = posture.LowShare, WindowSeconds = posture.Window.TotalSeconds }).Judged(_rule.Weights);
            if (Evidence.Probability >= _rule.Probability)
            {
                return Fall(now);
            }
        }

        if (posture.HasRisen || now.Time - UprightAt > TimeSpan.FromSeconds(_rule.Descent.GiveUpSeconds))
        {
            State = FallState.Upright;
        }

        return null;
    }

    /// <summary>upright -> descending -> down; a deeper descent takes the place of the one before.</summary>
    private void FollowDescent(PostureFeatures now)
    {
        if (new Descent(_history, _rule, _pictureWidth).Find(isOnTheWay: State == FallState.Descending) is { } drop
            && (State == FallState.Upright || drop.ShoulderDrop > Evidence.ShoulderDrop))
        {
            Evidence = drop with { DownAt = State == FallState.Down ? Evidence.DownAt : now.Time };
            State = State == FallState.Upright ? FallState.Descending : State;
        }

        if (State == FallState.Descending && new PostureAfterDescent(_history, _rule, Evidence).IsDown(now))
        {
            State = FallState.Down;
            Evidence = Evidence with { DownAt = now.Time };
        }
    }

    /// <summary>Somebody who came down and is not found lies where camera or model do not see them, unless they walked out of the picture.</summary>
    private FallKind? CheckDisappearance(TimeSpan time)
    {
        var last = _history.Latest;
        if (time - last.Time < TimeSpan.FromSeconds(_rule.VanishSeconds))
        {
            return null;
        }

        var (disappearance, vanished) = (Disappearance, (Evidence with { Vanished = true }).Judged(_rule.Weights));
        if (disappearance.IsFall && vanished.Probability >= _rule.Probability)
        {
            Evidence = vanished;
            return Fall(last);
        }

        if (disappearance.IsWalkingOut || time - UprightAt > TimeSpan.FromSeconds(_rule.Descent.GiveUpSeconds))
        {
            State = FallState.Upright; // before that they may still be found on the floor
        }

        return null;
    }

    private FallKind? Fall(PostureFeatures now)
    {
        if (IsResting(now))
        {
            State = FallState.Upright;
            return null;
        }

        _siblingTrack?.LoseDescent();
        _siblingTrack = null;
        Lie(FallState.Fallen, now, isEscalated: false);
        return FallKind.Fall;
    }

    private void LoseDescent()
    {
        _siblingTrack = null;
        if (!IsFallen)
        {
            State = FallState.Upright;
            _history.Reset();
        }
    }

    private FallKind? CheckLying(PostureFeatures now)
    {
        _lying.Observe(now.Time, now.IsLying && !IsResting(now));
        if (_lying.Since is not { } since || now.Time - since < TimeSpan.FromSeconds(_rule.PersonDownSeconds))
        {
            return null;
        }

        var window = Math.Max(_rule.ConfirmSeconds, _history.Period);
        Evidence = new FallEvidence
        {
            DownAt = since,
            LowShare = _history.Share(now.Time - TimeSpan.FromSeconds(window), sample => sample.IsLying).Share,
            WindowSeconds = window,
        };
        Lie(FallState.LongLie, now, isEscalated: true);
        return FallKind.PersonDown;
    }

    private void Lie(FallState state, PostureFeatures now, bool isEscalated)
    {
        (State, _isEscalated) = (state, isEscalated);
        _gettingUp.Begin(now.Shoulders);
    }

    private FallKind? CheckGettingUp(PostureFeatures now)
    {
        _gettingUp.Observe(now);
        if (!_gettingUp.IsDone(Evidence.DownAt))
        {
            return null;
        }

        var kind = State == FallState.Fallen ? FallKind.Recovered : FallKind.GotUp;
        State = FallState.Upright;
        _lying.End();
        return kind;
    }

    private FallKind? CheckLongLie(TimeSpan time)
    {
        var lying = (time - Evidence.DownAt).TotalSeconds;
        if (State == FallState.Fallen && lying >= _rule.LongLieSeconds)
        {
            State = FallState.LongLie;
            return FallKind.LongLie;
        }

        if (State == FallState.LongLie && !_isEscalated && lying >= _rule.EscalationSeconds)
        {
            _isEscalated = true;
            return FallKind.LongLie;
        }

        return null;
    }

    private bool IsResting(PostureFeatures sample)
    {
        var x = sample.Spine?.Hips.X ?? sample.Middle;
        return _restingZones.Any(zone => x >= zone.XMin && x <= zone.XMax && sample.Hips >= zone.YMin && sample.Hips <= zone.YMax);
    }
}

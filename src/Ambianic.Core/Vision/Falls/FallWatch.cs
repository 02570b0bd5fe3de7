using Ambianic.Vision.Tracking;

namespace Ambianic.Vision.Falls;

/// <summary>
/// Watches one person: upright -> descending -> down -> (upright | fallen -> (upright | long lie)). The diagram is in
/// docs/reference/falls.md.
/// </summary>
/// <param name="rule">What counts.</param>
/// <param name="restingZones">Where lying is normal, in picture heights.</param>
/// <param name="pictureWidth">In picture heights.</param>
public sealed class FallWatch(FallRule rule, IReadOnlyList<Box> restingZones, float pictureWidth)
{
    private static readonly TimeSpan GiveUp = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Interruption = TimeSpan.FromSeconds(2);

    /// <summary>Models find people who lie only now and then.</summary>
    private static readonly TimeSpan LyingPatience = TimeSpan.FromSeconds(15);

    private readonly PostureHistory _history = new(rule);
    private FallWatch? _twin;
    private TimeSpan? _lyingSince;
    private TimeSpan _lastLying;
    private float _lowestShoulders;
    private bool _wasSeenToFall;
    private bool _escalated;

    /// <summary>What the person is doing.</summary>
    public FallState State { get; private set; }

    /// <summary>Why the person is taken to have fallen; empty before.</summary>
    public FallEvidence Evidence { get; private set; } = new();

    /// <summary>Angle of the spine to the vertical in degrees, 0 to 180.</summary>
    public float LeaningAngle { get; private set; }

    /// <summary>How long the track should outlive its last sighting: who has fallen is not forgotten.</summary>
    public TimeSpan Patience =>
        IsFallen ? TimeSpan.FromSeconds(rule.EscalationSeconds + 30)
        : IsLying ? LyingPatience
        : PersonTracker.Patience;

    /// <summary>True between a report that somebody lies there and the one that the person got up.</summary>
    public bool IsFallen => State is FallState.Fallen or FallState.LongLie;

    /// <summary>True when the person has been upright for a second.</summary>
    public bool Stands => State == FallState.Upright
        && _history.Share(_history.Latest.Time - TimeSpan.FromSeconds(rule.RecoverSeconds), _history.IsUp) is { Count: > 1, Share: 1 };

    /// <summary>True when the person came down, did not walk out, and may be lying by now.</summary>
    public bool IsFalling =>
        State is FallState.Descending or FallState.Down && !Disappearance.IsWalkingOut;

    /// <summary>True when the person lies, reported or not yet.</summary>
    public bool IsLying => IsFallen || _lyingSince is not null;

    private TimeSpan UprightAt => Evidence.UprightAt ?? default;

    private Disappearance Disappearance => new(_history, rule, _history.At(UprightAt), pictureWidth);

    /// <summary>
    /// Shares the story of somebody who was falling, when either track may have gone on with something else: whoever is found to have
    /// fallen first keeps it.
    /// </summary>
    /// <param name="other">Who was falling.</param>
    /// <param name="time">Of the first sample that this watch is going to take.</param>
    public void ShareStory(FallWatch other, TimeSpan time)
    {
        (State, Evidence) = (other.State, other.Evidence);
        _history.CopyFrom(other._history, time);
        (_twin, other._twin) = (other, this);
    }

    /// <summary>What there is to know of the person for whoever watches on; null unless it lies after a report.</summary>
    public OpenFall? OpenFall(Track track) => IsFallen
        ? new OpenFall(track.Id, track.Body, State, Evidence, _wasSeenToFall, _escalated, _lowestShoulders, _history.Stature)
        : null;

    /// <summary>Goes on with somebody who lies after a report.</summary>
    /// <returns>False when that is a place where lying is normal by now.</returns>
    public bool Resume(OpenFall fall, TimeSpan time)
    {
        var last = Moment.Of(fall.Body, time, rule.SpineScore);
        _history.Resume(last, fall.Stature);
        (State, Evidence, LeaningAngle) = (fall.State, fall.Evidence, last.Angle);
        (_wasSeenToFall, _escalated, _lowestShoulders) = (fall.WasSeenToFall, fall.Escalated, fall.LowestShoulders);
        return !IsResting(last);
    }

    /// <summary>Takes the next sample.</summary>
    /// <param name="track">The person, seen or not.</param>
    /// <param name="time">Of the sample.</param>
    /// <returns>One of <see cref="FallLabels"/> when something is to be reported, else null.</returns>
    public string? Observe(Track track, TimeSpan time)
    {
        if (!track.IsSeen)
        {
            return WhenUnseen(time);
        }

        var now = Moment.Of(track.Body, time, rule.SpineScore);
        if (now.IsRemnant(pictureWidth, _history.Stature))
        {
            return WhenUnseen(time);
        }

        LeaningAngle = now.Angle;
        _history.Add(now, measure: State is FallState.Upright or FallState.Descending);
        return IsFallen
            ? WhenUp(now) ?? WhenLong(time)
            : WhenFallen(now) ?? WhenLying(now);
    }

    private string? WhenFallen(Moment now)
    {
        FollowDescent(now);
        if (State == FallState.Upright)
        {
            return null;
        }

        var landing = new Landing(_history, rule, Evidence);
        if (State == FallState.Down && landing is { IsSettled: true, IsSeated: false, IsWalkingOut: false })
        {
            Evidence = Evidence with { LowShare = landing.LowShare, WindowSeconds = landing.Window.TotalSeconds };
            if (Evidence.Probability >= rule.Probability)
            {
                return Fall(now);
            }
        }

        if (landing.HasRisen || now.Time - UprightAt > GiveUp)
        {
            State = FallState.Upright;
        }

        return null;
    }

    /// <summary>upright -> descending -> down; a deeper descent takes the place of the one before.</summary>
    private void FollowDescent(Moment now)
    {
        if (new Descent(_history, rule, pictureWidth).Find(isOnTheWay: State == FallState.Descending) is { } drop
            && (State == FallState.Upright || drop.ShoulderDrop > Evidence.ShoulderDrop))
        {
            Evidence = drop with { DownAt = State == FallState.Down ? Evidence.DownAt : now.Time };
            State = State == FallState.Upright ? FallState.Descending : State;
        }

        if (State == FallState.Descending && new Landing(_history, rule, Evidence).IsDown(now))
        {
            State = FallState.Down;
            Evidence = Evidence with { DownAt = now.Time };
        }
    }

    private string? WhenUnseen(TimeSpan time) => State switch
    {
        FallState.Descending or FallState.Down => WhenLost(time),
        FallState.Fallen or FallState.LongLie => WhenLong(time),
        _ => null,
    };

    /// <summary>Somebody who came down and cannot be found lies where a camera or a model does not see him, unless he walked out of the picture.</summary>
    private string? WhenLost(TimeSpan time)
    {
        var last = _history.Latest;
        if (time - last.Time < TimeSpan.FromSeconds(rule.VanishSeconds))
        {
            return null;
        }

        var (disappearance, vanished) = (Disappearance, Evidence with { Vanished = true });
        if (disappearance.IsFall && vanished.Probability >= rule.Probability)
        {
            Evidence = vanished;
            return Fall(last);
        }

        if (disappearance.IsWalkingOut || time - UprightAt > GiveUp)
        {
            State = FallState.Upright; // else he may be found on the floor yet
        }

        return null;
    }

    private string? Fall(Moment now)
    {
        if (IsResting(now))
        {
            State = FallState.Upright;
            return null;
        }

        State = FallState.Fallen;
        _twin?.Forget();
        _twin = null;
        _wasSeenToFall = true;
        _escalated = false;
        _lowestShoulders = now.Shoulders;
        return FallLabels.Fall;
    }

    private void Forget()
    {
        _twin = null;
        if (!IsFallen)
        {
            State = FallState.Upright;
            _history.Forget();
        }
    }

    private string? WhenLying(Moment now)
    {
        if (now.IsLying && !IsResting(now))
        {
            _lastLying = now.Time;
            _lyingSince ??= now.Time;
        }
        else if (now.Time - _lastLying > Interruption)
        {
            _lyingSince = null;
        }

        if (_lyingSince is not { } since || now.Time - since < TimeSpan.FromSeconds(rule.PersonDownSeconds))
        {
            return null;
        }

        State = FallState.LongLie;
        var window = Math.Max(rule.ConfirmSeconds, _history.Period);
        Evidence = new FallEvidence
        {
            DownAt = since,
            LowShare = _history.Share(now.Time - TimeSpan.FromSeconds(window), moment => moment.IsLying).Share,
            WindowSeconds = window,
        };
        _wasSeenToFall = false;
        _escalated = true;
        _lowestShoulders = now.Shoulders;
        return FallLabels.PersonDown;
    }

    private string? WhenUp(Moment now)
    {
        _lowestShoulders = MathF.Max(_lowestShoulders, now.Shoulders);
        var window = TimeSpan.FromSeconds(rule.RecoverSeconds);
        var (count, share) = _history.Share(now.Time - window, GotUp);
        if (count < 2 || share < 0.7f || !GotUp(now) || now.Time - Evidence.DownAt < window)
        {
            return null;
        }

        var label = State == FallState.Fallen ? FallLabels.Recovered : FallLabels.GotUp;
        State = FallState.Upright;
        _lyingSince = null;
        return label;
    }

    private string? WhenLong(TimeSpan time)
    {
        var lying = (time - Evidence.DownAt).TotalSeconds;
        if (State == FallState.Fallen && lying >= rule.LongLieSeconds)
        {
            State = FallState.LongLie;
            return FallLabels.LongLie;
        }

        if (State == FallState.LongLie && _wasSeenToFall && !_escalated && lying >= rule.EscalationSeconds)
        {
            _escalated = true;
            return FallLabels.LongLie;
        }

        return null;
    }

    private bool GotUp(Moment moment) => _history.IsUp(moment) && _lowestShoulders - moment.Shoulders > 0.25f * _history.Stature;

    private bool IsResting(Moment moment)
    {
        var x = moment.Spine?.Hips.X ?? (moment.Box.XMin + moment.Box.XMax) / 2;
        return restingZones.Any(zone => x >= zone.XMin && x <= zone.XMax && moment.Hips >= zone.YMin && moment.Hips <= zone.YMax);
    }
}

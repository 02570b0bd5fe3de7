using Ambianic.Vision.Tracking;

namespace Ambianic.Vision.Falls;

/// <summary>Watches one person for falls.</summary>
public sealed class FallWatch(FallRule rule)
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(3);
    private readonly List<Moment> _moments = [];
    private FallEvidence _evidence = new();
    private float _stature;
    private TimeSpan _lowSince;

    /// <summary>What the person is doing.</summary>
    public FallState State { get; private set; }

    /// <summary>Takes the next sample of the person.</summary>
    public FallEvidence? Observe(Track track, TimeSpan time, float aspect)
    {
        if (!track.IsSeen)
        {
            return WhenUnseen(track, time, aspect);
        }

        var now = Moment.Of(track.Body, time, rule.SpineScore);
        _moments.RemoveAll(moment => time - moment.Time > Memory);
        _moments.Add(now);
        if (State is FallState.Upright or FallState.Descending)
        {
            UpdateStature();
        }

        switch (State)
        {
            case FallState.Upright:
            case FallState.Descending:
                if (FindDrop(now) is { } drop)
                {
                    _evidence = drop;
                    State = FallState.Descending;
                }

                if (State == FallState.Descending)
                {
                    if (time - _evidence.UprightAt > TimeSpan.FromSeconds(3))
                    {
                        State = FallState.Upright;
                    }
                    else if (now.IsLow(rule, _stature))
                    {
                        State = FallState.Down;
                        _lowSince = time;
                    }
                }

                return null;
            case FallState.Down:
                if (FindDrop(now) is { } deeper && deeper.ShoulderDrop > _evidence.ShoulderDrop)
                {
                    _evidence = deeper;
                }

                return WhenDown(now);
            default:
                return null;
        }
    }

    private FallEvidence? WhenDown(Moment now)
    {
        var since = TimeSpan.FromTicks(Math.Max(_lowSince.Ticks, (now.Time - TimeSpan.FromSeconds(rule.ConfirmSeconds)).Ticks));
        var recent = _moments.Where(moment => moment.Time >= since).ToList();
        var low = recent.Count(moment => moment.IsLow(rule, _stature));
        var share = (float)low / recent.Count;
        if (now.Time - _lowSince >= TimeSpan.FromSeconds(rule.ConfirmSeconds * 0.9) && low >= 3 && share >= rule.ConfirmShare)
        {
            State = FallState.Fallen;
            return _evidence with
            {
                DownAt = _lowSince,
                LowShare = share,
                LeaningAngle = now.Spine?.Angle ?? 90,
                Aspect = now.Aspect,
            };
        }

        if (now.Time - _lowSince > TimeSpan.FromSeconds(3) || (share < 0.3f && recent.Count >= 3))
        {
            State = FallState.Upright;
        }

        return null;
    }

    private FallEvidence? WhenUnseen(Track track, TimeSpan time, float aspect)
    {
        if (State is not (FallState.Descending or FallState.Down)
            || time - track.LastSeen < TimeSpan.FromSeconds(rule.VanishSeconds)
            || _moments.Count == 0)
        {
            return null;
        }

        var last = _moments[^1];
        if (last.Box.XMin < 0.02f || last.Box.XMax > aspect - 0.02f)
        {
            return null;
        }

        State = FallState.Fallen;
        return _evidence with { DownAt = track.LastSeen, Vanished = true, LeaningAngle = last.Spine?.Angle ?? 90, Aspect = last.Aspect };
    }

    private void UpdateStature()
    {
        var statures = _moments.Where(moment => moment.IsUpright).Select(moment => moment.Stature).Order().ToList();
        if (statures.Count > 0)
        {
            _stature = statures[statures.Count / 2];
        }
    }

    private FallEvidence? FindDrop(Moment now)
    {
        if (_stature < rule.LeastHeight)
        {
            return null;
        }

        FallEvidence? best = null;
        foreach (var before in _moments)
        {
            var shoulders = (now.Shoulders - before.Shoulders) / _stature;
            var hips = (now.Hips - before.Hips) / _stature;
            if (before.IsUpright
                && (now.Time - before.Time).TotalSeconds <= rule.DropSeconds
                && shoulders >= rule.ShoulderDrop
                && hips >= rule.HipDrop
                && (before.Box.YMax - before.Shoulders - (now.Box.YMax - now.Shoulders)) / _stature >= rule.Sinking
                && shoulders > (best?.ShoulderDrop ?? 0))
            {
                var speed = FastestDescent(before.Time);
                if (speed >= rule.Speed)
                {
                    best = new FallEvidence { UprightAt = before.Time, ShoulderDrop = shoulders, HipDrop = hips, Speed = speed };
                }
            }
        }

        return best;
    }

    /// <summary>Of the shoulders since <paramref name="from"/>, over half a second, in heights a second.</summary>
    private float FastestDescent(TimeSpan from)
    {
        var fastest = 0f;
        for (var j = 1; j < _moments.Count; j++)
        {
            for (var i = j - 1; i >= 0; i--)
            {
                var seconds = (_moments[j].Time - _moments[i].Time).TotalSeconds;
                if (_moments[i].Time < from || seconds > 0.65)
                {
                    break;
                }

                if (seconds >= 0.35)
                {
                    fastest = MathF.Max(fastest, (_moments[j].Shoulders - _moments[i].Shoulders) / (float)seconds / _stature);
                }
            }
        }

        return fastest;
    }
}

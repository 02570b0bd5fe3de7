using System.Runtime.InteropServices;
using Ambianic.Core.Vision.Falls.Rules;

namespace Ambianic.Core.Vision.Falls;

/// <summary>The last seconds of one person, and how each sample is to be read for somebody of that height who walks like that.</summary>
internal sealed class PostureHistory(FallRule rule)
{
    private readonly List<PostureFeatures> _samples = [];
    private bool _walksStooped;

    /// <summary>The person's height when upright, in picture heights; 0 until it was upright.</summary>
    public float Stature { get; private set; }

    /// <summary>The oldest first.</summary>
    public ReadOnlySpan<PostureFeatures> Samples => CollectionsMarshal.AsSpan(_samples);

    /// <summary>The latest; there must be one.</summary>
    public PostureFeatures Latest => _samples[^1];

    /// <summary>
    /// Seconds from sample to sample, the lower quartile of late: in longer ones the person may not have been seen, and a few short
    /// ones may be a burst after a stall. 0 while there is but one.
    /// </summary>
    public double Period
    {
        get
        {
            var count = Math.Min(_samples.Count - 1, rule.History.PeriodSamples);
            if (count <= 0)
            {
                return 0;
            }

            Span<double> seconds = stackalloc double[count];
            for (var i = 0; i < count; i++)
            {
                seconds[i] = (_samples[^(i + 1)].Time - _samples[^(i + 2)].Time).TotalSeconds;
            }

            seconds.Sort();
            return seconds[count / 4];
        }
    }

    /// <summary>Adds the next sample.</summary>
    /// <param name="sample">Later than all others.</param>
    /// <param name="measure">Whether the person's height may be learned from it.</param>
    public void Add(PostureFeatures sample, bool measure)
    {
        _samples.RemoveAll(old => sample.Time - old.Time > TimeSpan.FromSeconds(rule.History.Seconds));
        _samples.Add(sample);
        if (measure)
        {
            _walksStooped = AlwaysWalksStooped();
            var statures = _samples.Where(IsUpright).Select(old => old.Stature).Order().ToList();
            Stature = statures.Count > 0 ? statures[statures.Count / 2] : Stature;
        }
    }

    /// <summary>Begins with somebody who is known.</summary>
    public void Resume(PostureFeatures sample, float stature)
    {
        _samples.Add(sample);
        Stature = stature;
    }

    /// <summary>Takes over what another history holds of the time before <paramref name="time"/>. This one must be empty.</summary>
    public void CopyFrom(PostureHistory other, TimeSpan time)
    {
        _samples.AddRange(other._samples.Where(sample => sample.Time < time));
        (Stature, _walksStooped) = (other.Stature, other._walksStooped);
    }

    /// <summary>Removes all but the latest sample.</summary>
    public void Reset() => _samples.RemoveRange(0, _samples.Count - 1);

    /// <summary>The samples since <paramref name="from"/>, the oldest first.</summary>
    public ReadOnlySpan<PostureFeatures> Since(TimeSpan from)
    {
        var index = _samples.FindIndex(sample => sample.Time >= from);
        return index < 0 ? [] : Samples[index..];
    }

    /// <summary>How many samples there are since <paramref name="from"/>, and which part of them meets the condition; 0 without samples.</summary>
    public (int Count, float Share) Share(TimeSpan from, Func<PostureFeatures, bool> condition)
    {
        var samples = Since(from);
        var hits = 0;
        foreach (var sample in samples)
        {
            hits += condition(sample) ? 1 : 0;
        }

        return (samples.Length, samples.Length == 0 ? 0 : (float)hits / samples.Length);
    }

    /// <summary>The first sample at or after a time; an empty one when there is none.</summary>
    public PostureFeatures At(TimeSpan time) => _samples.Find(sample => sample.Time >= time);

    /// <summary>A length in picture heights as one in heights of the person.</summary>
    public float InBodyHeights(float length) => length / Stature;

    /// <summary>True when the person stands, sits straight, or is on their feet as stooped as always.</summary>
    public bool IsUpright(PostureFeatures sample) => sample.IsUpright || IsStooped(sample);

    /// <summary>True when the person is low now.</summary>
    public bool IsLow(PostureFeatures sample) => sample.IsLow(Stature) && !IsStooped(sample);

    /// <summary>True when the person is upright, and does not only seem so because little of them is seen.</summary>
    public bool IsUp(PostureFeatures sample) => IsUpright(sample) && !IsLow(sample);

    /// <summary>True of somebody upright, or stooped as always, at the lower edge of the picture: what is seen is short because the legs are below it.</summary>
    public bool HasFeetOutOfFrame(PostureFeatures sample) => sample.IsCutBelow
        && (sample.HasUprightTorso || (_walksStooped && sample.Spine?.Angle < rule.StoopedAngle));

    private bool IsStooped(PostureFeatures sample) => _walksStooped && sample.IsStooped(Stature);

    /// <summary>True when the person has been on their feet for a second, and bent almost always; who bends once was upright before.</summary>
    private bool AlwaysWalksStooped()
    {
        int upright = 0, stooped = 0;
        TimeSpan first = default, last = default;
        foreach (var sample in _samples)
        {
            if (sample.IsUpright)
            {
                upright++;
            }
            else if (sample.IsStooped(0))
            {
                first = stooped++ == 0 ? sample.Time : first;
                last = sample.Time;
            }
        }

        return upright * rule.History.StoopedForOneUpright <= stooped
            && (last - first >= TimeSpan.FromSeconds(rule.History.StoopedSeconds) || _walksStooped);
    }
}

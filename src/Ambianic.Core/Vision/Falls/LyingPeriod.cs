using Ambianic.Core.Vision.Falls.Rules;

namespace Ambianic.Core.Vision.Falls;

/// <summary>How long somebody has been lying, whether they fell or not.</summary>
internal sealed class LyingPeriod(FallRule rule)
{
    private TimeSpan _lastLying;

    /// <summary>When it began; null when the person does not lie.</summary>
    public TimeSpan? Since { get; private set; }

    /// <summary>Takes the next sample; short interruptions do not count.</summary>
    public void Observe(TimeSpan time, bool isLying)
    {
        if (isLying)
        {
            _lastLying = time;
            Since ??= time;
        }
        else if (time - _lastLying > TimeSpan.FromSeconds(rule.Lying.InterruptionSeconds))
        {
            Since = null;
        }
    }

    /// <summary>The person is up.</summary>
    public void End() => Since = null;
}

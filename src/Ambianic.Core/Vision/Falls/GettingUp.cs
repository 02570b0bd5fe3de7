using Ambianic.Core.Vision.Falls.Rules;

namespace Ambianic.Core.Vision.Falls;

/// <summary>Notices that somebody who lay gets up: clearly above where they lay, for a second.</summary>
/// <param name="history">The person's last seconds.</param>
/// <param name="rule">What counts.</param>
internal sealed class GettingUp(PostureHistory history, FallRule rule)
{
    /// <summary>Where the shoulders were lowest, in picture heights from the top.</summary>
    public float LowestShoulders { get; private set; }

    /// <summary>Somebody lies from here on.</summary>
    /// <param name="shoulders">In picture heights from the top.</param>
    public void Begin(float shoulders) => LowestShoulders = shoulders;

    /// <summary>Takes the next sample.</summary>
    public void Observe(PostureFeatures now) => LowestShoulders = MathF.Max(LowestShoulders, now.Shoulders);

    /// <summary>True when the person has got up.</summary>
    /// <param name="downAt">When the person was down.</param>
    public bool IsDone(TimeSpan downAt)
    {
        var now = history.Latest;
        var window = TimeSpan.FromSeconds(rule.RecoverSeconds);
        var (count, share) = history.Share(now.Time - window, IsUp);
        return count >= rule.Lying.LeastUpSamples && share >= rule.Lying.UpShare && IsUp(now) && now.Time - downAt >= window;
    }

    private bool IsUp(PostureFeatures sample) =>
        history.IsUp(sample) && LowestShoulders - sample.Shoulders > rule.Lying.UpRise * history.Stature;
}

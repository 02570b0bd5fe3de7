using Ambianic.Core.Health;

namespace Ambianic.Tests.Core.Health;

public sealed class HealthPolicyTests
{
    [Fact]
    public void Default_Limits_AreThoseOfTheReference()
    {
        var policy = HealthPolicy.Default;

        Assert.Equal((40, 120), (policy.StalledAfter.TotalSeconds, policy.TerminalAfter.TotalSeconds));
        Assert.Equal((5, 20, 10), (policy.HealingPause.TotalSeconds, policy.StuckAfter.TotalSeconds, policy.TellAfter.TotalSeconds));
        Assert.Equal((600, new Backoff(TimeSpan.FromSeconds(40), TimeSpan.FromMinutes(10))), (policy.PreparingAtMost.TotalSeconds, policy.Rebuilding));
    }
}

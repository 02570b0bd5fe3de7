using Ambianic.Core.Vision.Falls.Rules;

namespace Ambianic.Tests.Core.Vision.Falls.Rules;

public sealed class FallRuleValuesTests
{
    [Fact]
    public void Values_NamesEveryThresholdOnceInInvariantNotation()
    {
        var values = new FallRule().Values();

        Assert.Equal(values.Count, values.Select(value => value.Name).Distinct().Count());
        Assert.Contains(("shoulder_drop", "0.3"), values);
        Assert.Contains(("after_descent.rise", "0.15"), values);
        Assert.Contains(("tracking.start_score", "0.15"), values);
    }

    [Fact]
    public void Fingerprint_OptionsOfTheConfiguration_DoNotChangeIt()
    {
        var set = new FallRule { SpineScore = 0.2f, Probability = 0.4f, LongLieSeconds = 20, EscalationSeconds = 90, PersonDownSeconds = 60 };

        Assert.Equal(new FallRule().Fingerprint(), set.Fingerprint());
    }

    [Fact]
    public void Fingerprint_AnyOtherThreshold_ChangesIt()
    {
        var rule = new FallRule();

        Assert.NotEqual(rule.Fingerprint(), (rule with { HipDrop = 0.13f }).Fingerprint());
        Assert.NotEqual(rule.Fingerprint(), (rule with { Tracking = rule.Tracking with { GrowthCost = 0.5 } }).Fingerprint());
    }
}

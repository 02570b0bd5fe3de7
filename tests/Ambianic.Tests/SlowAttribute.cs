using Xunit.v3;

namespace Ambianic.Tests;

/// <summary>A test that takes more than about a second, or a class of them: <c>./test.sh --quick</c> leaves it out.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class SlowAttribute : Attribute, ITraitAttribute
{
    /// <summary>Name and value as xunit's runner filters by them: <c>-trait- speed=slow</c>.</summary>
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("speed", "slow")];
}

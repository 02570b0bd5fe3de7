using System.Reflection;
using Xunit.v3;

namespace Ambianic.Tests;

/// <summary>Takes the place of the attribute of the ordinary tests: what is slow is not run for each mutant.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class SlowAttribute : BeforeAfterTestAttribute
{
    public override void Before(MethodInfo methodUnderTest, IXunitTest test) => Assert.Skip("too slow to be run for each mutant");
}

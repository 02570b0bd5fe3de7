using Ambianic.Core.Health;

namespace Ambianic.Tests.Core.Health;

public sealed class BackoffTests
{
    [Theory]
    [InlineData(1, 0.25, 0.5)]
    [InlineData(2, 0.5, 1)]
    [InlineData(7, 15, 30)]
    [InlineData(int.MaxValue, 15, 30)]
    public void After_Failures_LiesInTheUpperHalfOfADoublingWait(int failures, double shortest, double longest)
    {
        var random = new Random(7);

        var waits = Enumerable.Range(0, 100).Select(_ => Backoff.Default.After(failures, random).TotalSeconds).ToList();

        Assert.All(waits, wait => Assert.InRange(wait, shortest, longest));
        Assert.True(waits.Max() - waits.Min() > (longest - shortest) / 2, "many cameras must not come back at once");
    }
}

namespace Ambianic.Tests.Core.Pipelines.Interleavings;

/// <summary>An edited configuration, healing and the stop meet in every order that a seed can think of. A seed that fails does so again: <c>new House(seed).Run()</c>.</summary>
[Collection(Alone.Name)] // a failure that nobody looked at is told to the whole process
public sealed class InterleavingTests
{
    [Theory]
    [InlineData(0, 200)]
    public void Run_EditsHealingAndStopInAFewOrders_NothingIsLeftRunningOrRunsTwice(int from, int count) => Try(from, count);

    [Theory]
    [Slow]
    [InlineData(200, 12_000)]
    public void Run_EditsHealingAndStopInTenThousandOrders_NothingIsLeftRunningOrRunsTwice(int from, int count) => Try(from, count);

    private static void Try(int from, int count)
    {
        List<string> unobserved = [];
        EventHandler<UnobservedTaskExceptionEventArgs> remember = (_, failure) => unobserved.Add(failure.Exception.ToString());
        Collect();
        TaskScheduler.UnobservedTaskException += remember;
        try
        {
            HashSet<string> failures = [];
            for (var seed = from; seed < from + count; seed++)
            {
                using var house = new House(seed);
                foreach (var wrong in house.Run())
                {
                    failures.Add($"seed {seed}: {wrong}");
                }

                Assert.True(failures.Count < 20, string.Join('\n', failures)); // enough to see what they have in common
            }

            Assert.True(failures.Count == 0, string.Join('\n', failures));
            Collect();
            Assert.DoesNotContain(unobserved, failure => failure.Contains("Ambianic.Core.Pipelines", StringComparison.Ordinal));
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= remember;
        }
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}

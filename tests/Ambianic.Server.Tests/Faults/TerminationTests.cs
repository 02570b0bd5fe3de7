using Ambianic.Tests;

namespace Ambianic.Server.Tests.Faults;

/// <summary>Asks the program to end at the worst moments.</summary>
[Slow]
public sealed class TerminationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Moments => [.. Termination.Moments];

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Terminate_AtAnyMoment_EndsWellAndLeavesNothingBehind(string moment)
    {
        var termination = await Termination.AtAsync(moment, Cancellation);

        Assert.Equal((0, 0, 0), (termination.ExitCode, termination.ChildrenLeft, termination.EventsLost));
    }
}

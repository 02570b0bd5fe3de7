using Ambianic.Core.Health;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Core.Health;

public sealed class FaultLogTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(15)]
    [InlineData(40)]
    [InlineData(300)]
    public void Fail_CameraThatComesAndGoesForADay_IsOneOutage(int seconds)
    {
        var outage = new FaultLog(_time);
        List<FaultChange> told = [];
        for (var passed = 0; passed < 24 * 3600; passed += seconds)
        {
            told.Add(outage.Fail("broke off").Change);
            for (var watched = 0; watched < seconds; watched += 5)
            {
                told.AddRange(outage.Succeed() is { } over ? [over.Change] : Array.Empty<FaultChange>());
                _time.Advance(TimeSpan.FromSeconds(5));
            }
        }

        Assert.InRange(told.Count(change => change != FaultChange.None), 100, 160);
        Assert.InRange(told.Count(change => change == FaultChange.Over), 1, 7);
    }

    [Fact]
    public void Fail_LongAfterItWasBack_IsANewOutageAtOnceAndEndsAsSoon()
    {
        var outage = new FaultLog(_time);
        for (var day = 0; day < 9; day++)
        {
            Assert.Equal(FaultChange.Begun, outage.Fail("broke off").Change);
            Assert.Null(outage.Succeed());
            _time.Advance(FaultLog.OverAfter);
            Assert.Equal(FaultChange.Over, outage.Succeed()?.Change);
            _time.Advance(TimeSpan.FromDays(1));
        }
    }
}

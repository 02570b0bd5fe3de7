using System.Net;
using Ambianic.Server.Access;
using Ambianic.Storage.Access;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Server.Tests.Access;

public sealed class LogInLimitsTests
{
    private static readonly IPAddress Address = IPAddress.Parse("10.0.0.7");
    private static readonly KnownDevice Device = new("hash of a cookie", "ann");

    private readonly FakeTimeProvider _time = new();
    private readonly LogInLimits _limits;

    public LogInLimitsTests() => _limits = new LogInLimits(_time);

    [Fact]
    public void Begin_NameFailsAgainAndAgain_WaitsTwiceAsLongUpToAMinute()
    {
        var waits = new List<double>();
        for (var i = 0; i < 13; i++)
        {
            var address = IPAddress.Parse($"10.0.0.{i}"); // each from another one
            var wait = Fail("ann", address);
            waits.Add(wait.TotalSeconds);
            if (wait > TimeSpan.Zero)
            {
                _time.Advance(wait);
                Assert.Equal(TimeSpan.Zero, Fail("ann", address));
            }
        }

        Assert.Equal([0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60], waits);
    }

    [Fact]
    public void Begin_AddressTriesManyNames_HasToWaitLonger()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(TimeSpan.Zero, Fail($"name{i}", Address));
        }

        Assert.Equal(TimeSpan.FromSeconds(1), Fail("another", Address));
        Assert.Equal(TimeSpan.Zero, Fail("another", IPAddress.Parse("10.0.0.8")));
    }

    [Fact]
    public void Begin_AddressesOfOneIpv6Network_AreOne()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(TimeSpan.Zero, Fail($"name{i}", IPAddress.Parse($"2001:db8::{i:x}")));
        }

        Assert.NotEqual(TimeSpan.Zero, Fail("another", IPAddress.Parse("2001:db8::ffff")));
        Assert.Equal(TimeSpan.Zero, Fail("another", IPAddress.Parse("2001:db8:1::1")));
    }

    [Fact]
    public void Succeeded_OneWhoKnowsAPassword_MayNotGuessThatOfAnother()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(TimeSpan.Zero, Fail($"name{i}", Address));
            _time.Advance(TimeSpan.FromMinutes(1)); // so that mallory may
            Assert.Equal(TimeSpan.Zero, Try("mallory", Address, LogInLimits.Outcome.Succeeded));
        }

        Assert.Equal(TimeSpan.Zero, Fail("another", Address));
        Assert.NotEqual(TimeSpan.Zero, Fail("another", Address));
    }

    [Fact]
    public void Begin_AfterAnHour_HasForgotten()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(TimeSpan.Zero, Fail("ann", Address));
        }

        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.Zero, Fail("ann", Address));
        Assert.Equal(TimeSpan.Zero, Fail("ann", Address));
    }

    [Fact]
    public void Begin_ManyAtOnce_AreNoMoreThanOneAfterTheOther()
    {
        var begun = Enumerable.Range(0, 20).Count(_ => _limits.Begin("ann", Address, null).Wait == TimeSpan.Zero);

        Assert.Equal(5, begun);
    }

    [Fact]
    public void End_NoPasswordWasChecked_IsNoFailure()
    {
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(TimeSpan.Zero, Try("ann", Address, LogInLimits.Outcome.NotMade));
        }
    }

    [Fact]
    public void Begin_DeviceThatIsKnown_IsNotKeptOutByStrangersNorByItsNeighbours()
    {
        for (var i = 0; i < 40; i++)
        {
            _ = Fail("ann", Address);
        }

        Assert.NotEqual(TimeSpan.Zero, Fail("ann", Address));
        Assert.Equal(TimeSpan.Zero, Try("ann", Address, LogInLimits.Outcome.Succeeded, Device));
    }

    [Fact]
    public void Begin_DeviceThatIsKnown_HasALimitOfItsOwn()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(TimeSpan.Zero, Try("ann", Address, LogInLimits.Outcome.Failed, Device));
        }

        Assert.Equal(TimeSpan.FromSeconds(1), Try("ann", Address, LogInLimits.Outcome.Failed, Device));
        Assert.Equal(TimeSpan.Zero, Fail("ann", Address)); // and the other way round
    }

    [Fact]
    public void Begin_VeryManyNamesAndAddresses_NoLimitIsForgotten()
    {
        for (var i = 0; i < 6; i++)
        {
            _ = Fail("ann", Address);
        }

        for (var i = 0; i < FailureTable.Most + 100; i++)
        {
            _ = Fail($"name{i}", new IPAddress([11, (byte)(i >> 16), (byte)(i >> 8), (byte)i]));
        }

        Assert.NotEqual(TimeSpan.Zero, Fail("ann", IPAddress.Parse("12.0.0.1")));
        Assert.NotEqual(TimeSpan.Zero, Fail("a name that is new", IPAddress.Parse("12.0.0.2"))); // those that come then are counted as one
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(TimeSpan.Zero, Fail("a name that is new", IPAddress.Parse("12.0.0.2")));
    }

    private TimeSpan Fail(string name, IPAddress address) => Try(name, address, LogInLimits.Outcome.Failed);

    private TimeSpan Try(string name, IPAddress address, LogInLimits.Outcome outcome, KnownDevice? device = null)
    {
        var (wait, begun) = _limits.Begin(name, address, device);
        _limits.End(begun, outcome);
        return wait;
    }
}

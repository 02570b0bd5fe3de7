using System.Net;
using Ambianic.Server.Access;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Server.Tests.Access;

public sealed class LogInLimitsTests
{
    private static readonly IPAddress Address = IPAddress.Parse("10.0.0.7");

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
            var wait = _limits.Begin("ann", address);
            waits.Add(wait.TotalSeconds);
            if (wait > TimeSpan.Zero)
            {
                _time.Advance(wait);
                Assert.Equal(TimeSpan.Zero, _limits.Begin("ann", address));
            }
        }

        Assert.Equal([0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60], waits);
    }

    [Fact]
    public void Begin_AddressTriesManyNames_HasToWaitLonger()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(TimeSpan.Zero, _limits.Begin($"name{i}", Address));
        }

        Assert.Equal(TimeSpan.FromSeconds(1), _limits.Begin("another", Address));
        Assert.Equal(TimeSpan.Zero, _limits.Begin("another", IPAddress.Parse("10.0.0.8")));
    }

    [Fact]
    public void Begin_AddressesOfOneIpv6Network_AreOne()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(TimeSpan.Zero, _limits.Begin($"name{i}", IPAddress.Parse($"2001:db8::{i:x}")));
        }

        Assert.NotEqual(TimeSpan.Zero, _limits.Begin("another", IPAddress.Parse("2001:db8::ffff")));
        Assert.Equal(TimeSpan.Zero, _limits.Begin("another", IPAddress.Parse("2001:db8:1::1")));
    }

    [Fact]
    public void Succeeded_OneWhoKnowsAPassword_MayNotGuessThatOfAnother()
    {
        for (var i = 0; i < 9; i++)
        {
            Assert.Equal(TimeSpan.Zero, _limits.Begin($"name{i}", Address));
            Assert.Equal(TimeSpan.Zero, _limits.Begin("mallory", Address));
            _limits.Succeeded("mallory", Address);
        }

        Assert.Equal(TimeSpan.Zero, _limits.Begin("name9", Address));
        Assert.NotEqual(TimeSpan.Zero, _limits.Begin("another", Address));
    }

    [Fact]
    public void Begin_AfterAnHour_HasForgotten()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(TimeSpan.Zero, _limits.Begin("ann", Address));
        }

        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.Zero, _limits.Begin("ann", Address));
        Assert.Equal(TimeSpan.Zero, _limits.Begin("ann", Address));
    }
}

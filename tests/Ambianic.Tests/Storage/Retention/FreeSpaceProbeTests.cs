using Ambianic.Storage.Retention;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Storage.Retention;

public sealed class FreeSpaceProbeTests
{
    private const long Event = 5_000_000;
    private readonly FakeTimeProvider _time = new();
    private readonly FreeSpaceProbe _probe;
    private long _free = 100_000_000;

    public FreeSpaceProbeTests() => _probe = new FreeSpaceProbe(() => _free, _time, new LogRecorder<FreeSpaceProbe>()) { IsWanted = true };

    [Fact]
    public void Review_RemovingMadeNoRoomAndEventsGoOn_GivesUp()
    {
        Remove(madeAtOnce: 0);
        for (var i = 0; i < 6; i++)
        {
            Store();
            _time.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.False(AllowsRemoval());
        Assert.Contains("made 0.0 MB of room", _probe.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Review_RoomComesInTheBackgroundAndEventsTakeIt_GoesOn()
    {
        Remove(madeAtOnce: 0);
        Assert.False(AllowsRemoval());
        Store();
        _free += 1_000_000;

        Assert.True(AllowsRemoval());
        Assert.Null(_probe.Fault);
    }

    [Fact]
    public void Review_RoomCameAtOnce_NextTimeTwiceAsMuchMayGo()
    {
        Remove(madeAtOnce: 1_000_000);

        Assert.True(AllowsRemoval());
        Assert.Equal(2_000_000, _probe.Step);
    }

    private bool AllowsRemoval()
    {
        _probe.Review();
        return _probe.AllowsRemoval;
    }

    private void Remove(long madeAtOnce)
    {
        _probe.BeginRemoval();
        _free += madeAtOnce;
        _probe.EndRemoval(1_000_000);
    }

    private void Store()
    {
        _free -= Event;
        _probe.AddStored(Event);
    }
}

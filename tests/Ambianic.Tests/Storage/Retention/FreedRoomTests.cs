using Ambianic.Storage.Retention;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Storage.Retention;

public sealed class FreedRoomTests
{
    private const long Event = 5_000_000;
    private readonly FakeTimeProvider _time = new();
    private readonly FreedRoom _room;
    private long _free = 100_000_000;

    public FreedRoomTests() => _room = new FreedRoom(() => _free, _time, new LogRecorder<FreedRoom>()) { IsWanted = true };

    [Fact]
    public void MayRemove_RemovingMadeNoRoomAndEventsGoOn_GivesUp()
    {
        Remove(madeAtOnce: 0);
        for (var i = 0; i < 6; i++)
        {
            Store();
            _time.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.False(_room.MayRemove());
        Assert.Contains("made 0.0 MB of room", _room.Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public void MayRemove_RoomComesInTheBackgroundAndEventsTakeIt_GoesOn()
    {
        Remove(madeAtOnce: 0);
        Assert.False(_room.MayRemove());
        Store();
        _free += 1_000_000;

        Assert.True(_room.MayRemove());
        Assert.Null(_room.Trouble);
    }

    [Fact]
    public void MayRemove_RoomCameAtOnce_NextTimeTwiceAsMuchMayGo()
    {
        Remove(madeAtOnce: 1_000_000);

        Assert.True(_room.MayRemove());
        Assert.Equal(2_000_000, _room.Step);
    }

    private void Remove(long madeAtOnce)
    {
        _room.Removing();
        _free += madeAtOnce;
        _room.Removed(1_000_000);
    }

    private void Store()
    {
        _free -= Event;
        _room.Stored(Event);
    }
}

using Ambianic.Core.Frames;
using Ambianic.Core.Mqtt;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Timeline;
using Ambianic.Core.Visibility;
using Ambianic.Core.Vision;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Core.Mqtt;

public sealed class PictureTakerTests
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly FramePool _pool = new();
    private readonly Scene _scene;
    private readonly PictureTaker _taker;

    public PictureTakerTests()
    {
        _scene = new Scenes(_pool, _time).Of("front");
        _taker = new PictureTaker(_scene, new GreyEncoder(), _time);
    }

    [Fact]
    public void Take_APictureThatChanges_GivesOneInEachInterval()
    {
        List<int> given = [];
        for (var second = 0; second < 35; second++)
        {
            given.AddRange(_taker.Take(Every) is { } jpeg ? [jpeg[0]] : []);
            Pass((byte)(second * 7));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([0, 70, 140, 210], given); // each a second old
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public void Take_APictureThatStays_GivesOneEveryFewMinutes()
    {
        var given = 0;
        for (var second = 0; second < 620; second++)
        {
            given += _taker.Take(Every) is null ? 0 : 1;
            Pass(100);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(3, given);
    }

    [Fact]
    public void Take_ADamagedPicture_WaitsForTheNext()
    {
        Assert.Null(_taker.Take(Every));
        Pass(10, PictureDamage.Damaged);
        Assert.Null(_taker.Take(Every));
        Pass(20);

        Assert.Equal(20, _taker.Take(Every)![0]);
    }

    private void Pass(byte grey, PictureDamage damage = PictureDamage.None)
    {
        using var frame = _pool.Rent(64, 36, PixelFormat.I420, damage: damage);
        frame.Buffer.Span.Fill(grey);
        _scene.Begin();
        _scene.Arrive(new Sample(frame), 1);
        _scene.End(TimeSpan.Zero);
    }

    private sealed class GreyEncoder : IEventPictureEncoder
    {
        public byte[] Encode(Frame frame) => [frame.Plane(0)[0]];

        public byte[] Encode(Frame frame, int width, IReadOnlyList<Detection> boxes) => throw new NotSupportedException();

        public (byte[] Picture, byte[] Thumbnail) Encode(Frame frame, Box? region, IReadOnlyList<Detection> boxes) => throw new NotSupportedException();

        public byte[] Card(OutageReport outage) => throw new NotSupportedException();
    }
}

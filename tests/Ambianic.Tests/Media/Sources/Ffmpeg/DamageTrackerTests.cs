using Ambianic.Core.Frames;
using Ambianic.Media.Sources.Ffmpeg;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Media.Sources.Ffmpeg;

public sealed class DamageTrackerTests
{
    private readonly DamageTracker _tracker = new();

    [Fact]
    public void Decode_LossBeforeAKeyFrame_EndsWithTheKeyFrame()
    {
        Assert.Equal(PictureDamage.None, Decode(0, isKey: true));
        _tracker.Notice(isInNextPicture: false);

        Assert.Equal([PictureDamage.Damaged, PictureDamage.Damaged, PictureDamage.None], [Decode(1), Decode(2), Decode(3, isKey: true)]);
    }

    [Fact]
    public void Decode_KeyFrameItselfIsBroken_DamageGoesOn()
    {
        Decode(0, isKey: true);
        _tracker.Notice(isInNextPicture: true);

        Assert.Equal([PictureDamage.Damaged, PictureDamage.Damaged, PictureDamage.None], [Decode(1, isKey: true), Decode(2), Decode(3, isKey: true)]);
    }

    [Fact]
    public void Decode_OneLossAndNoKeyFrame_IsLastingAfterTenSecondsAndOverAfterAMinute()
    {
        Decode(0, isKey: true);
        _tracker.Notice(isInNextPicture: false);

        Assert.Equal([PictureDamage.Damaged, PictureDamage.Lasting, PictureDamage.None], [Decode(9.9), Decode(10), Decode(60)]);
    }

    [Fact]
    public void Decode_LossAfterLossAndNoKeyFrame_IsLastingAfterTenSeconds()
    {
        Decode(0, isKey: true);
        List<PictureDamage> seen = [];
        for (var second = 1; second <= 12; second++)
        {
            _tracker.Notice(isInNextPicture: true);
            seen.Add(Decode(second));
        }

        Assert.Equal([.. Enumerable.Repeat(PictureDamage.Damaged, 9), .. Enumerable.Repeat(PictureDamage.Lasting, 3)], seen);
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(60, false)] // one bad moment in the minute
    public void IsLasting_TenthOfThePicturesIsDamaged_IsToldWhenItWasNotOneMoment(int everySeconds, bool expected)
    {
        var time = new FakeTimeProvider();
        var share = new DamageShare(time);
        for (var second = 0; second < 59; second++)
        {
            share.Add(second % everySeconds < everySeconds / 10 ? PictureDamage.Damaged : PictureDamage.None);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(share.Percent, 8, 12);
        Assert.Equal((expected, false), (share.IsLasting, share.IsOver));
        time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal((0, false, true), (share.Percent, share.IsLasting, share.IsOver));
    }

    private PictureDamage Decode(double seconds, bool isKey = false) => _tracker.Decode(TimeSpan.FromSeconds(seconds), isKey);
}

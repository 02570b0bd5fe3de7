using Ambianic.Core.Frames;
using Ambianic.Core.Health;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Core.Health;

public sealed class FrozenFrameDetectorTests
{
    private const int Width = 320;
    private const int Height = 180;

    private readonly FakeTimeProvider _time = new();
    private readonly FramePool _pool = new();
    private readonly Random _random = new(5);
    private readonly FrozenFrameDetector _watch;

    public FrozenFrameDetectorTests() => _watch = new FrozenFrameDetector(_time);

    [Fact]
    public void State_SamePictureForAMinute_IsFrozenUntilItMoves()
    {
        Watch(seconds: 58, Textured(1));
        Assert.Equal(PictureState.Good, _watch.State);

        Watch(seconds: 5, Textured(1));
        Assert.Equal(PictureState.Frozen, _watch.State);
        Assert.InRange(_watch.Lasts.TotalSeconds, 62, 64);

        Watch(seconds: 1, Textured(2));
        Assert.Equal((PictureState.Good, TimeSpan.Zero), (_watch.State, _watch.Lasts));
    }

    [Theory]
    [InlineData(17, PictureState.Black)]
    [InlineData(120, PictureState.Covered)]
    public void State_OneNoisyColour_IsNoticedAfterTenSeconds(byte luma, PictureState expected)
    {
        Watch(seconds: 9, Flat(luma));
        Assert.Equal(PictureState.Good, _watch.State);

        Watch(seconds: 3, Flat(luma));

        Assert.Equal(expected, _watch.State);
        Assert.InRange(_watch.Lasts.TotalSeconds, 11, 13);
    }

    [Fact]
    public void State_DimRoomWithNoise_IsGood()
    {
        Watch(seconds: 100, Noisy((x, y) => x / 80 % 2 == y / 60 % 2 ? 20 : 32, noise: 12));

        Assert.Equal(PictureState.Good, _watch.State);
    }

    [Fact]
    public void State_ShadeWithNoise_IsCovered()
    {
        Watch(seconds: 12, Noisy((x, _) => 60 + (x / 4), noise: 12)); // a hand before the lens

        Assert.Equal(PictureState.Covered, _watch.State);
    }

    [Fact]
    public void State_BlackWithMuchNoise_IsBlack()
    {
        Watch(seconds: 12, Noisy((_, _) => 10, noise: 25));

        Assert.Equal(PictureState.Black, _watch.State);
    }

    [Theory]
    [Slow]
    [InlineData(10, 25)]
    [InlineData(10, 60)]
    [InlineData(90, 40)]
    [InlineData(90, 70)]
    public void State_StrongNoiseAloneForTenMinutes_NeverLooksGoodAgain(int luma, int noise)
    {
        Watch(seconds: 20, Noisy((_, _) => luma, noise));
        var expected = _watch.State;
        List<PictureState> states = [];
        for (var i = 0; i < 600; i++)
        {
            Watch(seconds: 1, Noisy((_, _) => luma, noise));
            states.Add(_watch.State);
        }

        Assert.NotEqual(PictureState.Good, expected);
        Assert.All(states, state => Assert.Equal(expected, state));
    }

    [Fact]
    public void State_LightInABlackPicture_IsGoodWithinThreeSeconds()
    {
        Watch(seconds: 20, Noisy((_, _) => 10, noise: 25));

        Watch(seconds: 3, Noisy((x, y) => x / 80 % 2 == y / 60 % 2 ? 10 : 60, noise: 25));

        Assert.Equal(PictureState.Good, _watch.State);
    }

    [Fact]
    public void State_ProgramStoodStillForAMinute_NothingIsSaidOfThat()
    {
        Watch(seconds: 30, Textured(1));
        _time.Advance(TimeSpan.FromMinutes(1));

        Watch(seconds: 20, Textured(1));

        Assert.Equal(PictureState.Good, _watch.State);
    }

    [Fact]
    public void State_StillCameraThatGivesAPictureEveryTwentySeconds_IsFoundFrozen()
    {
        for (var i = 0; i < 14; i++)
        {
            Watch(seconds: 1, Textured(1));
            _time.Advance(TimeSpan.FromSeconds(19));
        }

        Assert.Equal(PictureState.Frozen, _watch.State);
    }

    [Fact]
    public void State_StandingPictureWithARunningClock_IsFrozen()
    {
        var second = 0;
        Watch(seconds: 65, pixels =>
        {
            Textured(1)(pixels);
            pixels.Slice(Width * 4, Width).Fill((byte)second++);
        });

        Assert.Equal(PictureState.Frozen, _watch.State);
    }

    [Fact]
    public void State_StandingPictureEncodedInChangingQuality_IsFrozen()
    {
        var picture = 0;
        Watch(seconds: 70, pixels =>
        {
            var quality = picture++ / 2 % 3;
            Noisy((x, y) => (x / 40 * 20) + (y / 40 * 10) + quality, noise: 1)(pixels);
        });

        Assert.Equal(PictureState.Frozen, _watch.State);
    }

    [Fact]
    public void State_TheSameMovementAgainAndAgain_IsGood()
    {
        var picture = 0;
        Watch(seconds: 70, pixels => Textured(picture++ / 2 % 3)(pixels));

        Assert.Equal(PictureState.Good, _watch.State);
    }

    private Fill Noisy(Func<int, int, int> level, int noise) => pixels =>
    {
        for (var i = 0; i < Width * Height; i++)
        {
            pixels[i] = (byte)(level(i % Width, i / Width) + _random.Next(noise));
        }
    };

    private static Fill Textured(int seed) => pixels => new Random(seed).NextBytes(pixels);

    private Fill Flat(byte luma) => pixels =>
    {
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(luma + _random.Next(3));
        }
    };

    [Fact]
    public void State_BlackAfterAnAbsence_IsNotSaidOfTheTimeBetween()
    {
        Watch(seconds: 30, Textured(1));
        _time.Advance(TimeSpan.FromMinutes(1));
        _watch.Connect();

        Watch(seconds: 9, Flat(17));
        Assert.Equal(PictureState.Good, _watch.State);
        Watch(seconds: 3, Flat(17));

        Assert.Equal(PictureState.Black, _watch.State);
        Assert.InRange(_watch.Lasts.TotalSeconds, 10, 13);
    }

    [Fact]
    public void State_StillFrozenAfterAnAbsence_IsSoAtOnceAndSinceTheReturn()
    {
        Watch(seconds: 65, Textured(1));
        _time.Advance(TimeSpan.FromMinutes(1));
        _watch.Connect();

        Watch(seconds: 2, Textured(1));

        Assert.Equal(PictureState.Frozen, _watch.State);
        Assert.InRange(_watch.Lasts.TotalSeconds, 0, 3);
    }

    [Fact]
    public void State_SamePictureOverManyConnections_IsFrozenAfterAMinuteOfIt()
    {
        Connected(times: 2, seconds: 25, Textured(1)); // a camera that answers with an error now and then
        Assert.Equal(PictureState.Good, _watch.State);

        Connected(times: 2, seconds: 25, Textured(1));

        Assert.Equal(PictureState.Frozen, _watch.State);
        Assert.InRange(_watch.Lasts.TotalSeconds, 20, 30); // nothing is said of the time in which there was no picture
    }

    [Theory]
    [InlineData(17, PictureState.Black)]
    [InlineData(120, PictureState.Covered)]
    public void State_NothingToSeeOverManyShortConnections_IsNoticed(byte luma, PictureState expected)
    {
        Connected(times: 2, seconds: 4, Flat(luma));
        Assert.Equal(PictureState.Good, _watch.State);

        Connected(times: 2, seconds: 4, Flat(luma));

        Assert.Equal(expected, _watch.State);
    }

    [Fact]
    public void State_AnotherPictureAfterEachConnection_IsGood()
    {
        for (var picture = 0; picture < 10; picture++)
        {
            Connected(times: 1, seconds: 40, Textured(picture));
            Assert.Equal(PictureState.Good, _watch.State);
        }
    }

    private void Connected(int times, int seconds, Fill fill)
    {
        for (var i = 0; i < times; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(20));
            _watch.Connect();
            Watch(seconds, fill);
        }
    }

    private delegate void Fill(Span<byte> pixels);

    private void Watch(int seconds, Fill fill)
    {
        for (var i = 0; i < seconds * 2; i++)
        {
            using var frame = _pool.Rent(Width, Height, PixelFormat.I420);
            fill(frame.Buffer.Span);
            _watch.See(frame);
            _time.Advance(TimeSpan.FromSeconds(0.5));
        }
    }
}

using Ambianic.Core.Frames;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision;
using Ambianic.Core.Visits;

namespace Ambianic.Tests.Core.Visits;

public sealed class VisitTests : IAsyncDisposable
{
    private Street _street = new();

    public ValueTask DisposeAsync() => _street.DisposeAsync();

    [Fact]
    public async Task Visit_PersonWalksThrough_LastsFromEntryToExit()
    {
        await WalkAsync(0.1, 0.9, seconds: 8);
        await _street.ShowAsync(6);

        var visit = Assert.Single(_street.Visits.All);
        Assert.False(visit.IsOpen);
        Assert.Equal(("front", "camera", "person", 1), (visit.Pipeline, visit.Source, visit.Label, visit.TrackId));
        Assert.Equal(7.8, visit.Dwell.TotalSeconds, tolerance: 0.01);
        Assert.Equal(VisitSpeed.Medium, visit.Speed);
        Assert.InRange(visit.Path.Count, 10, 32);
        Assert.Equal((0.1f, 0.7f), (visit.Path[0].X, visit.Path[0].Y));
        Assert.Equal(0.9f, visit.Path[^1].X, tolerance: 0.05f);
    }

    [Fact]
    public async Task Visit_GoesOn_IsOpenAndItsFirstPictureIsStored()
    {
        await _street.ShowAsync(1, Street.Person(0.5));

        var visit = Assert.Single(_street.Visits.All);
        Assert.True(visit.IsOpen);
        Assert.Equal(Assert.Single(_street.Events.Events).Id, Assert.Single(visit.Pictures).EventId);
    }

    [Fact]
    public async Task Visit_PersonComesNearer_BestPictureIsTheLargest()
    {
        for (var i = 0; i < 40; i++)
        {
            await _street.ShowAsync(0.2, Street.Person(0.5, size: 0.1 + (0.02 * Math.Min(i, 39 - i))));
        }

        await _street.ShowAsync(6);

        var visit = Assert.Single(_street.Visits.All);
        Assert.Equal(3, visit.Pictures.Count);
        Assert.Same(visit.Pictures[1], visit.BestPicture);
        Assert.Equal(0.48f, visit.BestPicture!.Box.Height, tolerance: 0.03f);
    }

    [Fact]
    public async Task Visit_PersonForAnHour_IsOneWithAPictureAMinute()
    {
        _street.Fps = 2;
        for (var second = 0; second < 3600; second++)
        {
            await _street.ShowAsync(1, Street.Person(0.5 + (0.3 * Math.Sin(second / 5.0))));
        }

        await _street.ShowAsync(10);

        var visit = Assert.Single(_street.Visits.All);
        Assert.Equal(3600, visit.Dwell.TotalSeconds, tolerance: 1);
        Assert.InRange(visit.Pictures.Count, 59, 65);
        Assert.Equal(visit.Pictures.Count, _street.Events.Events.Count(seen => seen.Detections.Count > 0));
        Assert.InRange(visit.Path.Count, 10, 32);
    }

    [Fact]
    [Slow]
    public async Task Visit_ParkedCarOverADay_HasTwoPictures()
    {
        _street.Fps = 0.5;
        var light = 1.0;
        var hasCar = false;
        _street.Paint = (luma, width) => Draw(luma, width, light, hasCar);
        for (var x = -0.05; x < 0.5; x += 0.11)
        {
            await _street.ShowAsync(2, Street.Car(x));
        }

        hasCar = true;
        await _street.ShowAsync(60, Street.Car(0.5));
        for (var hour = 0; hour < 24; hour++)
        {
            var isNight = hour is > 8 and < 18;
            for (var minutes = 0; minutes < 60; minutes += 10)
            {
                light = isNight ? (minutes == 20 ? 0.5 : 0.03) : 1; // a lamp shines now and then
                await _street.ShowAsync(584, isNight ? [] : [Street.Car(0.5 + (0.004 * (minutes % 3)))]);
                for (var x = 0.1; x < 0.9; x += 0.1)
                {
                    await _street.ShowAsync(2, isNight ? [] : [Street.Person(x), .. minutes % 20 == 0 ? (Detection[])[] : [Street.Car(0.5)]]);
                }
            }
        }

        hasCar = false;
        for (var x = 0.5; x < 1; x += 0.08)
        {
            await _street.ShowAsync(2, Street.Car(x));
        }

        await _street.ShowAsync(60);

        var visit = Assert.Single(_street.Visits.All, visit => visit.Label == "car");
        Assert.False(visit.IsOpen);
        Assert.InRange(visit.Dwell.TotalHours, 24, 25);
        Assert.Equal(2, visit.Pictures.Count);
    }

    [Fact]
    public async Task Visit_TwoPersons_AreTwo()
    {
        await _street.ShowAsync(5, Street.Person(0.3), Street.Person(0.7));

        Assert.Equal(2, _street.Visits.All.Count);
        Assert.Single(_street.Events.Events); // one picture shows the beginning of both
    }

    [Fact]
    public async Task Visit_PositiveInterval_PicturesAreThoseOfTheInterval()
    {
        _street = new Street(new SaveDetectionsOptions { PositiveInterval = 2, IdleInterval = 1e6 });

        await WalkAsync(0.1, 0.9, seconds: 8);

        Assert.Equal([0, 2, 4, 6], _street.Events.Events.Select(seen => Math.Round((seen.At - _street.Events.Events[0].At).TotalSeconds)));
        Assert.Equal(_street.Events.Events.Select(seen => seen.Id), Assert.Single(_street.Visits.All).Pictures.Select(picture => picture.EventId));
    }

    [Fact]
    public async Task Visit_DiskIsFullForAWhile_GetsItsPictureLater()
    {
        _street.Events.Failure = new IOException("/data: No space left on device");
        await _street.ShowAsync(3, Street.Person(0.5));
        Assert.Empty(Assert.Single(_street.Visits.All).Pictures);

        _street.Events.Failure = null;
        await _street.ShowAsync(8, Street.Person(0.5));

        var picture = Assert.Single(Assert.Single(_street.Visits.All).Pictures);
        Assert.Equal(Assert.Single(_street.Visits.All).Start, picture.At);
    }

    [Fact]
    public async Task Visit_DamagedPicture_BeginsNone()
    {
        _street.Damage = PictureDamage.Damaged;

        await _street.ShowAsync(5, Street.Person(0.5));

        Assert.Empty(_street.Visits.All);
    }

    [Fact]
    public async Task Visit_PipelineStops_EndsWithItsLastPictureAndGivesAllPixelsBack()
    {
        await WalkAsync(0.1, 0.5, seconds: 5);

        await _street.StopAsync();

        var visit = Assert.Single(_street.Visits.All);
        Assert.False(visit.IsOpen);
        Assert.InRange(visit.Pictures[^1].At - visit.Start, TimeSpan.FromSeconds(3.5), TimeSpan.FromSeconds(5));
        Assert.Equal(0, _street.Pool.Outstanding);
    }

    [Fact]
    public async Task Visit_ManyPicturesOfOne_OnlyTheFirstAndThoseOfMinutesAreTold()
    {
        await WalkAsync(0.1, 0.5, seconds: 5);
        await _street.ShowAsync(6);

        Assert.Equal([1, 0], _street.Events.Events.Where(seen => seen.Detections.Count > 0).Select(seen => seen.Notify.Count));
    }

    [Fact]
    public async Task Visit_SamplesOfFivePerSecond_IsNotStoredWithEach()
    {
        await WalkAsync(0.1, 0.9, seconds: 20);

        Assert.InRange(_street.Visits.Puts, 5, 20);
    }

    private async Task WalkAsync(double from, double to, double seconds)
    {
        for (var second = 0.0; second < seconds - 1e-6; second += 0.2)
        {
            await _street.ShowAsync(0.2, Street.Person(from + ((to - from) * second / seconds)));
        }
    }

    private static void Draw(Span<byte> luma, int width, double light, bool hasCar)
    {
        for (var i = 0; i < luma.Length; i++)
        {
            var (x, y) = ((double)(i % width) / width, (double)(i / width) / (luma.Length / width));
            var isCar = hasCar && x is > 0.4 and < 0.6 && y is > 0.4 and < 0.6;
            luma[i] = (byte)Math.Min(255, light * (isCar ? ((i % width) / 3 % 2 == 0 ? 200 : 40) : 60 + (120 * x)));
        }
    }
}

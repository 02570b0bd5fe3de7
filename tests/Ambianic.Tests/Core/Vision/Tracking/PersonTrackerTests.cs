using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Tracking;

namespace Ambianic.Tests.Core.Vision.Tracking;

public sealed class PersonTrackerTests
{
    private const double Fps = 5;
    private readonly PersonTracker _tracker = new(new TrackingRule());
    private int _sample;

    [Fact]
    public void Update_TwoPersonsCross_KeepTheirIds()
    {
        int[] ids = [];
        for (var i = 0; i <= 30; i++)
        {
            // Both walk half a picture height a second; for four samples one hides the other.
            var (left, right) = (0.2f + (0.1f * i), 3.2f - (0.1f * i));
            var hidden = Math.Abs(left - right) < 0.25f;
            Show(hidden ? [Person(left)] : [Person(left), Person(right)]);
            if (i == 5)
            {
                ids = [IdAt(left), IdAt(right)];
            }
        }

        Assert.Equal(ids, new[] { IdAt(3.2f), IdAt(0.2f) });
        Assert.Equal(2, _tracker.Tracks.Count);
    }

    [Fact]
    public void Update_HiddenForASecond_KeepsTheId()
    {
        Repeat(5, Person(1));
        var id = IdAt(1);

        Repeat(5);
        Repeat(2, Person(1.1f));

        Assert.Equal(id, IdAt(1.1f));
    }

    [Fact]
    public void Update_HiddenForLongerThanThePatience_IsSomebodyNew()
    {
        Repeat(5, Person(1));
        Repeat(20);
        Repeat(2, Person(1));

        Assert.Equal(2, Assert.Single(_tracker.Tracks).Id);
    }

    [Fact]
    public void Update_ScoreSinksWhileLying_IsStillFollowed()
    {
        Repeat(5, Person(1));

        Show(new Body(new Box(0.7f, 0.7f, 1.3f, 0.9f), 0.1f, []));

        Assert.True(Assert.Single(_tracker.Tracks).IsSeen);
    }

    [Theory]
    [InlineData(0.14f, 0)]
    [InlineData(0.16f, 1)]
    public void Update_UncertainFromTheBeginning_IsNobody(float score, int tracks)
    {
        Repeat(10, Person(1) with { Score = score });

        Assert.Equal(tracks, _tracker.Tracks.Count);
    }

    [Fact]
    public void Update_SamePersonFoundTwice_IsOneTrack()
    {
        Repeat(5, Person(1), Person(1.02f) with { Score = 0.4f });

        Assert.Single(_tracker.Tracks);
    }

    [Fact]
    public void Update_SeenByTheBoxAlone_IsTheSamePerson()
    {
        Repeat(5, Person(1));
        Repeat(5, Person(1.02f) with { Keypoints = [], Score = 0.4f });

        Assert.Equal(1, Assert.Single(_tracker.Tracks).Id);
    }

    [Fact]
    public void Update_FallsBetweenTwoSamplesOfASlowCamera_IsTheSamePerson()
    {
        Show(Person(1));
        _sample += 2;
        Show(new Body(new Box(0.9f, 0.72f, 1.5f, 0.9f), 0.3f, []));

        Assert.Equal(1, Assert.Single(_tracker.Tracks).Id);
    }

    [Fact]
    public void Update_LostOnTheWayDownAndFoundHalfAsLarge_IsTheSamePerson()
    {
        Repeat(5, Person(1));
        _tracker.Tracks[0].IsFalling = true;
        Repeat(1);
        Show(new Body(new Box(0.85f, 0.7f, 1.15f, 0.9f), 0.3f, []));

        Assert.Equal(1, Assert.Single(_tracker.Tracks).Id);
    }

    [Fact]
    public void Update_TwelvePersonsInARow_AreTwelveTracks()
    {
        for (var i = 0; i < 20; i++)
        {
            var sway = 0.03f * MathF.Sin(i);
            Show([.. Enumerable.Range(0, 12).Select(person => Person((0.3f * person) + sway))]);
        }

        Assert.Equal(Enumerable.Range(1, 12), _tracker.Tracks.Select(track => track.Id));
    }

    /// <summary>Somebody standing, 0.6 picture heights tall.</summary>
    private static Body Person(float x) => new(new Box(x - 0.1f, 0.3f, x + 0.1f, 0.9f), 0.6f, []);

    private void Repeat(int times, params Body[] bodies)
    {
        for (var i = 0; i < times; i++)
        {
            Show(bodies);
        }
    }

    private void Show(params Body[] bodies) => _tracker.Update(TimeSpan.FromSeconds(_sample++ / Fps), bodies);

    private int IdAt(float x) =>
        _tracker.Tracks.MinBy(track => MathF.Abs(((track.Body.Box.XMin + track.Body.Box.XMax) / 2) - x))!.Id;
}

using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;
using CsCheck;

namespace Ambianic.Tests.Core.Vision.Falls;

public sealed class FallPropertyTests
{
    private static readonly Gen<Posture> AnyPosture = Gen.Int[0, 4].Select(
        index => ((Posture[])[Posture.Standing, Posture.Sitting, Posture.Bending, Posture.TyingShoe, Posture.Lying])[index]);

    private static readonly Gen<(Posture To, double Seconds, double Hold, bool Falls, bool Hidden)> AnyScene = Gen.Select(
        AnyPosture, Gen.Double[0.4, 4], Gen.Double[0.2, 20], Gen.Bool, Gen.Int[0, 9].Select(die => die == 0));

    /// <summary>Where people are, in picture widths.</summary>
    private static readonly float[] Places = [0.15f, 0.5f, 0.85f];

    private static readonly Gen<double> AnyRate = Gen.Double[2, 15];

    /// <summary>
    /// A long lie ends in getting up at most once; a fall is answered by recovering or by a long lie, never by both and never by
    /// nothing, whoever else is there and whatever happens to the light. Who gets up may have been told of under another number.
    /// </summary>
    [Fact]
    [Slow]
    public void Observe_AnyStoriesOfSeveral_AnswersEveryFallOnce()
    {
        var people = 0;
        Gen.Select(AnyScene.Array[1, 10].Array[1, 3], AnyRate, Gen.Double[0, 60].Array[0, 3]).Sample((stories, fps, lamps) =>
        {
            var films = stories.Select((story, i) => Tell(story, Places[i]).Hide(30)).ToArray();
            var cinema = new Cinema(films) { Light = now => ((byte)60, lamps.Count(at => at < now) % 2 == 0 ? (byte)60 : (byte)180) };
            foreach (var person in Show(cinema, fps).GroupBy(item => item.Report.Details.Track))
            {
                Interlocked.Increment(ref people);
                var labels = string.Join(' ', person.Select(item => item.Report.Label));
                Assert.Matches("^((FALL (RECOVERED|LONG_LIE( LONG_LIE)?( GOT_UP)?)|PERSON_DOWN( GOT_UP)?|GOT_UP) ?)*$", labels);
            }
        });
        Assert.NotEqual(0, people);
    }

    [Fact]
    [Slow]
    public void Observe_AnyStoriesOfTwo_ReportsNoFallWithoutADescent()
    {
        var falls = 0;
        Gen.Select(AnyScene.Array[1, 10].Array[1, 2], AnyRate).Sample((stories, fps) =>
        {
            var films = stories.Select((story, i) => Tell(story, Places[2 * i])).ToArray();
            foreach (var (time, report) in Show(new Cinema(films), fps).Where(item => item.Report.Label == FallLabels.Fall))
            {
                Interlocked.Increment(ref falls);
                var box = report.Body.RelativeBox(Film.Aspect);
                var film = films.MinBy(film => Math.Abs(film.X - ((box.XMin + box.XMax) / 2)))!;
                var heights = Enumerable.Range(0, 60)
                    .Select(i => film.At(time - 6 + (i / 10.0)))
                    .OfType<Detection>()
                    .Select(person => Spine.Of(person.Keypoints, 0)!.Value.Shoulders.Y)
                    .ToList();
                var descent = heights.Select((height, i) => height - heights.Take(i + 1).Min()).Max();
                Assert.True(descent > 0.2f * film.Height, $"a fall at {time} s, but the shoulders stayed up");
            }
        });
        Assert.NotEqual(0, falls);
    }

    [Fact]
    [Slow]
    public void Observe_EverybodyMovesSlowly_ReportsNoFall() =>
        Gen.Select(AnyScene.Array[1, 10], AnyRate).Sample((story, fps) =>
        {
            var slow = story.Select(scene => scene with { Seconds = 4 + scene.Seconds, Falls = false, Hidden = false });

            Assert.DoesNotContain(Show(new Cinema(Tell([.. slow], Places[1])), fps), item => item.Report.Label == FallLabels.Fall);
        });

    private static Film Tell((Posture To, double Seconds, double Hold, bool Falls, bool Hidden)[] story, float x)
    {
        var film = new Film { X = x }.Hold(Posture.Standing, 1);
        foreach (var (to, seconds, hold, falls, hidden) in story)
        {
            _ = falls ? film.Fall(to, seconds) : film.Move(to, seconds);
            _ = hidden ? film.Hide(hold) : film.Hold(hold);
        }

        return film;
    }

    private static List<(double Time, PersonReport Report)> Show(Cinema cinema, double fps) =>
        cinema.ShowAsync(fps).GetAwaiter().GetResult(); // nothing in it waits
}

using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Elements;

namespace Ambianic.Evaluation.Accuracy;

/// <summary>Whether a detection is right.</summary>
public enum Verdict
{
    /// <summary>There is no such object, or a more confident detection has matched it.</summary>
    Wrong,

    /// <summary>It matches an object.</summary>
    Right,

    /// <summary>It lies on a crowd, whose members are not labelled: neither right nor wrong.</summary>
    Ignored,
}

/// <summary>A detection and whether it is right.</summary>
/// <param name="Label">Its label.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Verdict">At the overlap that its label needs, see <see cref="EnoughFor"/>.</param>
/// <param name="Verdicts">At each of <see cref="Overlaps"/>. A lower overlap may be worse for a detection than a higher one: a more confident detection may match its object there.</param>
public readonly record struct JudgedDetection(string Label, float Confidence, Verdict Verdict, IReadOnlyList<Verdict> Verdicts)
{
    /// <summary>The most detections of one label in one picture; COCO counts the most confident ones.</summary>
    private const int MostDetections = 100;

    /// <summary>Intersections over union that COCO asks for: .5, .55, … .95.</summary>
    public static IReadOnlyList<float> Overlaps { get; } = [.. Enumerable.Range(0, 10).Select(step => (50 + (5 * step)) / 100f)];

    /// <summary>True when it overlaps an object enough that no more confident detection has matched.</summary>
    public bool IsRight => Verdict == Verdict.Right;

    /// <summary>True when it overlaps no object enough and lies on a crowd.</summary>
    public bool IsIgnored => Verdict == Verdict.Ignored;

    /// <summary>The intersection over union that makes a detection right: 0.5, and less for poses, whose box is around the joints.</summary>
    public static float EnoughFor(ModelRole role) => role == ModelRole.Poses ? DetectPoses.SamePerson : Overlaps[0];

    /// <summary>The verdict at one of <see cref="Overlaps"/>.</summary>
    public Verdict At(float overlap) => Verdicts[(int)MathF.Round((overlap - Overlaps[0]) * 20)];

    /// <summary>
    /// Judges the detections of one picture: separately at each overlap, the most confident first, each is matched to the object of its
    /// label that it overlaps most and that is not matched yet, else to a crowd that it lies in.
    /// </summary>
    /// <param name="detections">What was found.</param>
    /// <param name="truth">The labelled objects.</param>
    /// <param name="enough">The overlap that makes a detection right, see <see cref="EnoughFor"/>.</param>
    /// <remarks>COCO's evaluation, as in pycocotools.</remarks>
    public static IEnumerable<JudgedDetection> Judge(IEnumerable<Detection> detections, IReadOnlyList<TrueBox> truth, float enough)
    {
        foreach (var alike in detections.GroupBy(detection => detection.Label))
        {
            Detection[] sorted = [.. alike.OrderByDescending(detection => detection.Confidence).Take(MostDetections)];
            TrueBox[] things = [.. truth.Where(thing => thing.Label == alike.Key).OrderBy(thing => thing.IsCrowd)];
            var right = Match(sorted, things, enough);
            var verdicts = Overlaps.Select(overlap => Match(sorted, things, overlap)).ToList();
            for (var i = 0; i < sorted.Length; i++)
            {
                yield return new JudgedDetection(alike.Key, sorted[i].Confidence, right[i], [.. verdicts.Select(at => at[i])]);
            }
        }
    }

    /// <param name="sorted">Most confident first.</param>
    /// <param name="things">Crowds last.</param>
    /// <param name="overlap">The least that counts.</param>
    private static Verdict[] Match(Detection[] sorted, TrueBox[] things, float overlap)
    {
        var taken = new bool[things.Length];
        return Array.ConvertAll(sorted, detection =>
        {
            var (best, most) = (-1, overlap);
            for (var i = 0; i < things.Length && (best < 0 || !things[i].IsCrowd); i++)
            {
                var found = things[i].OverlapOf(detection.Box);
                if (!taken[i] && found >= most)
                {
                    (best, most) = (i, found);
                }
            }

            if (best < 0 || things[best].IsCrowd)
            {
                return best < 0 ? Verdict.Wrong : Verdict.Ignored;
            }

            taken[best] = true;
            return Verdict.Right;
        });
    }
}

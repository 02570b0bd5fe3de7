using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Decoders;
using CsCheck;

namespace Ambianic.Tests.Core.Vision.Decoders;

public sealed class NonMaximumSuppressionTests
{
    private static readonly Gen<Box> Boxes = Gen.Select(
        Gen.Float[0, 1], Gen.Float[0, 1], Gen.Float[0, 1], Gen.Float[0, 1],
        (x1, y1, x2, y2) => new Box(MathF.Min(x1, x2), MathF.Min(y1, y2), MathF.Max(x1, x2), MathF.Max(y1, y2)));

    private static readonly Gen<List<Candidate>> Candidates = Gen.Select(
        Gen.Int[0, 2], Gen.Int[0, 4], Boxes, (label, score, box) => new Candidate(label, score / 4f, box)).List[0, 40];

    [Fact]
    public void IoU_AnyTwoBoxes_IsSymmetricAndBetween0And1() => Gen.Select(Boxes, Boxes).Sample((a, b) =>
    {
        Assert.Equal(a.IoU(b), b.IoU(a));
        Assert.InRange(a.IoU(b), 0, 1.0001f);
    });

    [Fact]
    public void IoU_WithItself_Is1() => Boxes.Where(box => box.Area > 1e-6).Sample(box => Assert.Equal(1, box.IoU(box), tolerance: 0.001f));

    [Fact]
    public void Apply_Twice_IsTheSameAsOnce() => Candidates.Sample(candidates =>
    {
        var once = Suppressed(candidates);

        Assert.Equal(once, Suppressed(once));
    });

    [Fact]
    public void Apply_AnyOrder_GivesTheSame() => Gen.Select(Candidates, Gen.Int[0, int.MaxValue - 1]).Sample((candidates, seed) =>
    {
        var shuffled = candidates.ToArray();
        new Random(seed).Shuffle(shuffled);

        Assert.Equal(Suppressed(candidates), Suppressed(shuffled));
    });

    [Fact]
    public void Apply_OverlapOfOneClass_KeepsTheBetter()
    {
        var better = new Candidate(0, 0.9f, new Box(0, 0, 10, 10));
        var worse = new Candidate(0, 0.8f, new Box(1, 0, 11, 10));
        var other = new Candidate(1, 0.7f, new Box(1, 0, 11, 10));

        Assert.Equal([better, other], Suppressed([other, worse, better]));
    }

    [Fact]
    public void Apply_VeryManyCandidates_KeepsTheBest()
    {
        var many = Enumerable.Range(0, 5000).Select(i => new Candidate(0, i / 5000f, new Box(i * 2, 0, (i * 2) + 1, 1))).ToList();

        var kept = Suppressed(many);

        Assert.Equal(NonMaximumSuppression.MaximumCandidates, kept.Count);
        Assert.Equal(many[^1], kept[0]);
    }

    private static List<Candidate> Suppressed(IEnumerable<Candidate> candidates)
    {
        List<Candidate> list = [.. candidates];
        NonMaximumSuppression.Apply(list, 0.5f);
        return list;
    }
}

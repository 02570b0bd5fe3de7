namespace Ambianic.Core.Vision.Decoders;

/// <summary>
/// Keeps of several candidates for one thing only the best: greedy, class by class. The result depends neither on the
/// order of the candidates nor on how often it is applied.
/// </summary>
public static class NonMaximumSuppression
{
    /// <summary>More candidates than this, the weakest of them, are dropped beforehand: bounds the time when a threshold is near 0.</summary>
    public const int MaximumCandidates = 1000;

    /// <summary>An overlap that no two boxes exceed: everything is kept.</summary>
    public const float KeepAll = 1;

    private static readonly Comparer<Candidate> BestFirst = Comparer<Candidate>.Create(Compare);

    /// <summary>Removes every candidate that overlaps a better one of its class by more than <paramref name="overlap"/>, and sorts the rest, best first.</summary>
    /// <param name="candidates">Changed in place.</param>
    /// <param name="overlap">Intersection over union, 0 to 1; <see cref="KeepAll"/> only sorts.</param>
    public static void Apply(List<Candidate> candidates, float overlap)
    {
        candidates.Sort(BestFirst);
        var count = Math.Min(candidates.Count, MaximumCandidates);
        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            if (overlap >= KeepAll || !IsSuppressed(candidates, kept, candidates[i], overlap))
            {
                candidates[kept++] = candidates[i];
            }
        }

        candidates.RemoveRange(kept, candidates.Count - kept);
    }

    private static bool IsSuppressed(List<Candidate> candidates, int kept, in Candidate candidate, float overlap)
    {
        for (var i = 0; i < kept; i++)
        {
            if (candidates[i].Label == candidate.Label && candidates[i].Box.IoU(candidate.Box) > overlap)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>By score, then by everything else, so that equal scores do not make the result depend on the order.</summary>
    private static int Compare(Candidate a, Candidate b)
    {
        var order = b.Score.CompareTo(a.Score);
        order = order != 0 ? order : a.Label.CompareTo(b.Label);
        order = order != 0 ? order : a.Box.XMin.CompareTo(b.Box.XMin);
        order = order != 0 ? order : a.Box.YMin.CompareTo(b.Box.YMin);
        order = order != 0 ? order : a.Box.XMax.CompareTo(b.Box.XMax);
        return order != 0 ? order : a.Box.YMax.CompareTo(b.Box.YMax);
    }
}

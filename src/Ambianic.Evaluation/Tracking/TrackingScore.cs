using Ambianic.Core.Vision.Tracking;

namespace Ambianic.Evaluation.Tracking;

/// <summary>
/// How well objects were followed, all 0 to 1. HOTA is the geometric mean of how well objects are found and how well they keep
/// their identity, over 19 thresholds of IoU (J. Luiten et al., "HOTA: A Higher Order Metric for Evaluating Multi-Object Tracking",
/// IJCV 2021). IDF1 is the F1 score of samples in which an object has the identity that suits it best (E. Ristani et al., "Performance
/// Measures and a Data Set for Multi-Target, Multi-Camera Tracking", ECCV 2016), at an IoU of 0.5.
/// </summary>
/// <param name="Hota">Higher order tracking accuracy.</param>
/// <param name="Detection">Its part for finding: DetA.</param>
/// <param name="Association">Its part for identities: AssA.</param>
/// <param name="Idf1">Identification F1.</param>
internal sealed record TrackingScore(double Hota, double Detection, double Association, double Idf1)
{
    private const double IdentityOverlap = 0.5;
    private const int Thresholds = 19;

    /// <summary>Compares what was followed with the truth.</summary>
    /// <param name="truth">Per sample its objects, each identity at most once.</param>
    /// <param name="followed">The same samples.</param>
    public static TrackingScore Of(IReadOnlyList<IReadOnlyList<TrackedBox>> truth, IReadOnlyList<IReadOnlyList<TrackedBox>> followed)
    {
        var (rows, columns) = (Identities(truth), Identities(followed));
        var alignment = Alignment(truth, followed, rows, columns);
        var matches = new int[Thresholds][,];
        for (var i = 0; i < Thresholds; i++)
        {
            matches[i] = new int[rows.Count, columns.Count];
        }

        var found = new int[Thresholds];
        for (var sample = 0; sample < truth.Count; sample++)
        {
            foreach (var (row, column, overlap) in Pairs(truth[sample], followed[sample], (a, b) => alignment[rows[a.Id].Index, columns[b.Id].Index] * a.Box.IoU(b.Box)))
            {
                for (var i = 0; i < Thresholds && overlap >= 0.05 * (i + 1) - 1e-9; i++)
                {
                    found[i]++;
                    matches[i][rows[row].Index, columns[column].Index]++;
                }
            }
        }

        var all = rows.Values.Sum(identity => identity.Samples) + columns.Values.Sum(identity => identity.Samples);
        var scores = Enumerable.Range(0, Thresholds).Select(i =>
        {
            var detection = found[i] / (double)Math.Max(1, all - found[i]);
            var association = SharedIdentity(matches[i], rows, columns) / Math.Max(1, found[i]);
            return (Hota: Math.Sqrt(detection * association), detection, association);
        }).ToList();
        return new TrackingScore(
            scores.Average(score => score.Hota),
            scores.Average(score => score.detection),
            scores.Average(score => score.association),
            2.0 * BestIdentities(truth, followed, rows, columns) / Math.Max(1, all));
    }

    private static Dictionary<int, (int Index, int Samples)> Identities(IReadOnlyList<IReadOnlyList<TrackedBox>> samples) =>
        samples.SelectMany(boxes => boxes).GroupBy(box => box.Id).Select((group, index) => (group.Key, index, Count: group.Count()))
            .ToDictionary(item => item.Key, item => (item.index, item.Count));

    /// <summary>How much two identities have to do with each other over all samples, 0 to 1.</summary>
    private static double[,] Alignment(
        IReadOnlyList<IReadOnlyList<TrackedBox>> truth,
        IReadOnlyList<IReadOnlyList<TrackedBox>> followed,
        Dictionary<int, (int Index, int Samples)> rows,
        Dictionary<int, (int Index, int Samples)> columns)
    {
        var shared = new double[rows.Count, columns.Count];
        for (var sample = 0; sample < truth.Count; sample++)
        {
            foreach (var real in truth[sample])
            {
                foreach (var seen in followed[sample])
                {
                    var overlap = real.Box.IoU(seen.Box);
                    var others = followed[sample].Sum(other => real.Box.IoU(other.Box)) + truth[sample].Sum(other => other.Box.IoU(seen.Box)) - overlap;
                    shared[rows[real.Id].Index, columns[seen.Id].Index] += others > 0 ? overlap / others : 0;
                }
            }
        }

        foreach (var (row, inTruth) in rows.Values)
        {
            foreach (var (column, inFollowed) in columns.Values)
            {
                shared[row, column] /= inTruth + inFollowed - shared[row, column];
            }
        }

        return shared;
    }

    private static double SharedIdentity(int[,] matches, Dictionary<int, (int Index, int Samples)> rows, Dictionary<int, (int Index, int Samples)> columns)
    {
        var sum = 0.0;
        foreach (var (row, inTruth) in rows.Values)
        {
            foreach (var (column, inFollowed) in columns.Values)
            {
                var both = matches[row, column];
                sum += both * both / (double)(inTruth + inFollowed - both);
            }
        }

        return sum;
    }

    /// <summary>Samples that agree when each real identity is given the followed one that makes most of them agree.</summary>
    private static int BestIdentities(
        IReadOnlyList<IReadOnlyList<TrackedBox>> truth,
        IReadOnlyList<IReadOnlyList<TrackedBox>> followed,
        Dictionary<int, (int Index, int Samples)> rows,
        Dictionary<int, (int Index, int Samples)> columns)
    {
        var agreed = new int[rows.Count, columns.Count];
        for (var sample = 0; sample < truth.Count; sample++)
        {
            foreach (var real in truth[sample])
            {
                foreach (var seen in followed[sample].Where(seen => real.Box.IoU(seen.Box) >= IdentityOverlap))
                {
                    agreed[rows[real.Id].Index, columns[seen.Id].Index]++;
                }
            }
        }

        var chosen = Solve(rows.Count, columns.Count, (row, column) => agreed[row, column]);
        return chosen.Select((column, row) => column < 0 ? 0 : agreed[row, column]).Sum();
    }

    private static IEnumerable<(int Row, int Column, double Overlap)> Pairs(
        IReadOnlyList<TrackedBox> truth, IReadOnlyList<TrackedBox> followed, Func<TrackedBox, TrackedBox, double> score)
    {
        var chosen = Solve(truth.Count, followed.Count, (row, column) => score(truth[row], followed[column]));
        for (var row = 0; row < chosen.Length; row++)
        {
            if (chosen[row] >= 0)
            {
                yield return (truth[row].Id, followed[chosen[row]].Id, truth[row].Box.IoU(followed[chosen[row]].Box));
            }
        }
    }

    /// <summary>Pairs rows with columns so that the sum of scores is greatest; a score of 0 makes no pair.</summary>
    private static int[] Solve(int rows, int columns, Func<int, int, double> score)
    {
        var assignment = new Assignment();
        assignment.Begin(rows, columns);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                assignment[row, column] = -score(row, column);
            }
        }

        return assignment.Solve(0).ToArray();
    }
}

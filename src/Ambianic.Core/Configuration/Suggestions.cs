namespace Ambianic.Core.Configuration;

/// <summary>Guesses what a misspelt word was meant to be.</summary>
public static class Suggestions
{
    private const int LongestWord = 100;
    private const int MostCandidates = 1000;

    /// <summary>The candidate that is fewest typing errors away, regardless of case; null when none is near enough to be meant.</summary>
    /// <remarks>Near enough: up to a third of the word, at least one, at most four errors. A swap of neighbours is one error.</remarks>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        if (word.Length > LongestWord)
        {
            return null;
        }

        var allowed = Math.Clamp(word.Length / 3, 1, 4);
        return candidates
            .Take(MostCandidates)
            .Where(candidate => Math.Abs(candidate.Length - word.Length) <= allowed)
            .Select(candidate => (Candidate: candidate, Distance: Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant())))
            .Where(pair => pair.Distance <= allowed)
            .OrderBy(pair => pair.Distance)
            .Select(pair => pair.Candidate)
            .FirstOrDefault();
    }

    /// <summary>Optimal string alignment distance (Damerau 1964, with each pair of neighbours swapped at most once).</summary>
    private static int Distance(string left, string right)
    {
        var table = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            for (var j = 0; j <= right.Length; j++)
            {
                table[i, j] = i == 0 ? j : j == 0 ? i : Best(i, j);
            }
        }

        return table[left.Length, right.Length];

        int Best(int i, int j)
        {
            var replaced = table[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
            var best = Math.Min(replaced, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
            var swapped = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
            return swapped ? Math.Min(best, table[i - 2, j - 2] + 1) : best;
        }
    }
}

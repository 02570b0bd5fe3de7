namespace Ambianic.Core.Vision.Tracking;

/// <summary>What an object was taken for, weighted by confidence: one picture in which a dog looks like a cat changes nothing.</summary>
internal sealed class LabelVotes
{
    private const int Most = 6;
    private readonly string[] _labels = new string[Most];
    private readonly double[] _votes = new double[Most];
    private int _count;

    /// <summary>The label with most votes; empty before the first.</summary>
    public string Winner { get; private set; } = "";

    /// <summary>True when the object was given this label before.</summary>
    public bool Has(string label) => IndexOf(label) >= 0;

    /// <summary>Takes a detection into account. A seventh label replaces the one with fewest votes.</summary>
    public void Add(string label, double confidence)
    {
        var index = IndexOf(label);
        if (index < 0)
        {
            index = _count < Most ? _count++ : Fewest();
            (_labels[index], _votes[index]) = (label, 0);
        }

        _votes[index] += confidence;
        if (Winner.Length == 0 || _votes[index] > _votes[IndexOf(Winner)])
        {
            Winner = label;
        }
    }

    private int IndexOf(string label)
    {
        for (var i = 0; i < _count; i++)
        {
            if (string.Equals(_labels[i], label, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }

    private int Fewest()
    {
        var fewest = 0;
        for (var i = 1; i < _count; i++)
        {
            fewest = _votes[i] < _votes[fewest] ? i : fewest;
        }

        return fewest;
    }
}

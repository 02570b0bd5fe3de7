namespace Ambianic.Core.Vision.Decoders;

/// <summary>What a decoder read from a model's outputs, before suppression.</summary>
/// <param name="Label">Class index.</param>
/// <param name="Score">The model's own score, 0 to 1.</param>
/// <param name="Box">In pixels of the input tensor.</param>
/// <param name="FirstPoint">Index of its first key point in <see cref="CandidateList.Points"/>.</param>
public readonly record struct Candidate(int Label, float Score, Box Box, int FirstPoint = 0);

/// <summary>A key point of a candidate, in pixels of the input tensor.</summary>
public readonly record struct CandidatePoint(float X, float Y, float Score);

/// <summary>Collects candidates and their key points; reused from frame to frame.</summary>
public sealed class CandidateList
{
    /// <summary>All candidates.</summary>
    public List<Candidate> Items { get; } = [];

    /// <summary>The key points of all candidates, the same number for each.</summary>
    public List<CandidatePoint> Points { get; } = [];

    /// <summary>Adds a candidate; the points that are added next are its own.</summary>
    public void Add(int label, float score, Box box) => Items.Add(new Candidate(label, score, box, Points.Count));

    /// <summary>Forgets everything, keeps the memory.</summary>
    public void Clear()
    {
        Items.Clear();
        Points.Clear();
    }
}

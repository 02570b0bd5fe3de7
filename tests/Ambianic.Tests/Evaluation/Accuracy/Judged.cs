using Ambianic.Evaluation.Accuracy;

namespace Ambianic.Tests.Evaluation.Accuracy;

/// <summary>Detections that nothing competes with.</summary>
internal static class Judged
{
    /// <summary>Right wherever no more overlap is asked for than it has.</summary>
    public static JudgedDetection Of(string label, float confidence, float overlap)
    {
        return new(label, confidence, VerdictAt(0.5f), [.. JudgedDetection.Overlaps.Select(VerdictAt)]);

        Verdict VerdictAt(float least) => overlap >= least ? Verdict.Right : Verdict.Wrong;
    }
}

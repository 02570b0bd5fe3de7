using System.Text.Json;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Vision.Motion;

namespace Ambianic.Server.Api;

/// <summary>How many frames a model looked at since the start, and why.</summary>
/// <param name="Reason">Of the latest frame: a word of <see cref="LookReason"/>; <c>quiet</c> when it was not looked at.</param>
/// <param name="Frames">Frames for which each was the reason.</param>
internal sealed record MotionReport(string Reason, IReadOnlyDictionary<string, long> Frames)
{
    /// <summary>What a pipeline's scene says; null when nothing was decided yet.</summary>
    public static MotionReport? Of(Scene scene)
    {
        var frames = Enum.GetValues<LookReason>().ToDictionary(Word, scene.Looks);
        return frames.Values.All(count => count == 0) ? null : new MotionReport(Word(scene.Reason), frames);
    }

    private static string Word(LookReason reason) => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());
}

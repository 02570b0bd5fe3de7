using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Decoders;
using Ambianic.Core.Vision.Input;

namespace Ambianic.Tests.Core.Vision.Decoders;

/// <summary>Runs a decoder as a session does.</summary>
internal static class Decoding
{
    /// <summary>Candidates after suppression, best first, boxes relative to the picture.</summary>
    public static List<Candidate> Decode(
        string decoder, IReadOnlyList<ModelOutput> outputs, ModelInput input, float threshold, int pictureWidth, int pictureHeight)
    {
        var letterbox = Letterbox.Fit(input, pictureWidth, pictureHeight, null);
        var found = new CandidateList();
        var named = DetectionDecoders.Get(decoder);
        named.Decode(outputs, letterbox, threshold, found);
        NonMaximumSuppression.Apply(found.Items, named.Overlap(outputs, letterbox.TensorWidth, letterbox.TensorHeight));
        return [.. found.Items.Select(candidate => candidate with { Box = letterbox.ToRegion(candidate.Box) })];
    }

    public static void AssertClose(Box expected, Box actual, float tolerance)
    {
        Assert.Equal(expected.XMin, actual.XMin, tolerance);
        Assert.Equal(expected.YMin, actual.YMin, tolerance);
        Assert.Equal(expected.XMax, actual.XMax, tolerance);
        Assert.Equal(expected.YMax, actual.YMax, tolerance);
    }
}

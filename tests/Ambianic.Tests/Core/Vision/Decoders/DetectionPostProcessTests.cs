using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Decoders;
using Ambianic.OnnxImport.Tflite;

namespace Ambianic.Tests.Core.Vision.Decoders;

public sealed class DetectionPostProcessTests
{
    private static readonly float[] Anchors = [0.5f, 0.5f, 0.2f, 0.2f, 0.5f, 0.52f, 0.2f, 0.2f, 0.1f, 0.1f, 0.1f, 0.1f];

    [Fact]
    public void Apply_FastMode_SuppressesAcrossClassesByTheBestScore()
    {
        // Background, then two classes; the first two anchors overlap.
        var found = Apply(Settings(), [0, 0.9f, 0.1f, 0, 0.2f, 0.8f, 0, 0.3f, 0.6f]);

        Assert.Equal([(0, 0.9f), (1, 0.6f)], found.Select(item => (item.Label, item.Score)));
        var box = found[0].Box;
        Assert.Equal((0.4f, 0.4f, 0.6f, 0.6f), (box.XMin, box.YMin, box.XMax, box.YMax));
    }

    [Fact]
    public void Apply_RegularMode_SuppressesClassByClass()
    {
        var found = Apply(Settings() with { IsRegular = true }, [0, 0.9f, 0.1f, 0, 0.2f, 0.8f, 0, 0.3f, 0.6f]);

        Assert.Equal([(0, 0.9f), (1, 0.8f), (1, 0.6f), (0, 0.3f)], found.Select(item => (item.Label, item.Score)));
    }

    [Fact]
    public void Apply_SeveralClassesPerDetection_ReportsTheBestOfEachBox()
    {
        var found = Apply(Settings() with { ClassesPerDetection = 2 }, [0, 0.9f, 0.1f, 0, 0.2f, 0.8f, 0, 0.3f, 0.6f]);

        Assert.Equal([(0, 0.9f), (1, 0.1f), (1, 0.6f), (0, 0.3f)], found.Select(item => (item.Label, item.Score)));
    }

    [Fact]
    public void Apply_MoreThanAsked_KeepsTheBest() =>
        Assert.Equal(0.9f, Assert.Single(Apply(Settings() with { MostDetections = 1 }, [0, 0.9f, 0, 0, 0, 0, 0, 0.6f, 0])).Score);

    [Fact]
    public void Apply_NoBackgroundColumn_CountsClassesFromTheFirst() =>
        Assert.Equal(1, Apply(Settings(), [0.1f, 0.9f, 0, 0, 0, 0])[0].Label);

    [Fact]
    public void Apply_OutputsOfDifferentModels_AreRefused() =>
        Assert.Throws<InferenceException>(() => Apply(Settings(), [1, 2, 3, 4]));

    [Fact]
    public void FromTensor_OfWhatTheImporterWrites_IsTheSame()
    {
        var written = new PostProcessing
        {
            MostDetections = 10,
            ClassesPerDetection = 1,
            DetectionsPerClass = 100,
            IsRegular = false,
            ScoreThreshold = 0.25f,
            OverlapThreshold = 0.6f,
            Classes = 2,
            ScaleY = 10,
            ScaleX = 10,
            ScaleHeight = 5,
            ScaleWidth = 5,
        };

        Assert.Equal(Settings(), DetectionPostProcess.FromTensor(written.ToTensor()));
        Assert.Equal(
            [PostProcessing.Boxes, PostProcessing.Scores, PostProcessing.Anchors, PostProcessing.Parameters],
            [DetectionPostProcess.Boxes, DetectionPostProcess.Scores, DetectionPostProcess.Anchors, DetectionPostProcess.Parameters]);
    }

    [Fact]
    public void FromTensor_OfAnotherLength_IsRefused() =>
        Assert.Throws<InferenceException>(() => DetectionPostProcess.FromTensor([1, 2, 3]));

    private static List<Candidate> Apply(DetectionPostProcess settings, float[] scores)
    {
        var found = new List<Candidate>();
        settings.Apply(new float[Anchors.Length], scores, Anchors, found);
        return found;
    }

    private static DetectionPostProcess Settings() => new()
    {
        MostDetections = 10,
        ClassesPerDetection = 1,
        DetectionsPerClass = 100,
        IsRegular = false,
        ScoreThreshold = 0.25f,
        OverlapThreshold = 0.6f,
        Classes = 2,
        ScaleY = 10,
        ScaleX = 10,
        ScaleHeight = 5,
        ScaleWidth = 5,
    };
}

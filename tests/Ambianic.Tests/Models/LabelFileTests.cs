namespace Ambianic.Models;

public sealed class LabelFileTests
{
    [Fact]
    public void Read_PlainLines_CountsFromZero() => Assert.Equal(["person", "traffic light"], Read("person\ntraffic light\n\n"));

    [Fact]
    public void Read_IndexedLines_PutsLabelsAtTheirIndex() =>
        Assert.Equal(["person", "class 1", "traffic light"], Read("2  traffic light\n0  person\r\n"));

    [Fact]
    public void Read_TabAfterTheIndex_IsSplitThere() => Assert.Equal(["class 0", "FALL"], Read("1\tFALL"));

    [Fact]
    public void Read_LabelsThatStartWithADigit_AreNotMistakenForIndices() =>
        Assert.Equal(["3d printer", "person"], Read("3d printer\nperson"));

    [Theory]
    [InlineData("")]
    [InlineData("\n \n")]
    public void Read_NoLabels_IsAnErrorThatNamesTheFile(string content)
    {
        var error = Assert.Throws<ModelException>(() => Read(content));

        Assert.Contains("labels.txt holds no labels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ImmenseIndex_IsAnError() => Assert.Throws<ModelException>(() => Read("99999999999999 x"));

    [Fact]
    public void Read_MissingFile_IsAnErrorThatNamesTheFile() =>
        Assert.Contains("/nowhere/labels.txt", Assert.Throws<ModelException>(() => LabelFile.Read("/nowhere/labels.txt")).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_LabelsOfTheReferenceSystem_HoldsThoseOfTheCatalogAndNinetyIndices()
    {
        var labels = LabelFile.Read(TestData.Require("models/coco_labels.txt"));

        Assert.Equal(90, labels.Count);
        Assert.Equal(LabelSets.Coco80, labels.Where(label => !label.StartsWith("class ", StringComparison.Ordinal)));
    }

    private static IReadOnlyList<string> Read(string content)
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["labels.txt"], content);
        return LabelFile.Read(directory["labels.txt"]);
    }
}

using Ambianic.Core.Vision;
using Ambianic.Evaluation.Accuracy;

namespace Ambianic.Tests.Evaluation.Accuracy;

public sealed class LabelledPictureTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    [Fact]
    public void Load_YoloFolder_GivesNamedBoxes()
    {
        Write("images/a.jpg", "");
        Write("images/b.png", "");
        Write("labels/a.txt", "1 0.5 0.5 0.2 0.4\n\n0 0.1 0.1 0.4 0.2\n");
        Write("data.yaml", "names:\n  0: person\n  1: dog\n");

        var pictures = LabelledPicture.Load(At("images"), At("labels"));

        Assert.Equal(["a.jpg", "b.png"], pictures.Select(picture => Path.GetFileName(picture.Path)));
        Assert.Equal(["dog", "person"], pictures[0].Boxes.Select(box => box.Label));
        Assert.Equal(0, pictures[0].Boxes[1].Box.XMin);
        Assert.InRange(pictures[0].Boxes[0].Box.IoU(new Box(0.4f, 0.3f, 0.6f, 0.7f)), 0.999f, 1.001f);
        Assert.Empty(pictures[1].Boxes);
    }

    [Fact]
    public void Load_BrokenYoloLine_NamesFileAndLine()
    {
        Write("images/a.jpg", "");
        Write("labels/a.txt", "0 0.5 0.5 0.2 0.4\n0 0.5 x 0.2 0.4\n");
        Write("labels/classes.txt", "person\n");

        var error = Assert.Throws<InvalidDataException>(() => LabelledPicture.Load(At("images"), At("labels")));

        Assert.Contains("a.txt:2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0 0.5 0.5 NaN 0.4", "from 0 to 1")]
    [InlineData("0 0.5 0.5 1e40 0.4", "from 0 to 1")]
    [InlineData("0 320 240 100 50", "from 0 to 1")]
    [InlineData("0 0.5 0.5 0.2", "class x y width height")]
    [InlineData("0 0.1 0.1 0.9 0.1 0.9 0.9", "class x y width height")]
    [InlineData("person 0.5 0.5 0.2 0.4", "class x y width height")]
    [InlineData("0 0.5 0.5 0 0.4", "class x y width height")]
    [InlineData("1 0.5 0.5 0.2 0.4", "no class 1")]
    [InlineData("-1 0.5 0.5 0.2 0.4", "no class -1")]
    public void Load_WrongYoloLine_SaysWhatIsExpected(string line, string reason)
    {
        Write("images/a.jpg", "");
        Write("labels/a.txt", line);
        Write("labels/classes.txt", "person\n");

        var error = Assert.Throws<InvalidDataException>(() => LabelledPicture.Load(At("images"), At("labels")));

        Assert.Contains("a.txt:1", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("names: {one: person}")]
    [InlineData("names: {1.0: person}")]
    [InlineData("names: {0: [person]}")]
    [InlineData("names: person")]
    [InlineData("names: [person")]
    [InlineData("names: {0: a, 0: b}")]
    [InlineData("names: *unknown")]
    public void Load_BrokenNames_NamesTheFile(string yaml)
    {
        Write("images/a.jpg", "");
        Write("labels/a.txt", "0 0.5 0.5 0.2 0.4");
        Write("data.yaml", yaml);

        var error = Assert.Throws<InvalidDataException>(() => LabelledPicture.Load(At("images"), At("labels")));

        Assert.Contains("data.yaml", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NamesNestedWithoutEnd_NamesTheFile()
    {
        Write("images/a.jpg", "");
        Write("labels/data.yaml", "names: " + new string('[', 100_000));

        var error = Assert.Throws<InvalidDataException>(() => LabelledPicture.Load(At("images"), At("labels")));

        Assert.Contains("data.yaml", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_BrokenFileBesideTheNames_DoesNotMatter()
    {
        Write("images/a.jpg", "");
        Write("labels/a.txt", "0 0.5 0.5 0.2 0.4");
        Write("a.yaml", "[");
        Write("b.yaml", "names: [dog]");

        Assert.Equal("dog", Assert.Single(LabelledPicture.Load(At("images"), At("labels"))[0].Boxes).Label);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"images": [], "categories": {}, "annotations": []}""")]
    [InlineData("""{"images": [{"id": 7, "width": 2, "height": 1}], "categories": [], "annotations": []}""")]
    [InlineData("""{"images": [], "categories": [{"id": 1, "name": "a"}, {"id": 1, "name": "b"}], "annotations": []}""")]
    [InlineData("""{"images": [], "categories": [{"id": "x", "name": "a"}], "annotations": []}""")]
    [InlineData("""{"images": [], "categories": [{"id": 1, "name": null}], "annotations": []}""")]
    [InlineData("""{"images": [], "categories": [], "annotations": [7]}""")]
    public void Load_BrokenCocoFile_NamesIt(string json)
    {
        Write("instances.json", json);

        var error = Assert.Throws<InvalidDataException>(() => LabelledPicture.Load(At("images"), At("instances.json")));

        Assert.Contains("instances.json", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[0, 0, 10]", 1, 100)]
    [InlineData("[0, 0, -10, 5]", 1, 100)]
    [InlineData("[0, 0, 1e60, 5]", 1, 100)]
    [InlineData("[0, 0, 10, 5]", 2, 100)]
    [InlineData("[0, 0, 10, 5]", 1, 0)]
    public void Load_CocoBoxThatIsNone_NamesTheFile(string box, int category, int width)
    {
        Write("instances.json", $$"""
            {"images": [{"id": 7, "file_name": "a.jpg", "width": {{width}}, "height": 100}],
             "categories": [{"id": 1, "name": "person"}],
             "annotations": [{"image_id": 7, "category_id": {{category}}, "bbox": {{box}}}]}
            """);

        var error = Assert.Throws<InvalidDataException>(() => LabelledPicture.Load(At("images"), At("instances.json")));

        Assert.Contains("instances.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoPictures_SaysSo()
    {
        Write("images/a.txt", "");
        Write("labels/classes.txt", "person");

        Assert.Contains("no picture", Assert.Throws<InvalidDataException>(() => LabelledPicture.Load(At("images"), At("labels"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_CocoFile_GivesRelativeBoxesAndMarksCrowds()
    {
        Write("instances.json", """
            {"images": [{"id": 7, "file_name": "a.jpg", "width": 200, "height": 100}],
             "categories": [{"id": 1, "name": "person"}],
             "annotations": [{"image_id": 7, "category_id": 1, "bbox": [20, 10, 100, 50], "iscrowd": 0},
                             {"image_id": 7, "category_id": 1, "bbox": [0, 0, 200, 100], "iscrowd": 1}]}
            """);

        var picture = Assert.Single(LabelledPicture.Load(At("images"), At("instances.json")));

        Assert.Equal([new TrueBox("person", new Box(0.1f, 0.1f, 0.6f, 0.6f)), new TrueBox("person", Box.Whole) { IsCrowd = true }], picture.Boxes);
    }

    [Fact]
    public void Load_MissingFolder_SaysSo() =>
        Assert.Contains("labels", Assert.Throws<InvalidDataException>(() => LabelledPicture.Load(_folder.FullName, At("labels"))).Message, StringComparison.Ordinal);

    public void Dispose() => _folder.Delete(recursive: true);

    private string At(string path) => Path.Combine(_folder.FullName, path);

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
    }
}

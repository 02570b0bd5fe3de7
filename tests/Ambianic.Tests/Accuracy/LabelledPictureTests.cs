using Ambianic.Vision;

namespace Ambianic.Accuracy;

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

    [Fact]
    public void Load_CocoFile_GivesRelativeBoxesWithoutCrowds()
    {
        Write("instances.json", """
            {"images": [{"id": 7, "file_name": "a.jpg", "width": 200, "height": 100}],
             "categories": [{"id": 1, "name": "person"}],
             "annotations": [{"image_id": 7, "category_id": 1, "bbox": [20, 10, 100, 50], "iscrowd": 0},
                             {"image_id": 7, "category_id": 1, "bbox": [0, 0, 200, 100], "iscrowd": 1}]}
            """);

        var picture = Assert.Single(LabelledPicture.Load(At("images"), At("instances.json")));

        Assert.Equal(new TrueBox("person", new Box(0.1f, 0.1f, 0.6f, 0.6f)), Assert.Single(picture.Boxes));
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

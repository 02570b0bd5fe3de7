using Ambianic.Inference;
using Ambianic.Inference.Labels;

namespace Ambianic.Tests.Inference.Models;

/// <summary>Files of labels as other programs write them.</summary>
public sealed class LabelFormatsTests
{
    [Theory]
    [InlineData("person\nbicycle\ncar\n")]
    [InlineData("\uFEFFperson\r\nbicycle\r\ncar")]
    [InlineData("# of the model\n\nperson\nbicycle\n# two wheels\ncar")]
    [InlineData("\"person\",\n\"bicycle\",\n\"car\",\n")]
    [InlineData("'person'\n'bicycle'\n'car'")]
    [InlineData("0 person\n1 bicycle\n2 car")]
    [InlineData("0: person\n1: bicycle\n2: car")]
    [InlineData("0,person\n1,bicycle\n2,car")]
    [InlineData("0;\"person\"\n1;\"bicycle\"\n2;\"car\"")]
    [InlineData("id,name\n0,person\n1,bicycle\n2,car")]
    [InlineData("\"class_id\",\"class_name\"\n0,\"person\"\n1,\"bicycle\"\n2,\"car\"")]
    [InlineData("name,id\nperson,0\nbicycle,1\ncar,2")]
    [InlineData("0=person\n1=bicycle\n2=car")]
    [InlineData("0. person\n1. bicycle\n2. car")]
    [InlineData("0 - person\n1 - bicycle\n2 - car")]
    [InlineData("0person\n1bicycle\n2car")]
    [InlineData("person: 0\nbicycle: 1\ncar: 2")]
    [InlineData("person\rbicycle\rcar\r")]
    [InlineData("person # who\nbicycle\ncar #")]
    [InlineData("person,\nbicycle,\ncar,")]
    [InlineData("[\"person\", \"bicycle\", \"car\"]")]
    [InlineData("['person', 'bicycle', 'car']")]
    [InlineData("{\"0\": \"person\", \"1\": \"bicycle\", \"2\": \"car\"}")]
    [InlineData("{0: 'person', 1: 'bicycle', 2: 'car'}")]
    [InlineData("{\n\t\"architectures\": [\"X\"],\n\t\"id2label\": {\n\t\t\"0\": \"person\",\n\t\t\"1\": \"bicycle\",\n\t\t\"2\": \"car\"\n\t},\n\t\"label2id\": {\"person\": 0}\n}")]
    [InlineData("{\"person\": 0, \"bicycle\": 1, \"car\": 2}")]
    [InlineData("names: [person, bicycle, car]")]
    [InlineData("path: ../coco  # root\ntrain: images/train\n\nnames:\n  0: person\n  1: bicycle\n  2: car\n")]
    [InlineData("nc: 3\nnames:\n- person\n- bicycle\n- car\n")]
    [InlineData("- person\n- bicycle\n- car\n")]
    [InlineData("{\"categories\": [{\"id\": 0, \"name\": \"person\"}, {\"id\": 1, \"name\": \"bicycle\"}, {\"id\": 2, \"name\": \"car\"}]}")]
    [InlineData("[{\"id\": 0, \"name\": \"person\"}, {\"id\": 1, \"name\": \"bicycle\"}, {\"id\": 2, \"name\": \"car\"}]")]
    [InlineData("item {\n  id: 0\n  name: 'person'\n}\nitem {\n  id: 1\n  name: 'bicycle'\n}\nitem {\n  id: 2\n  name: 'car'\n}\n")]
    public void Read_OtherForms_HoldTheSameLabels(string content)
    {
        var labels = Load(content);

        Assert.Equal(["person", "bicycle", "car"], labels.Names);
        Assert.False(labels.BeginsWithBackground);
    }

    [Theory]
    [InlineData("???\nperson\n???\ncar")]
    [InlineData("background\nperson\nN/A\ncar")]
    [InlineData("__background__\nperson\n-\ncar")]
    [InlineData("[\"background\", \"person\", \"N/A\", \"car\"]")]
    [InlineData("none\nperson\n???\ncar")]
    [InlineData("0 background\n1 person\n3 car")]
    [InlineData("0: ???\n1: person\n2: ???\n3: car")]
    [InlineData("{\"id2label\": {\"0\": \"N/A\", \"1\": \"person\", \"3\": \"car\"}}")]
    [InlineData("names:\n  0: __background__\n  1: person\n  3: car\n")]
    [InlineData("item { id: 0 name: 'background' }\nitem { id: 1 name: 'person' }\nitem { id: 3 name: 'car' }")]
    [InlineData("# it's COCO\nitem {\n  # it's who lives here\n  id: 1\n  name: 'person'\n}\nitem { id: 3 name: \"car\" }")]
    [InlineData("item {\n  name: \"/m/01g317\"\n  id: 1\n  display_name: \"person\"\n}\nitem {\n  name: \"/m/0k4j\"\n  id: 3\n  display_name: \"car\"\n}")]
    [InlineData("item { id: 1 name: 'person' keypoints { id: 7 label: \"nose\" } }\nitem{name:'car' id:3}")]
    [InlineData("[{\"supercategory\": \"x\", \"id\": 1, \"name\": \"person\"}, {\"supercategory\": \"x\", \"id\": 3, \"name\": \"car\"}]")]
    public void For_LabelsThatBeginWithTheBackground_CountFromTheFirstClass(string content)
    {
        var labels = Load(content);

        Assert.True(labels.BeginsWithBackground);
        Assert.Equal(["person", "class 1", "car"], labels.For(0, countsFromOne: false));
        Assert.Equal(["person", "class 1", "car"], labels.For(0, countsFromOne: true));
        Assert.Equal(["class 0", "person", "class 2", "car"], labels.For(4, countsFromOne: false)); // a model that counts the background
        Assert.Equal(["person", "class 1", "car"], labels.For(3, countsFromOne: false));
        Assert.Equal(["person", "car"], labels.For(2, countsFromOne: false));
    }

    [Fact]
    public void For_IndicesOfAFile_AreTrustedWhereTheModelCountsFromZero()
    {
        var labels = Load("1 person\n3 car");

        Assert.Equal(["class 0", "person", "class 2", "car"], labels.For(0, countsFromOne: false));
        Assert.Equal(["person", "class 1", "car"], labels.For(0, countsFromOne: true));
    }

    [Theory]
    [InlineData(90, 0)]
    [InlineData(91, 1)]
    public void For_CocosEightyNames_LieWhereCocoCounts(int classes, int first)
    {
        var labels = Load(string.Join('\n', LabelSets.Coco80)).For(classes, countsFromOne: false);

        Assert.Equal(("person", "stop sign", "toothbrush"), (labels[first], labels[first + 12], labels[^1]));
        Assert.Equal(classes, labels.Count);
        Assert.Equal(LabelSets.Coco91, Load(string.Join('\n', LabelSets.Coco90.Select((name, index) => $"{index} {name}"))).For(91, countsFromOne: false));
    }

    /// <summary>Some files of COCO's labels also name the eleven classes that were planned and never used.</summary>
    [Theory]
    [InlineData("", 80, "dog")]
    [InlineData("__background__\n", 80, "dog")]
    [InlineData("", 90, "cat")]
    [InlineData("", 91, "bird")]
    public void For_FileNamesUnusedCocoClasses_TheyAreNotCounted(string before, int classes, string sixteenth)
    {
        string[] unused = ["street sign", "hat", "shoe", "eye glasses", "plate", "mirror", "window", "desk", "door", "blender"];
        var gaps = new Queue<string>(unused);
        var lines = LabelSets.Coco90.Select((name, index) => name == LabelSets.Unnamed(index) ? gaps.Dequeue() : name).Append("hair brush");

        var labels = Load(before + string.Join('\n', lines)).For(classes, countsFromOne: false);

        Assert.Equal((classes, sixteenth), (labels.Count, labels[16]));
        Assert.Equal(classes switch { 80 => LabelSets.Coco80, 90 => LabelSets.Coco90, _ => LabelSets.Coco91 }, labels);
    }

    [Fact]
    public void For_TooFewLabels_IsAnErrorThatNamesWhereTheyEnd()
    {
        var error = Assert.Throws<ModelException>(() => Load("person\ncar\n").For(3, countsFromOne: false));

        Assert.Contains("labels.txt:2: the labels end here after 2, and the model tells 3 classes apart", error.Message, StringComparison.Ordinal);
        Assert.Equal(["person", "car"], Load("0 person\n1 car\n").For(3, countsFromOne: false)); // others may be left out on purpose
    }

    [Theory]
    [InlineData("<!DOCTYPE html>\n<html><body>person</body></html>", 1)]
    [InlineData("\n<?xml version=\"1.0\"?>\n<annotation/>", 2)]
    [InlineData("404: Not Found", 1)]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 3", 1)]
    [InlineData("person\ncar\u0001\n", 2)]
    [InlineData("item {\n}\n", 1)]
    [InlineData("item {\n  id: 1\n  name: 'person'\n}\nitem {\n  id: 2\n}\n", 5)]
    [InlineData("item { id: 1 name: 'person' }\nitem {\n  id: 2\n  name: 'bicycle\n}\nitem { id: 3 name: 'car' }", 2)]
    [InlineData("item { id: 1 name: 'person' }\nitem {\n  id: 2\n  na", 2)]
    [InlineData("classes = 2\nnames = coco.names", 1)]
    [InlineData("data_dir: ./data\nsources:\n  door: {}", 2)]
    [InlineData("path: ../coco\nnc: eighty", 1)]
    [InlineData("CLASSES = (\n'person',\n)", 1)]
    [InlineData("id,name,group\n0,person,people\n1,car,vehicles", 1)]
    [InlineData("person,bicycle,car", 1)]
    [InlineData("names:\n", 1)]
    [InlineData("nc: 2\nnames: [person, [car]]", 2)]
    [InlineData("{\"id2label\": {\"0\": ", 1)]
    [InlineData("{\"a\": \"b\"}", 1)]
    [InlineData("{\"99999999\": \"b\"}", 1)]
    [InlineData("99999999 x", 1)]
    [InlineData("???\n???\n", 2)]
    [InlineData("# nothing\n", 1)]
    public void Load_NoLabels_IsAnErrorThatNamesFileAndLine(string content, int line)
    {
        var error = Assert.Throws<ModelException>(() => Load(content));

        Assert.Contains($"labels.txt:{line}: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_DeepNesting_IsAnError() => Assert.Throws<ModelException>(() => Load(new string('[', 100_000)));

    private static LabelList Load(string content)
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["labels.txt"], content);
        return LabelFile.Load(directory["labels.txt"]);
    }
}

using System.Text;
using Ambianic.Inference;
using Ambianic.Inference.Labels;

namespace Ambianic.Tests.Inference.Labels;

public sealed class LabelFileTests
{
    [Fact]
    public void Read_PlainLines_CountsFromZero() => Assert.Equal(["person", "traffic light"], Read("person\ntraffic light\n\n"));

    [Fact]
    public void Read_IndexedLines_PutsLabelsAtTheirIndex() =>
        Assert.Equal(["person", "class 1", "traffic light"], Read("2  traffic light\n0  person\r\n"));

    [Fact]
    public void Read_EmptyLineBetweenPlainLines_IsAClassWithoutName() =>
        Assert.Equal(["person", "class 1", "car"], Read("person\n \ncar\n\n"));

    [Fact]
    public void Read_EmptyFirstLine_IsAClassWithoutName() => Assert.Equal(["class 0", "person"], Read("\r\nperson\r\n"));

    [Fact]
    public void Read_EmptyLineBetweenIndexedLines_MeansNothing() => Assert.Equal(["person", "car"], Read("0 person\n\n1 car"));

    [Fact]
    public void Read_TabAfterTheIndex_IsSplitThere() => Assert.Equal(["class 0", "FALL"], Read("1\tFALL"));

    [Fact]
    public void Read_LabelsThatStartWithADigit_AreNotMistakenForIndices() =>
        Assert.Equal(["3d printer", "person"], Read("3d printer\nperson"));

    [Theory]
    [InlineData("", "labels.txt holds no labels")]
    [InlineData("\n \n", "labels.txt holds no labels")]
    [InlineData("person\n\0\u0001\u0002ELF", "labels.txt:2: this is not text")]
    public void Read_NoLabels_IsAnErrorThatNamesTheFile(string content, string reason)
    {
        var error = Assert.Throws<ModelException>(() => Read(content));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Latin1_IsAnErrorThatNamesFileAndLine()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["labels.txt"], "person\r\nmöwe\r\n", Encoding.Latin1);

        var error = Assert.Throws<ModelException>(() => LabelFile.Read(directory["labels.txt"]));

        Assert.Contains("labels.txt cannot be read: its line 2 is not UTF-8; save the file as UTF-8", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void Read_TextWithAByteOrderMark_LosesTheMarkAlone(string encoding)
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["labels.txt"], "möwe\r\nperson\r\n", Encoding.GetEncoding(encoding));

        Assert.Equal(["möwe", "person"], LabelFile.Read(directory["labels.txt"]));
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x00, 0xD8, 0x61, 0x00 })] // half of a pair
    [InlineData(new byte[] { 0xFE, 0xFF, 0x00, 0x61, 0x00 })] // half of a letter
    public void Read_DamagedUtf16_IsAnErrorThatNamesTheFile(byte[] content)
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllBytes(directory["labels.txt"], content);

        var error = Assert.Throws<ModelException>(() => LabelFile.Read(directory["labels.txt"]));

        Assert.Contains("labels.txt cannot be read: it begins as UTF-16 does and is not", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Folder_SaysThatItIsOne()
    {
        using var directory = new TemporaryDirectory();

        var error = Assert.Throws<ModelException>(() => LabelFile.Read(directory.Path));

        Assert.Equal($"the labels file {directory.Path} cannot be read: it is a folder; name a file in it", error.Message);
    }

    [Fact]
    public void Read_OneEndlessLine_IsNotTakenForALabel() => Assert.Throws<ModelException>(() => Read(new string('x', 10_000)));

    [Fact]
    public void Read_DeviceThatNeverEnds_IsRefused() =>
        Assert.Contains("/dev/zero", Assert.Throws<ModelException>(() => LabelFile.Read("/dev/zero")).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_PipeThatNobodyWritesTo_IsRefusedAtOnce()
    {
        using var directory = new TemporaryDirectory();
        NamedPipe.Make(directory["labels.txt"]);

        var error = Assert.Throws<ModelException>(() => LabelFile.Read(directory["labels.txt"]));

        Assert.Contains("a device or a pipe", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FileOfGigabytes_IsRefusedUnread()
    {
        using var directory = new TemporaryDirectory();
        using (var file = File.Create(directory["labels.txt"]))
        {
            file.SetLength(3L << 30); // sparse: takes no room
        }

        var error = Assert.Throws<ModelException>(() => LabelFile.Read(directory["labels.txt"]));

        Assert.Contains("too large", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_LinkToAFile_IsFollowed()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["real.txt"], "person");
        File.CreateSymbolicLink(directory["labels.txt"], directory["real.txt"]);

        Assert.Equal(["person"], LabelFile.Read(directory["labels.txt"]));
    }

    [Fact]
    [Slow]
    public void Read_MutatedFiles_GiveLabelsOrAnError()
    {
        using var directory = new TemporaryDirectory();
        var random = new Random(5);
        var refused = 0;
        for (var i = 0; i < 2000; i++)
        {
            var content = "0 person\n1 bicycle\n2\tcar\n3, bus"u8.ToArray();
            for (var n = random.Next(1, 5); n > 0; n--)
            {
                content[random.Next(content.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(directory["labels.txt"], content);
            try
            {
                Assert.NotEmpty(LabelFile.Read(directory["labels.txt"]));
            }
            catch (ModelException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, 1999);
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
        Assert.Equal(LabelSets.Coco80, LabelSets.CloseGaps(labels, 80));
        Assert.Equal(labels, LabelSets.CloseGaps(labels, 90));
    }

    private static IReadOnlyList<string> Read(string content)
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["labels.txt"], content);
        return LabelFile.Read(directory["labels.txt"]);
    }
}

using Ambianic.Evaluation.Falls;

namespace Ambianic.Tests.Evaluation.Falls;

public sealed class LabelledClipTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Read_SeparatedBySemicolons_SaysSo()
    {
        var error = Assert.Throws<InvalidDataException>(() => Read("file;label;fall_start_s", "a.mp4;fall;1.5"));

        Assert.EndsWith("has no column file in its first line: its columns are separated by semicolons, save it with commas", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FolderThatIsNotThere_IsOneErrorForAllClips()
    {
        File.WriteAllLines(_directory["m.csv"], ["file,label,fall_start_s", "a.mp4,no_fall,", "b.mp4,no_fall,"]);

        var error = Assert.Throws<DirectoryNotFoundException>(() => LabelledClip.Read(_directory["m.csv"], _directory["nowhere"]));

        Assert.Equal($"there is no folder {_directory["nowhere"]}", error.Message);
    }

    [Theory]
    [InlineData("-Infinity")]
    [InlineData("NaN")]
    [InlineData("soon")]
    public void Read_TimeThatIsNone_SaysWhere(string time)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read("file,label,fall_start_s", $"a.mp4,fall,{time}"));

        Assert.Equal($"{_directory["m.csv"]}:2: fall_start_s is \"{time}\", not seconds", error.Message);
    }

    [Fact]
    public void Read_QuotationMarkThatIsNotClosed_SaysWhere()
    {
        var error = Assert.Throws<InvalidDataException>(() => Read("file,label,fall_start_s,description", "a.mp4,fall,1.5,\"onto the floor", "b.mp4,no_fall,,"));

        Assert.Equal($"{_directory["m.csv"]}:2: a quotation mark is not closed", error.Message);
    }

    [Fact]
    public void Read_DownBeforeTheLossOfBalance_SaysWhere()
    {
        var error = Assert.Throws<InvalidDataException>(() => Read("file,label,fall_start_s,fall_ground_s", "a.mp4,fall,1.5,1.2"));

        Assert.Equal($"{_directory["m.csv"]}:2: nobody is down (1.2 s) before the loss of balance (1.5 s)", error.Message);
    }

    [Fact]
    public void Read_LabelInCapitals_IsTheSameLabel()
    {
        var clips = Read("file,label,fall_start_s", "a.mp4,Fall,1.5", "b.mp4,No_Fall,");

        Assert.Equal([1.5, null], clips.Select(clip => clip.FallStart));
    }

    [Fact]
    public void Delay_MomentOfBeingDownIsKnown_CountsFromThere()
    {
        var clips = Read("file,label,fall_start_s,fall_ground_s", "a.mp4,fall,1.5,2.5", "b.mp4,fall,1.5,");
        var results = clips.Select(clip => new ClipResult(clip, 10, [new ClipAlarm(4, 1, "")])).ToList();

        Assert.Equal([1.5, 2.5], results.Select(result => result.Delay));
        Assert.Equal((2, 1), (FallScore.Of(results).Detected, FallScore.Of(results).FromGround));
    }

    [Fact]
    public void FileFor_OtherModelOrClipThatChanged_IsAnotherFile()
    {
        var clip = Assert.Single(Read("file,label,fall_start_s", "a.mp4,no_fall,"));
        var before = CachedPoses.FileFor(clip, "one");
        Assert.NotEqual(before, CachedPoses.FileFor(clip, "another"));

        File.AppendAllText(clip.Path, "more");
        Assert.NotEqual(before, CachedPoses.FileFor(clip, "one"));
    }

    private IReadOnlyList<LabelledClip> Read(params string[] lines)
    {
        File.WriteAllText(_directory["a.mp4"], "");
        File.WriteAllText(_directory["b.mp4"], "");
        File.WriteAllLines(_directory["m.csv"], lines);
        return LabelledClip.Read(_directory["m.csv"], _directory.Path).Clips;
    }
}

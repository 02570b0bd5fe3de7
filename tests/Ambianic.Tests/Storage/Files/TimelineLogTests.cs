using Ambianic.Storage.Files;
using YamlDotNet.RepresentationModel;

namespace Ambianic.Tests.Storage.Files;

public sealed class TimelineLogTests : IDisposable
{
    private readonly TimelineFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Append_MoreThan100KiB_RotatesAndKeeps100Files()
    {
        File.WriteAllText(_fixture.LogPath + ".100", "oldest");
        File.WriteAllText(_fixture.LogPath + ".99", "second");
        var log = new TimelineLog(_fixture.LogPath);

        var ids = AppendMany(log, 400);

        Assert.Equal("second", File.ReadAllText(_fixture.LogPath + ".100"));
        var files = Directory.GetFiles(_fixture.DataDir, "timeline-event-log.yaml*").Where(path => !path.EndsWith("100", StringComparison.Ordinal));
        var read = files
            .Order(StringComparer.Ordinal)
            .Select(path =>
            {
                Assert.InRange(new FileInfo(path).Length, 1, 100 * 1024);
                return Parse(File.ReadAllText(path)).Select(entry => (string)entry["id"]!).ToList();
            })
            .ToList();
        Assert.True(read.Count >= 3);
        Assert.Equal(ids, read.Skip(1).Reverse().Append(read[0]).SelectMany(file => file));
    }

    [Fact]
    public void Append_AfterACrashAtAnyByte_LeavesWholeEntriesOnly()
    {
        AppendMany(new TimelineLog(_fixture.LogPath), 2);
        var whole = File.ReadAllBytes(_fixture.LogPath);
        var first = whole.AsSpan().LastIndexOf("\n- "u8) + 1;

        for (var length = first; length <= whole.Length; length++)
        {
            File.WriteAllBytes(_fixture.LogPath, whole[..length]);
            AppendMany(new TimelineLog(_fixture.LogPath), 1);

            var entries = Parse(File.ReadAllText(_fixture.LogPath));
            Assert.InRange(entries.Count, 2, 3);
            Assert.All(entries, entry => Assert.StartsWith("INFO", (string)entry["priority"]!, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Append_AfterALostTail_DropsTheZeros()
    {
        AppendMany(new TimelineLog(_fixture.LogPath), 2);
        File.AppendAllText(_fixture.LogPath, new string('\0', 4096));

        AppendMany(new TimelineLog(_fixture.LogPath), 1);

        Assert.Equal(3, Parse(File.ReadAllText(_fixture.LogPath)).Count);
    }

    [Fact]
    public void Append_ToAFileThatIsNoTimeline_KeepsItUnderAnotherName()
    {
        File.WriteAllText(_fixture.LogPath, "my notes");

        AppendMany(new TimelineLog(_fixture.LogPath), 1);

        Assert.Equal("my notes", File.ReadAllText(_fixture.LogPath + ".1"));
        Assert.Single(Parse(File.ReadAllText(_fixture.LogPath)));
    }

    private static List<string> AppendMany(TimelineLog log, int count)
    {
        List<string> ids = [];
        for (var i = 0; i < count; i++)
        {
            var seen = TimelineFixture.Event("detections/x", TimelineFixture.Start.AddSeconds(i), "front", TimelineFixture.Person);
            log.Append(seen);
            ids.Add(seen.Id);
        }

        return ids;
    }

    internal static IList<YamlNode> Parse(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return ((YamlSequenceNode)stream.Documents[0].RootNode).Children;
    }
}

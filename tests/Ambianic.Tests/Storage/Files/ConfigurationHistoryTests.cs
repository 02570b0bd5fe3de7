using System.Text;
using Ambianic.Storage.Files;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Storage.Files;

public sealed class ConfigurationHistoryTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 5, 1, 10, 0, 0, TimeSpan.Zero));

    private ConfigurationHistory History => new(_folder["history"], _time);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Add_ManyVersions_KeepsTheNewestFiftyReadableByTheirOwnerAlone()
    {
        for (var number = 1; number <= 53; number++)
        {
            History.Add(Encoding.UTF8.GetBytes($"number {number}\r\n# ä\n"), "anna & \n Bob");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var all = History.All();
        Assert.Equal(Enumerable.Range(4, 50).Reverse(), all.Select(version => (int)version.Number));
        Assert.Equal("number 53\r\n# ä\n", Encoding.UTF8.GetString(all[0].Content.Span));
        Assert.Equal(("anna & \n Bob", new DateTimeOffset(2026, 5, 1, 10, 0, 52, TimeSpan.Zero)), (all[0].ReplacedBy, all[0].ReplacedAt));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal([UnixFileMode.UserRead | UnixFileMode.UserWrite], Directory.GetFiles(_folder["history"]).Select(ModeOf).Distinct());
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder["history"]));
        }
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static UnixFileMode ModeOf(string file) => File.GetUnixFileMode(file);

    [Fact]
    public void Add_SameContentAgain_IsThereOnce()
    {
        History.Add("a"u8.ToArray(), "anna");
        History.Add("a"u8.ToArray(), "bob"); // killed before the file was replaced, and done again

        Assert.Equal("anna", Assert.Single(History.All()).ReplacedBy);
    }

    [Fact]
    public void All_FileOfSomebodyElse_IsLeftOut()
    {
        History.Add(ReadOnlyMemory<byte>.Empty, "anna");
        File.WriteAllText(Path.Combine(_folder["history"], "00000009.yaml"), "display_name: x\n");
        File.WriteAllText(Path.Combine(_folder["history"], "notes.yaml"), "mine\n");

        Assert.Equal(1, Assert.Single(History.All()).Number);
        History.Add("b"u8.ToArray(), "anna");
        Assert.Equal([10, 1], History.All().Select(version => version.Number));
    }

    [Fact]
    public void All_NothingWasKept_IsEmpty()
    {
        Assert.Empty(History.All());
        Assert.Null(History.Find(1));
    }
}

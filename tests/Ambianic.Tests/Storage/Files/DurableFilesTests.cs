using Ambianic.Storage.Files;

namespace Ambianic.Tests.Storage.Files;

public sealed class DurableFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ambianic-files-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_NewFolder_HoldsTheFilesAndNothingElse()
    {
        var target = Path.Combine(_folder, "a/b");

        DurableFiles.Write(target, [new NewFile("one", "1"u8.ToArray()), new NewFile("two", ReadOnlyMemory<byte>.Empty)]);

        Assert.Equal(["one", "two"], Directory.GetFiles(target).Select(Path.GetFileName).Order());
        Assert.Equal("1", File.ReadAllText(Path.Combine(target, "one")));
    }

    [Fact]
    public void Write_OneNameTaken_WritesNoneAndKeepsTheOld()
    {
        File.WriteAllText(Path.Combine(_folder, "two"), "old");

        Assert.Throws<IOException>(() => DurableFiles.Write(_folder, [new NewFile("one", "1"u8.ToArray()), new NewFile("two", "2"u8.ToArray())]));

        Assert.Equal(["two"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName));
        Assert.Equal("old", File.ReadAllText(Path.Combine(_folder, "two")));
    }

    [Fact]
    public void Write_LastFileCannotBeWritten_LeavesNone()
    {
        Directory.CreateDirectory(Path.Combine(_folder, ".two.ambianic-tmp"));

        Assert.ThrowsAny<Exception>(() => DurableFiles.Write(_folder, [new NewFile("one", "1"u8.ToArray()), new NewFile("two", "2"u8.ToArray())]));

        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void SyncFolder_Missing_NamesIt()
    {
        var error = Assert.Throws<IOException>(() => DurableFiles.SyncFolder(Path.Combine(_folder, "missing")));

        Assert.Contains(Path.Combine(_folder, "missing"), error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(28, "free some space")]
    [InlineData(30, "read-only")]
    [InlineData(5, "check the disk")]
    public void StorageFailure_OfAnErrorNumber_SaysWhatToDo(int errno, string advice)
    {
        var error = StorageFailure.At("/data", new IOException("It failed.", errno));

        Assert.StartsWith("/data: It failed; ", error.Message, StringComparison.Ordinal);
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
    }
}

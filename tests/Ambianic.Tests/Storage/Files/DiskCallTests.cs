using Ambianic.Storage.Files;

namespace Ambianic.Tests.Storage.Files;

public sealed class DiskCallTests
{
    private readonly DiskCall _disk = new("/data/events.db");

    [Fact]
    public async Task Run_DiskHangs_NobodyWaitsForEverAndItIsUsedAgainWhenItAnswers()
    {
        using var answers = new ManualResetEventSlim();
        var returned = new TaskCompletionSource();

        var error = await Task.Run(() => Assert.Throws<IOException>(() => _disk.Run(() =>
        {
            answers.Wait();
            returned.SetResult();
            return 1;
        })), TestContext.Current.CancellationToken);
        Assert.Contains("/data/events.db: the disk has not answered", error.Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(() => _disk.Run(() => 2));

        answers.Set();
        await returned.Task;
        await Eventually.TrueAsync(() => IsUsable());
        Assert.Equal(2, _disk.Run(() => 2));
    }

    [Fact]
    public void Run_CallFails_TheCallerSeesThatFailure() =>
        Assert.Throws<InvalidDataException>(() => _disk.Run<int>(() => throw new InvalidDataException("not a database")));

    private bool IsUsable()
    {
        try
        {
            return _disk.Run(() => true);
        }
        catch (IOException)
        {
            return false;
        }
    }
}

using Ambianic.Tests;

namespace Ambianic.Server.Tests.Faults;

/// <summary>The disk and the database of the running program.</summary>
[Slow]
public sealed class StorageTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => [.. StorageHouse.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Run_StorageBreaks_WatchesOnLosesNothingAnnouncedAndSavesAgain(string name)
    {
        await using var house = await StorageHouse.StartAsync(name);

        var recovery = await house.MeasureAsync(house.Fault(name), TimeSpan.FromSeconds(2), Cancellation);

        Assert.Equal("running", recovery.Shown);
        Assert.Equal(0, await house.LostAsync(Cancellation));
        Assert.NotEmpty(house.Pictures);
        Assert.All(house.Pictures, picture => Assert.True(File.Exists(picture), picture));
        Assert.Equal(0, await house.Program.TerminateAsync(Cancellation));
    }

    [Theory]
    [InlineData("disk read-only")]
    [InlineData("disk full")]
    [InlineData("disk hangs")]
    [InlineData("no permission")]
    public async Task Run_DiskDoesNotLetItWriteBeforeTheStart_WatchesAndSavesWhenItDoes(string name)
    {
        await using var house = await StorageHouse.StartAsync(name);
        await house.Program.TerminateAsync(Cancellation);
        var fault = house.Fault(name);
        await fault.InjectAsync();

        await house.RunAgainAsync(StorageHouse.UserFor(name));
        var recovery = await house.MeasureAsync(fault with { InjectAsync = () => Task.CompletedTask }, TimeSpan.Zero, Cancellation);

        Assert.Equal("running", recovery.Shown);
        Assert.Equal(0, await house.LostAsync(Cancellation));
    }

    [Fact]
    public async Task Run_DatabaseWasDeletedBeforeTheStart_TimelineIsThatOfTheFilesAgain()
    {
        await using var house = await StorageHouse.StartAsync("database deleted");
        await house.Program.TerminateAsync(Cancellation);
        house.DeleteDatabase();

        await house.RunAgainAsync();

        using var limit = new CancellationTokenSource(Eventually.Patience);
        while (await house.LostAsync(limit.Token) != 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
        }

        Assert.NotEmpty(house.Pictures);
        Assert.All(house.Pictures, picture => Assert.True(File.Exists(picture), picture));
    }
}

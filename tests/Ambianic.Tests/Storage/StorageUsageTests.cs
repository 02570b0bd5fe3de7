using Ambianic.Core.Timeline;
using Ambianic.Core.Vision;

namespace Ambianic.Tests.Storage;

public sealed class StorageUsageTests : IDisposable
{
    private readonly TimelineFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Usage_FewEvents_IsTheSumOfTheirFiles()
    {
        await using var store = _fixture.Open();
        await _fixture.StoreAsync(store, [0, 1, 2], "front", new Detection("person", 0.9f, Box.Whole));

        var usage = store.Usage();

        Assert.Equal((3, false), (usage.Events, usage.IsEstimate));
        Assert.Equal(Directory.EnumerateFiles(Path.Combine(_fixture.DataDir, EventNames.Root), "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length), usage.Bytes);
        Assert.Equal(TimelineFixture.Start, usage.Oldest);
        Assert.Equal(TimelineFixture.Start.AddSeconds(2), usage.Newest);
        Assert.Equal(1, store.CountBefore(TimelineFixture.Start.AddSeconds(1)));
        Assert.True(usage.FreeBytes > 0 && usage.FreeBytes <= usage.DiskBytes);
    }

    [Fact]
    [Slow]
    public async Task Usage_ManyEvents_IsReckonedFromSomeOfThem()
    {
        await using var store = _fixture.Open();
        await _fixture.StoreAsync(store, Enumerable.Range(0, 250), "front", new Detection("person", 0.9f, Box.Whole));

        var usage = store.Usage();

        var bytes = Directory.EnumerateFiles(Path.Combine(_fixture.DataDir, EventNames.Root), "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
        Assert.Equal((250, true), (usage.Events, usage.IsEstimate));
        Assert.InRange(usage.Bytes, bytes * 0.95, bytes * 1.05);
    }
}

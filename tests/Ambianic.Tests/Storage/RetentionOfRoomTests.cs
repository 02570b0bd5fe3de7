using System.Diagnostics;
using Ambianic.Core.Configuration;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision;
using Ambianic.Storage;
using Ambianic.Storage.Files;

namespace Ambianic.Tests.Storage;

public sealed class RetentionOfRoomTests : IDisposable
{
    private static readonly Detection Fall = new("FALL", 0.9f, new Box(0, 0, 1, 1));
    private readonly TimelineFixture _fixture = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Append_FilesTakeTooMuch_OldestMakeRoomAndFallsGoLast()
    {
        await using var store = _fixture.Open(new RetentionOptions { MaxSizeMb = 0.02 });
        var fall = await _fixture.StoreAsync(store, [0], "front", Fall);
        for (var i = 1; i <= 60; i++)
        {
            _fixture.Time.Advance(TimeSpan.FromSeconds(10));
            await _fixture.StoreAsync(store, [i * 10], "front", TimelineFixture.Person);
        }

        await Eventually.TrueAsync(() =>
        {
            _fixture.Time.Advance(TimeSpan.FromSeconds(10)); // the last look may have been just before the last event
            store.PinAsync(fall[0].Id, false, Cancellation).AsTask().GetAwaiter().GetResult(); // any work is followed by a look
            return Bytes() <= 20_000;
        });
        var left = await TimelineFixture.IdsAsync(store, new EventQuery());
        Assert.InRange(left.Count, 3, 40);
        Assert.Contains(fall[0].Id, left);
        var newest = await store.CountAsync(new EventQuery { From = TimelineFixture.Start.AddSeconds(550) }, Cancellation);
        Assert.Equal(6, newest);

        long Bytes() => new DirectoryInfo(Path.Combine(_fixture.DataDir, "detections"))
            .EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Exists ? file.Length : 0);
    }

    [Fact]
    public async Task Append_ManyEventsInNoTime_NeverTakeMoreThanAllowed()
    {
        await using var store = _fixture.Open(new RetentionOptions { MaxSizeMb = 0.02 });
        var stored = await _fixture.StoreAsync(store, Enumerable.Range(0, 60), "front", TimelineFixture.Person);

        await store.PinAsync(stored[^1].Id, false, Cancellation); // all work before it is done, the look after the last event too

        var files = new DirectoryInfo(Path.Combine(_fixture.DataDir, "detections")).EnumerateFiles("*", SearchOption.AllDirectories);
        Assert.InRange(files.Sum(file => file.Length), 1, 20_000);
    }

    [Fact]
    public async Task Append_FilesTakeTooMuch_WhatIsKeptGoesLast()
    {
        await using var store = _fixture.Open(new RetentionOptions { MaxSizeMb = 0.02 });
        var oldest = await _fixture.StoreAsync(store, [0], "front", TimelineFixture.Person);
        await store.PinAsync(oldest[0].Id, true, Cancellation);
        for (var i = 1; i <= 60; i++)
        {
            _fixture.Time.Advance(TimeSpan.FromSeconds(10));
            await _fixture.StoreAsync(store, [i * 10], "front", TimelineFixture.Person);
        }

        await Eventually.TrueAsync(() => new DirectoryInfo(Path.Combine(_fixture.DataDir, "detections")).GetDirectories().Length < 40);
        Assert.Contains(oldest[0].Id, await TimelineFixture.IdsAsync(store, new EventQuery()));
    }

    [Fact]
    public async Task Append_SomethingElseLiesAmongTheEvents_ItDoesNotCountAndNothingGoesForIt()
    {
        await using var store = _fixture.Open(new RetentionOptions { MaxSizeMb = 1 });
        var stored = await _fixture.StoreAsync(store, [0, 1], "front", TimelineFixture.Person);
        await store.PinAsync(stored[0].Id, true, Cancellation);
        await File.WriteAllBytesAsync(Path.Combine(_fixture.DataDir, "detections", "film.mp4"), new byte[3_000_000], Cancellation);

        await LooksAsync(store, stored[1]);

        Assert.Equal(2, await store.CountAsync(new EventQuery(), Cancellation));
        Assert.Null(store.Fault);
    }

    [Fact]
    public async Task Append_MoreIsToBeFreeThanTheDiskHas_RemovesNothingAndSaysSoUntilTheLimitIsChanged()
    {
        var options = new RetentionOptions { MinFreeMb = 1e9 };
        await using var store = _fixture.Open(() => Volatile.Read(ref options));
        var stored = await _fixture.StoreAsync(store, [0, 1], "front", TimelineFixture.Person);
        stored.AddRange(await _fixture.StoreAsync(store, [2], "front", Fall));

        await LookUntilTroubleAsync(store, stored[1]);

        Assert.Contains("retention.min_free_mb cannot be kept", store.Fault, StringComparison.Ordinal);
        Assert.Equal(3, await store.CountAsync(new EventQuery(), Cancellation));
        Assert.Single(_fixture.Logger.Lines, line => line.StartsWith("Warning: retention.min_free_mb cannot be kept", StringComparison.Ordinal));
        Volatile.Write(ref options, new RetentionOptions());
        await LooksAsync(store, stored[1]);
        Assert.Null(store.Fault);
    }

    [Fact]
    public async Task Append_SpaceIsTakenBySomethingElse_OldestMakeRoomAsLongAsThatHelps()
    {
        await MountAsync(megabytes: 8);
        try
        {
            await using var store = _fixture.Open(new RetentionOptions { MinFreeMb = 4 });
            var stored = await _fixture.StoreAsync(store, Enumerable.Range(0, 40), "front", TimelineFixture.Person);
            var fall = await _fixture.StoreAsync(store, [40], "front", Fall);
            await store.PinAsync(stored[0].Id, true, Cancellation);
            await TakeSpaceAsync(leave: 3_999_000);

            await Eventually.TrueAsync(() =>
            {
                LooksAsync(store, stored[0]).GetAwaiter().GetResult();
                return !File.Exists(_fixture.FullPath(stored[1], stored[1].JsonFileName));
            });

            await File.WriteAllBytesAsync(Path.Combine(_fixture.DataDir, "more"), new byte[1_000_000], Cancellation);
            await LookUntilTroubleAsync(store, stored[0]);

            var left = await TimelineFixture.IdsAsync(store, new EventQuery());
            Assert.Superset(new HashSet<string> { stored[0].Id, stored[^1].Id, fall[0].Id }, left.ToHashSet());
        }
        finally
        {
            await RunAsync("umount", "-l", _fixture.DataDir);
        }
    }

    [Fact]
    public async Task Open_DatabaseIsFilledAgain_RoomIsMadeByTheOldestAllTheSame()
    {
        List<DetectionEvent> stored = [];
        await using (var store = _fixture.Open())
        {
            for (var i = 0; i < 60; i++)
            {
                stored.AddRange(await _fixture.StoreAsync(store, [i], "front", TimelineFixture.Person)); // each in its folder, as of as many runs
            }
        }

        File.Delete(_fixture.DatabasePath);
        await using var filled = _fixture.Open(new RetentionOptions { MaxSizeMb = 0.02 });
        await filled.IndexRecovered;
        await LooksAsync(filled, stored[^1]);

        var left = await TimelineFixture.IdsAsync(filled, new EventQuery());
        Assert.Equal(stored.Select(seen => seen.Id).Reverse().Take(left.Count), left);
        Assert.InRange(left.Count, 3, 40);
    }

    [Fact]
    public async Task Append_FilesAreLinkedFromElsewhere_NoMoreGoThanShowThatItIsOfNoUse()
    {
        await MountAsync(megabytes: 40);
        try
        {
            await using var store = _fixture.Open(new RetentionOptions { MinFreeMb = 20 });
            var stored = await _fixture.StoreAsync(store, Enumerable.Range(0, 200), "front", TimelineFixture.Person);
            var folder = Path.Combine(_fixture.DataDir, stored[0].RelDir);
            foreach (var seen in stored)
            {
                await File.AppendAllBytesAsync(Path.Combine(folder, seen.ImageFileName), new byte[20_000], Cancellation); // as of a real camera
            }

            await RunAsync("cp", "-al", Path.Combine(_fixture.DataDir, "detections"), Path.Combine(_fixture.DataDir, "backup"));
            await TakeSpaceAsync(leave: 17_000_000);

            await LookUntilTroubleAsync(store, stored[^1]);
            Assert.Contains("a snapshot or links from elsewhere", store.Fault, StringComparison.Ordinal);
            await LooksAsync(store, stored[^1]);
            Assert.InRange(await store.CountAsync(new EventQuery(), Cancellation), 140, 155); // 1 MB of them went

            Directory.Delete(Path.Combine(_fixture.DataDir, "backup"), recursive: true);
            _fixture.Time.Advance(TimeSpan.FromMinutes(10));
            await Eventually.TrueAsync(() =>
            {
                LooksAsync(store, stored[^1]).GetAwaiter().GetResult();
                return new DriveInfo(_fixture.DataDir).AvailableFreeSpace >= 20_000_000;
            });
            Assert.Null(store.Fault);
        }
        finally
        {
            await RunAsync("umount", "-l", _fixture.DataDir);
        }
    }

    [Fact]
    public async Task Append_DiskIsFull_OldestMakeRoomThoughTheDatabaseHasNone()
    {
        await MountAsync(megabytes: 8);
        try
        {
            await using var store = _fixture.Open(new RetentionOptions { MinFreeMb = 0.05 });
            var stored = await _fixture.StoreAsync(store, Enumerable.Range(0, 100), "front", TimelineFixture.Person);
            await RunAsync("dd", "if=/dev/zero", $"of={Path.Combine(_fixture.DataDir, "ballast")}", "bs=4k", "status=none"); // until nothing is free
            await Assert.ThrowsAnyAsync<IOException>(() => _fixture.StoreAsync(store, [100], "front", TimelineFixture.Person));

            await Eventually.TrueAsync(() =>
            {
                _fixture.Time.Advance(TimeSpan.FromSeconds(10));
                return StoresAsync(store).GetAwaiter().GetResult();
            });

            var left = await TimelineFixture.IdsAsync(store, new EventQuery());
            Assert.DoesNotContain(stored[0].Id, left);
            Assert.Contains(stored[^1].Id, left);
            Assert.All(stored, seen => Assert.Equal(left.Contains(seen.Id), File.Exists(_fixture.FullPath(seen, seen.ImageFileName))));
        }
        finally
        {
            await RunAsync("umount", "-l", _fixture.DataDir);
        }

        async Task<bool> StoresAsync(SqliteEventStore store)
        {
            try
            {
                await _fixture.StoreAsync(store, [101], "front", TimelineFixture.Person);
                return true;
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    [Fact]
    [Slow]
    public async Task Append_FilesMayNotBeRemoved_KeepsWhatIsThereOnTheTimelineSaysSoAndTakesOthers()
    {
        await using var store = _fixture.Open(new RetentionOptions { MaxSizeMb = 0.02 });
        var stuck = await _fixture.StoreAsync(store, Enumerable.Range(0, 10), "front", TimelineFixture.Person);
        var folder = Path.Combine(_fixture.DataDir, stuck[0].RelDir);
        Assert.SkipUnless(await RunAsync("chattr", "+i", folder), "files cannot be protected here: run as root, on a file system that knows chattr");
        try
        {
            for (var i = 1; i <= 60; i++)
            {
                _fixture.Time.Advance(TimeSpan.FromSeconds(10));
                await _fixture.StoreAsync(store, [i * 10], "front", TimelineFixture.Person);
            }

            await Eventually.TrueAsync(() => store.Fault?.Contains(folder, StringComparison.Ordinal) == true);
            var left = await TimelineFixture.IdsAsync(store, new EventQuery());
            Assert.Superset(stuck.Select(seen => seen.Id).ToHashSet(), left.ToHashSet());
            Assert.InRange(left.Count, 11, 45); // others went
        }
        finally
        {
            await RunAsync("chattr", "-i", folder);
        }

        await Eventually.TrueAsync(() =>
        {
            _fixture.Time.Advance(TimeSpan.FromMinutes(10));
            _fixture.StoreAsync(store, [7200], "front", TimelineFixture.Person).GetAwaiter().GetResult();
            return store.Fault is null && !File.Exists(_fixture.FullPath(stuck[0], stuck[0].JsonFileName));
        });
    }

    /// <summary>Any work is followed by a look; the second waits for the one after the first.</summary>
    private async Task LooksAsync(SqliteEventStore store, DetectionEvent seen)
    {
        _fixture.Time.Advance(TimeSpan.FromSeconds(10));
        var isPinned = File.Exists(_fixture.FullPath(seen, EventFolders.PinName(seen)));
        await store.PinAsync(seen.Id, isPinned, Cancellation);
        await store.PinAsync(seen.Id, isPinned, Cancellation);
    }

    private Task LookUntilTroubleAsync(SqliteEventStore store, DetectionEvent seen) => Eventually.TrueAsync(() =>
    {
        LooksAsync(store, seen).GetAwaiter().GetResult();
        return store.Fault is not null;
    });

    private async Task MountAsync(int megabytes) => Assert.SkipUnless(
        await RunAsync("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", _fixture.DataDir), "a small disk cannot be mounted here: run as root");

    private async Task TakeSpaceAsync(long leave) => Assert.True(await RunAsync(
        "dd", "if=/dev/zero", $"of={Path.Combine(_fixture.DataDir, "ballast")}", "bs=1k", $"count={(new DriveInfo(_fixture.DataDir).AvailableFreeSpace - leave) / 1024}", "status=none"));

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(Cancellation);
        return process.ExitCode == 0;
    }

    [Theory]
    [InlineData(2, 3_000_000, 1_000_000)]
    [InlineData(2, 1_500_000, -500_000)]
    [InlineData(0, 3_000_000, 0)]
    public void OverSize_Limit_IsWhatMustGo(double limit, long size, long expected) =>
        Assert.Equal(expected, new RetentionPolicy(new RetentionOptions { MaxSizeMb = limit }).OverSize(size));

    [Theory]
    [InlineData(500, 100_000_000, 400_000_000)]
    [InlineData(500, 900_000_000, -400_000_000)]
    [InlineData(0, 0, 0)]
    public void ShortOfSpace_Limit_IsWhatMustGo(double limit, long free, long expected) =>
        Assert.Equal(expected, new RetentionPolicy(new RetentionOptions { MinFreeMb = limit }).ShortOfSpace(free));
}

using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ambianic.Sources;

namespace Ambianic.Faults;

/// <summary>The disk and the database of the running program.</summary>
public sealed class StorageTests : IDisposable
{
    private readonly Clips _clips = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _clips.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_DatabaseIsDeleted_TimelineIsThatOfTheFilesAgain(bool whileRunning)
    {
        await ConfigureAsync("data");
        await using var listener = new EventListener();
        await using (var program = AmbianicProgram.Start(_clips.Folder, "run", "--port", "0"))
        {
            using var client = await ListenAsync(program, listener);
            await Eventually.TrueAsync(() => listener.Announced >= 3);
            if (whileRunning)
            {
                DeleteDatabase();
                var before = listener.Announced;
                await Eventually.TrueAsync(() => listener.Announced > before + 1);
                await UntilNothingIsMissingAsync(listener, client);
            }

            await program.TerminateAsync(Cancellation);
        }

        DeleteDatabase();
        await using var again = AmbianicProgram.Start(_clips.Folder, "run", "--port", "0");
        using var later = new HttpClient { BaseAddress = await again.AddressAsync(Cancellation) };
        await UntilNothingIsMissingAsync(listener, later);
        Assert.All(listener.Pictures, picture => Assert.True(File.Exists(Path.Combine(_clips.Folder, "data", picture)), picture));
    }

    [Fact]
    public async Task Run_DiskIsFullForAWhile_WatchesOnLosesNothingAnnouncedAndSavesAgain()
    {
        var disk = Path.Combine(_clips.Folder, "disk");
        Directory.CreateDirectory(disk);
        if (await RunAsync("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk) != 0)
        {
            Assert.Skip("a small disk cannot be mounted here: run as root");
        }

        try
        {
            await ConfigureAsync("disk/data");
            await using var listener = new EventListener();
            await using var program = AmbianicProgram.Start(_clips.Folder, "run", "--port", "0");
            using var client = await ListenAsync(program, listener);
            await Eventually.TrueAsync(() => listener.Announced >= 3);

            var ballast = Path.Combine(disk, "ballast");
            await RunAsync("dd", "if=/dev/zero", $"of={ballast}", "bs=4k", "status=none"); // ends with an error when nothing is free any more
            await Eventually.TrueAsync(() => program.Output.Contains("could not save", StringComparison.Ordinal));
            Assert.Contains("free some space", program.Output, StringComparison.Ordinal);
            var (saved, processed) = (listener.Announced, await ProcessedAsync(client));
            while (await ProcessedAsync(client) <= processed)
            {
                Cancellation.ThrowIfCancellationRequested();
            }

            File.Delete(ballast);
            var freed = Stopwatch.GetTimestamp();
            await Eventually.TrueAsync(() => listener.Announced > saved);
            Assert.InRange(Stopwatch.GetElapsedTime(freed).TotalSeconds, 0, 10);
            Assert.Equal(0, await listener.LostAsync(client, Cancellation));
        }
        finally
        {
            await RunAsync("umount", "-l", disk);
        }
    }

    private static async Task<HttpClient> ListenAsync(AmbianicProgram program, EventListener listener)
    {
        var client = new HttpClient { BaseAddress = await program.AddressAsync(Cancellation), Timeout = Timeout.InfiniteTimeSpan };
        listener.ListenTo(client);
        return client;
    }

    private static async Task UntilNothingIsMissingAsync(EventListener listener, HttpClient client)
    {
        using var limit = new CancellationTokenSource(Eventually.Patience);
        while (await listener.LostAsync(client, limit.Token) > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
        }
    }

    private static async Task<long> ProcessedAsync(HttpClient client)
    {
        var health = await client.GetFromJsonAsync<JsonObject>("/api/health", Cancellation);
        return (long)health!["pipelines"]![0]!["processed"]!;
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(Cancellation);
        return process.ExitCode;
    }

    private void DeleteDatabase()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(_clips.Folder, "data"), "events.db*"))
        {
            File.Delete(file);
        }
    }

    private async Task ConfigureAsync(string dataDir)
    {
        var clip = _clips.Make("clip.mp4", "s=320x240:r=10:d=2", "-pix_fmt yuv420p");
        await File.WriteAllTextAsync(Path.Combine(_clips.Folder, "config.yaml"), $$"""
            data_dir: {{dataDir}}
            pipelines:
              clip:
                - source: { uri: "{{clip}}", live: true }
                - save_detections: { idle_interval: 0.2 }
            """, Cancellation);
    }
}

using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ambianic.Tests;
using Ambianic.Tests.Media.Sources;

namespace Ambianic.Server.Tests.Faults;

/// <summary>
/// The real program on a small disk of its own that can be broken: one pipeline saves what it sees, another only watches,
/// and a listener writes down every event that is announced.
/// </summary>
internal sealed class StorageHouse : IAsyncDisposable
{
    private const string Nobody = "65534";
    private const double Fps = 2; // of the witness; the other asks for more

    /// <summary>Who reads the timeline waits for the disk until it is known to hang.</summary>
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    /// <summary>Three minutes of looks; the time that a paused machine stands still does not count.</summary>
    private const int LooksInVain = 3600;

    /// <summary>A disk that does not answer is waited for 3 s; saving is tried again after 5 s.</summary>
    private static readonly Promise Promise = new(5, 10);

    private readonly Clips _clips = new();
    private readonly EventListener _listener = new();
    private readonly bool _isMounted;
    private AmbianicProgram? _program;
    private HttpClient? _client;

    private StorageHouse(bool isMounted) => _isMounted = isMounted;

    /// <summary>Everything that can happen to the disk or the database.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["disk full", "disk read-only", "disk hangs", "no permission", "data directory taken away", "a file where the events were", "database overwritten", "database deleted"];

    public string Disk => Path.Combine(_clips.Folder, "disk");

    public string DataDir => Path.Combine(Disk, "data");

    public string Clip => Path.Combine(_clips.Folder, "clip.mp4");

    public int Announced => _listener.Announced;

    public AmbianicProgram Program => _program!;

    /// <summary>Paths of the announced pictures.</summary>
    public IEnumerable<string> Pictures => _listener.Pictures.Select(picture => Path.Combine(DataDir, picture));

    /// <summary>Starts the program where a fault can happen; skips the test where it cannot.</summary>
    public static async Task<StorageHouse> StartAsync(string fault)
    {
        var house = new StorageHouse(fault is "disk full" or "disk read-only" or "disk hangs");
        try
        {
            await house.PrepareAsync(fault);
            await house.RunAgainAsync(UserFor(fault));
            await Eventually.TrueAsync(() => house.Announced >= 3);
            return house;
        }
        catch
        {
            await house.DisposeAsync();
            throw;
        }
    }

    /// <summary>What <paramref name="name"/> is on this disk.</summary>
    public Fault Fault(string name)
    {
        var (ballast, taken) = (Path.Combine(Disk, "ballast"), Path.Combine(Disk, "taken"));
        return name switch
        {
            "disk full" => new Fault(
                name,
                "disk",
                "",
                Promise,
                () => TryAsync("dd", "if=/dev/zero", $"of={ballast}", "bs=4k", "status=none"), // ends with an error when nothing is free any more
                () => Now(() => File.Delete(ballast)),
                "free some space"),
            "disk read-only" => new Fault(name, "disk", "", Promise, MountReadOnlyAsync, () => TryAsync("umount", "-l", Disk), "the disk is read-only"),
            "disk hangs" => new Fault(name, "disk", "", Promise, () => TryAsync("fsfreeze", "-f", Disk), () => TryAsync("fsfreeze", "-u", Disk), "the disk has not answered"),
            "no permission" => new Fault(name, "disk", "", Promise, () => TryAsync("chmod", "-R", "a-w", DataDir), () => TryAsync("chmod", "-R", "u+w", DataDir), "let the user that runs Ambianic write there"),
            "data directory taken away" => new Fault(
                name,
                "disk",
                "",
                Promise,
                () => Now(() =>
                {
                    Directory.Move(DataDir, taken);
                    Directory.CreateDirectory(DataDir); // the mount point
                }),
                () => Now(() =>
                {
                    Directory.Delete(DataDir, recursive: true);
                    Directory.Move(taken, DataDir);
                }),
                "connected and mounted"),
            "a file where the events were" => new Fault(
                name,
                "disk",
                "",
                Promise,
                () => Now(() =>
                {
                    Directory.Move(Path.Combine(DataDir, "detections"), taken);
                    File.WriteAllText(Path.Combine(DataDir, "detections"), "in the way");
                }),
                () => Now(() =>
                {
                    File.Delete(Path.Combine(DataDir, "detections"));
                    Directory.Move(taken, Path.Combine(DataDir, "detections"));
                }),
                "check the disk of data_dir"),
            "database overwritten" => new Fault(name, "database", "", Promise, () => Now(OverwriteDatabase), null, "damaged while it was in use"),
            _ => new Fault(name, "database", "", Promise, () => Now(DeleteDatabase), null, "deleted while it was in use"),
        };
    }

    /// <summary>Breaks something, waits until the log says so, holds it, mends it, and waits until events are announced and all are on the timeline.</summary>
    public async Task<Recovery> MeasureAsync(Fault fault, TimeSpan hold, CancellationToken cancellation)
    {
        var (lostBefore, atFirst, said) = (await LostByWitnessAsync(cancellation), await WitnessesAsync(cancellation), _program!.Output.Length);
        var look = Task.FromResult(0);
        var start = TimeProvider.System.GetTimestamp();
        await fault.InjectAsync();
        await UntilAsync(
            fault,
            () =>
            {
                look = look.IsCompleted ? LostAsync(cancellation) : look; // somebody looks at the timeline meanwhile
                return Task.FromResult(_program.Output[said..].Contains(fault.Says, StringComparison.Ordinal));
            },
            cancellation);
        var noticed = TimeProvider.System.GetElapsedTime(start);
        await look;
        if (fault.MendAsync is { } mend)
        {
            var before = await WitnessesAsync(cancellation);
            await Task.Delay(hold, TimeProvider.System, cancellation);
            await UntilAsync(fault, async () => (await WitnessesAsync(cancellation)).WatchedOnSince(before), cancellation);
            await UntilAsync(fault, async () => (await StorageTroubleAsync(cancellation))?.Contains(fault.Says, StringComparison.Ordinal) == true, cancellation);
            await mend();
            start = TimeProvider.System.GetTimestamp();
        }

        var announced = Announced;
        await UntilAsync(fault, () => Task.FromResult(Announced > announced), cancellation);
        var recovered = TimeProvider.System.GetElapsedTime(start);
        await UntilAsync(fault, async () => await LostAsync(cancellation) == 0, cancellation);
        await UntilAsync(fault, async () => await StorageTroubleAsync(cancellation) is null, cancellation);
        var inTheEnd = atFirst;
        await UntilAsync(fault, async () => (inTheEnd = await WitnessesAsync(cancellation)).WatchedOnSince(atFirst), cancellation);
        var shown = (string)(await StatusesAsync(cancellation))[0]["state"]!;
        return new Recovery(
            fault,
            shown,
            fault.Says,
            noticed,
            recovered,
            await LostByWitnessAsync(cancellation) - lostBefore,
            inTheEnd.ShareSince(atFirst, Fps),
            await LostAsync(cancellation));
    }

    /// <summary>Root may write everywhere.</summary>
    public static string? UserFor(string fault) => fault == "no permission" && Environment.IsPrivilegedProcess ? Nobody : null;

    /// <summary>Starts the program anew.</summary>
    /// <param name="user">Number of another user that it runs as; null is ours.</param>
    public async Task RunAgainAsync(string? user = null)
    {
        _client?.Dispose();
        _program = AmbianicProgram.StartAs(user, _clips.Folder, new Dictionary<string, string> { ["HOME"] = _clips.Folder }, "run", "--port", "0");
        _client = new HttpClient { BaseAddress = await _program.AddressAsync(TestContext.Current.CancellationToken), Timeout = Timeout.InfiniteTimeSpan };
        _listener.ListenTo(_client);
        while ((await StatusesAsync(TestContext.Current.CancellationToken)).Count == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Announced events that are not on the timeline; -1 when the timeline cannot be read now.</summary>
    public async Task<int> LostAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(LongestAnswer);
        try
        {
            return await _listener.LostAsync(_client!, limit.Token);
        }
        catch (Exception error) when (error is HttpRequestException or System.Text.Json.JsonException || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return -1;
        }
    }

    public void DeleteDatabase()
    {
        foreach (var file in Directory.GetFiles(DataDir, "events.db*"))
        {
            File.Delete(file);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_isMounted)
        {
            await TryAsync("fsfreeze", "-u", Disk); // a test that failed half-way
        }

        await _listener.DisposeAsync();
        _client?.Dispose();
        if (_program is not null)
        {
            await _program.DisposeAsync();
        }

        if (_isMounted)
        {
            await TryAsync("umount", "-q", "-l", Disk);
            await TryAsync("umount", "-q", "-l", Disk); // the read-only one lies above
        }

        _clips.Dispose();
    }

    private static Task Now(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private static async Task<bool> TryAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode == 0;
    }

    private async Task PrepareAsync(string fault)
    {
        Directory.CreateDirectory(Disk);
        _clips.Make("clip.mp4", "s=320x240:r=10:d=2", "-pix_fmt yuv420p");
        if (fault == "disk hangs" && !await MountFreezableAsync())
        {
            Assert.Skip("a file system that can be frozen cannot be mounted here: run as root, with loop devices and mkfs.ext4");
        }
        else if (fault is "disk full" or "disk read-only" && !await TryAsync("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", Disk))
        {
            Assert.Skip("a small disk cannot be mounted here: run as root");
        }

        if (fault == "no permission" && Environment.IsPrivilegedProcess
            && !(await TryAsync("setpriv", "--reuid", Nobody, "--clear-groups", "dotnet", "--list-runtimes") && await TryAsync("chown", "-R", Nobody, _clips.Folder)))
        {
            Assert.Skip("root may write everywhere, and setpriv cannot run the program as somebody else here");
        }

        await File.WriteAllTextAsync(Path.Combine(_clips.Folder, "config.yaml"), $$"""
            data_dir: disk/data
            pipelines:
              witness:
                - source: { uri: "{{Clip}}", live: true, fps: {{Fps}} }
              saving:
                - source: { uri: "{{Clip}}", live: true }
                - save_detections: { idle_interval: 0.2 }
            """);
    }

    private async Task<bool> MountFreezableAsync()
    {
        var image = Path.Combine(_clips.Folder, "disk.img");
        await using (var file = new FileStream(image, FileMode.CreateNew))
        {
            file.SetLength(64 << 20);
        }

        return await TryAsync("mkfs.ext4", "-q", image) && await TryAsync("mount", "-o", "loop", image, Disk);
    }

    /// <summary>A second mount over the first, as files that are open for writing forbid to turn the first one.</summary>
    private async Task MountReadOnlyAsync()
    {
        await TryAsync("mount", "--bind", Disk, Disk);
        await TryAsync("mount", "-o", "remount,bind,ro", Disk);
    }

    private void OverwriteDatabase()
    {
        foreach (var path in Directory.GetFiles(DataDir, "events.db").Concat(Directory.GetFiles(DataDir, "events.db-wal")))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.Write(Enumerable.Repeat((byte)0xAA, (int)file.Length).ToArray());
        }
    }

    /// <summary>Why the health says that nothing can be saved.</summary>
    private async Task<string?> StorageTroubleAsync(CancellationToken cancellation) =>
        (string?)(await _client!.GetFromJsonAsync<JsonObject>("/api/health", cancellation))!["storage_trouble"];

    private async Task<List<JsonNode>> StatusesAsync(CancellationToken cancellation) =>
        [.. (await _client!.GetFromJsonAsync<JsonObject>("/api/health", cancellation))!["pipelines"]!.AsArray().Select(status => status!)];

    private async Task<Witnesses> WitnessesAsync(CancellationToken cancellation) => new(await StatusesAsync(cancellation));

    private async Task<long> LostByWitnessAsync(CancellationToken cancellation)
    {
        var statuses = await StatusesAsync(cancellation);
        return (long)statuses[0]["dropped"]! + statuses.Sum(status => (long)status["failed"]! + (long)status["healed"]! + (long)status["rebuilt"]!);
    }

    private async Task UntilAsync(Fault fault, Func<Task<bool>> condition, CancellationToken cancellation)
    {
        for (var looks = 0; !await condition(); looks++)
        {
            if (looks == LooksInVain)
            {
                Assert.Fail($"{fault.Name}: {Announced} announced, {await LostAsync(cancellation)} not on the timeline\n{_program!.Output}");
            }

            await Task.Delay(BetweenLooks, TimeProvider.System, cancellation);
        }
    }
}

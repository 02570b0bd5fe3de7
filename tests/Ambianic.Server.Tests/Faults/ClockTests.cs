using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ambianic.Tests;
using Ambianic.Tests.Media.Sources;

namespace Ambianic.Server.Tests.Faults;

/// <summary>Sets the clock of the running program, and of its decoders, forward and back.</summary>
[Slow]
public sealed class ClockTests : IDisposable
{
    private readonly Clips _clips = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _clips.Dispose();

    [Fact]
    public async Task Run_ClockIsSetForwardAndBack_WatchesOnAndKeepsEverythingInOrder() =>
        Assert.All(await SetForwardAndBackAsync(), incident => Assert.Equal(0, incident.LostEvents));

    internal async Task<IReadOnlyList<Incident>> SetForwardAndBackAsync()
    {
        var clip = _clips.Make("clip.mp4", "s=160x120:r=5:d=2", "-pix_fmt yuv420p");
        _clips.Write("config.yaml", $$"""
            retention: { max_age_days: 7 }
            pipelines:
              a:
                - source: { uri: "{{clip}}", live: true, fps: 2 }
                - save_detections: { idle_interval: 0.2 }
            """);
        SetClock("+0");
        await using var listener = new EventListener();
        await using var program = AmbianicProgram.StartWith(_clips.Folder, RequireClock(), "run", "--port", "0");
        using var client = new HttpClient { BaseAddress = await program.AddressAsync(Cancellation), Timeout = Timeout.InfiniteTimeSpan };
        listener.ListenTo(client);
        await SeeMoreAsync(listener);

        var forward = await SetAsync("+30d", "the clock moved forward", "the clock is set 30 days forward");
        var back = await SetAsync("-1h", "the clock was set back", "the clock is set back");

        var lost = await listener.LostAsync(client, Cancellation);
        Assert.True(lost == 0, $"{lost} of {listener.Announced} are lost, though a clock that was just set is not believed\n{program.Output}");
        var page = (await client.GetFromJsonAsync<JsonObject>("/api/timeline?page_size=100", Cancellation))!["timeline"]!.AsArray();
        var moments = page.Select(seen => (double)seen!["created"]!).ToList();
        Assert.Equal(moments.OrderDescending(), moments);
        Assert.True(moments[0] - moments[^1] > TimeSpan.FromDays(30).TotalSeconds, "events of three times");
        var health = await client.GetFromJsonAsync<JsonObject>("/api/health", Cancellation);
        Assert.Contains("clock", (string)health!["systemic_trouble"]!, StringComparison.Ordinal);
        var status = health["pipelines"]![0]!;
        Assert.Equal(("running", "visible", 0, 0), ((string)status["state"]!, (string)status["visibility"]!, (int)status["healed"]!, (int)status["rebuilt"]!));
        var dropped = (long)status["dropped"]! + (long)status["failed"]!;
        await program.KillAsync(Cancellation);

        await using var again = AmbianicProgram.Start(_clips.Folder, "run", "--port", "0");
        using var later = new HttpClient { BaseAddress = await again.AddressAsync(Cancellation) };
        var account = (await later.GetFromJsonAsync<JsonObject>("/api/coverage", Cancellation))!["coverage"]!.AsArray();
        Assert.NotEmpty(account);
        Assert.All(account, interval => Assert.True(interval!["to"] is null || Moment(interval["to"]) >= Moment(interval["from"]), interval.ToString()));
        Assert.Equal(0, await listener.LostAsync(later, Cancellation));
        return [forward with { LostByOthers = dropped, LostEvents = lost }, back with { LostByOthers = dropped, LostEvents = lost }];

        async Task<Incident> SetAsync(string clock, string says, string what)
        {
            var start = TimeProvider.System.GetTimestamp();
            SetClock(clock);
            await Eventually.TrueAsync(() => program.Output.Contains(says, StringComparison.Ordinal));
            var noticed = TimeProvider.System.GetElapsedTime(start);
            start = TimeProvider.System.GetTimestamp();
            await SeeMoreAsync(listener);
            return new Incident(what, "`systemic_trouble`; all watch on", new Promise(3, 5), noticed, TimeProvider.System.GetElapsedTime(start), 0);
        }
    }

    private static DateTimeOffset Moment(JsonNode? node) => DateTimeOffset.Parse((string)node!, CultureInfo.InvariantCulture);

    private static Task SeeMoreAsync(EventListener listener)
    {
        var seen = listener.Announced;
        return Eventually.TrueAsync(() => listener.Announced > seen + 2);
    }

    /// <summary>libfaketime's words; see faketime(1).</summary>
    private void SetClock(string offset) => _clips.Write("clock", offset);

    private Dictionary<string, string> RequireClock()
    {
        var library = Directory.Exists("/usr/lib")
            ? Directory.EnumerateFiles("/usr/lib", "libfaketimeMT.so.1", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 }).FirstOrDefault()
            : null;
        if (library is null)
        {
            Assert.Skip("the clock of a program cannot be set here (apt-get install libfaketime)");
        }

        return new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = library,
            ["FAKETIME_TIMESTAMP_FILE"] = Path.Combine(_clips.Folder, "clock"),
            ["FAKETIME_NO_CACHE"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        };
    }
}

using Ambianic.Tests;
using Ambianic.Tests.Media.Sources;

namespace Ambianic.Server.Tests.Streams;

/// <summary>The program is killed while somebody listens.</summary>
[Slow]
public sealed class StreamKillTests : IDisposable
{
    private readonly Clips _clips = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _clips.Dispose();

    [Fact]
    public async Task Stream_ProgramIsKilledAgainAndAgain_TellsEveryEventOnce()
    {
        var clip = _clips.Make("clip.mp4", "s=320x240:r=25:d=2", "-pix_fmt yuv420p");
        await File.WriteAllTextAsync(
            Path.Combine(_clips.Folder, "config.yaml"),
            $$"""
            pipelines:
              front:
                - source: { uri: "{{clip}}", live: true, fps: 25 }
                - save_detections: { idle_interval: 0 }
            """,
            Cancellation);
        List<string> heard = [];
        string? id = null;
        for (var round = 0; round < 3; round++)
        {
            await using var program = AmbianicProgram.Start(_clips.Folder, "run", "--port", "0");
            using var client = new HttpClient { BaseAddress = await program.AddressAsync(Cancellation), Timeout = Timeout.InfiniteTimeSpan };
            await using var listener = await StreamClient.ListenAsync(client, "?types=events", id);
            await listener.NextAsync("ready");
            for (var count = 0; count < 10; count++)
            {
                var next = await listener.NextAsync();
                Assert.Equal("event", next!.Type);
                heard.Add(next.DataId!);
            }

            id = listener.LastId; // what it was sent since is lost with its connection
            await program.KillAsync(Cancellation);
        }

        await using var last = AmbianicProgram.Start(_clips.Folder, "run", "--port", "0");
        using var reader = new HttpClient { BaseAddress = await last.AddressAsync(Cancellation), Timeout = Timeout.InfiniteTimeSpan };
        await using var end = await StreamClient.ListenAsync(reader, "?types=events", id);
        await end.NextAsync("ready");
        var until = (await TimelineAsync(reader)).TakeWhile(seen => seen != heard[0]).ToHashSet(); // what came before the first listener is none of its business
        while (!until.IsSubsetOf(heard))
        {
            heard.Add((await end.NextAsync("event")).DataId!);
        }

        Assert.Equal(heard.Count, heard.Distinct().Count());
        Assert.True(heard.Count > 30);
    }

    /// <summary>Ids of all events, the newest first.</summary>
    private static async Task<IReadOnlyList<string>> TimelineAsync(HttpClient client)
    {
        List<string> ids = [];
        for (var page = 1; ; page++)
        {
            var answer = System.Text.Json.Nodes.JsonNode.Parse(await client.GetStringAsync(new Uri($"/api/timeline?page_size=100&page={page}", UriKind.Relative), Cancellation))!;
            var events = answer["timeline"]!.AsArray();
            ids.AddRange(events.Select(seen => (string)seen!["id"]!).Except(ids)); // pages shift while events arrive
            if (events.Count == 0)
            {
                return ids;
            }
        }
    }
}

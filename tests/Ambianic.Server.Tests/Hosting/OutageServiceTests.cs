using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ambianic.Server.Tests.Faults;
using Ambianic.Tests;

namespace Ambianic.Server.Tests.Hosting;

/// <summary>What the running program tells of a camera that goes away, also over its own end.</summary>
[Slow]
public sealed class OutageServiceTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Run_KilledWhileBlind_TimelineTellsOnceThatItIsBlindAndThenThatItSeesAgain()
    {
        await using var camera = await StillCamera.StartAsync();
        await File.WriteAllTextAsync(_directory["config.yaml"], $$"""
            health: { stalled_seconds: 16 } # hence 4 s until blindness is told
            pipelines:
              door:
                - source: { uri: "{{camera.Address}}", type: image, live: true, fps: 2 }
            """, Cancellation);

        await using (var program = AmbianicProgram.Start(_directory.Path, "run", "--port", "0"))
        {
            using var client = new HttpClient { BaseAddress = await program.AddressAsync(Cancellation) };
            await UntilAsync(client, "health", health => (long?)health["pipelines"]!.AsArray().FirstOrDefault()?["processed"] > 2);
            camera.Answer = Answer.ServerError;
            var told = await UntilAsync(client, "timeline?label=sight", page => page["timeline"]!.AsArray().Count > 0);
            Assert.Equal(["blind"], States(told)); // and nothing of the first start
            Assert.Equal("door", (string?)told["timeline"]![0]!["pipeline_context"]!["unique_pipeline_name"]);
            Assert.Contains("500", (string?)told["timeline"]![0]!["args"]!["sight"]!["reason"], StringComparison.Ordinal);
            Assert.DoesNotContain("usable picture again", program.Output, StringComparison.Ordinal);
            await program.KillAsync(Cancellation);
        }

        await using (var program = AmbianicProgram.Start(_directory.Path, "run", "--port", "0"))
        {
            using var client = new HttpClient { BaseAddress = await program.AddressAsync(Cancellation) };
            await UntilAsync(client, "health", health => (double?)health["pipelines"]!.AsArray().FirstOrDefault()?["silence_seconds"] > 6);
            camera.Answer = Answer.BlackPicture;
            var told = await UntilAsync(client, "timeline?label=sight", page => page["timeline"]!.AsArray().Count > 1);
            Assert.Equal(["watching", "blind"], States(told));
        }
    }

    private static IEnumerable<string?> States(JsonObject page) =>
        page["timeline"]!.AsArray().Select(entry => (string?)entry!["args"]!["sight"]!["state"]);

    private static async Task<JsonObject> UntilAsync(HttpClient client, string call, Func<JsonObject, bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Eventually.Patience);
        while (true)
        {
            var answer = (await client.GetFromJsonAsync<JsonObject>($"/api/{call}", limit.Token))!;
            if (condition(answer))
            {
                return answer;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
        }
    }
}

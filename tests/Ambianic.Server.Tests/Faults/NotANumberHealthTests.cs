using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ambianic.Tests;
using Ambianic.Tests.Inference.Sessions;

namespace Ambianic.Server.Tests.Faults;

/// <summary>A model that overflows on the camera's pictures finds nothing in them, and somebody has to be told.</summary>
[Slow]
public sealed class NotANumberHealthTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // when the model is loaded already
    public async Task Run_ModelSaysNoNumbers_HealthzFailsAndSaysWhy(bool onWhiteAlone)
    {
        await using var camera = await StillCamera.StartAsync();
        camera.Answer = Answer.WhitePicture;
        var tiny = new TinyOnnx(1, 3, 32, 32).Output("output0", [1, 1, 6], [8, 8, 24, 24, onWhiteAlone ? 0.9f : float.NaN, 0]);
        var model = (onWhiteAlone ? tiny.OverflowsOnWhite("output0") : tiny).Write(_directory.Path);
        await File.WriteAllTextAsync(_directory["config.yaml"], $$"""
            pipelines:
              door:
                - source: { uri: "{{camera.Address}}", type: image, live: true }
                - detect_objects: { model: { onnx: "{{model}}" } }
            """, Cancellation);
        await using var program = AmbianicProgram.StartWithCache(_directory.Path, _directory["cache"], "run", "--port", "0");
        using var client = new HttpClient { BaseAddress = await program.AddressAsync(Cancellation) };

        var reason = await UnavailableAsync(client);
        Assert.StartsWith("door fails: ", reason, StringComparison.Ordinal);
        Assert.Contains("not numbers", reason, StringComparison.Ordinal);
        var health = await client.GetFromJsonAsync<JsonObject>("/api/health", Cancellation);
        var door = Assert.Single(health!["pipelines"]!.AsArray());
        Assert.Equal(("failing", true), ((string?)door!["state"], (bool?)door["needs_person"]));
    }

    private static async Task<string> UnavailableAsync(HttpClient client)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(2 * Eventually.Patience);
        while (true)
        {
            using var answer = await client.GetAsync("/healthz", limit.Token);
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                return await answer.Content.ReadAsStringAsync(limit.Token);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
        }
    }
}

using System.Net.Http.Json;
using Ambianic.Tests;

namespace Ambianic.Server.Tests.Api;

/// <summary>The program is killed while it writes settings.</summary>
[Slow]
public sealed class SettingsKillTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Put_KilledWhileSettingsAreWritten_KeepsWhatItAnsweredAndAWholeFile()
    {
        File.WriteAllText(_directory["config.yaml"], "pipelines: {front: [source: {uri: /nowhere.mp4}]}\nlogging: {console_level: ERROR}\n");
        var answered = new HashSet<string>();
        for (var run = 0; run < 3; run++)
        {
            await using var program = AmbianicProgram.Start(_directory.Path, "run", "--port", "0");
            using var client = new HttpClient { BaseAddress = await program.AddressAsync(Cancellation) };
            var writers = Enumerable.Range(0, 4).Select(writer => WriteAsync(client, $"camera_{run}_{writer}", answered)).ToList();
            await Eventually.TrueAsync(() => Count(answered) > run * 8);

            await program.KillAsync(Cancellation);
            await Task.WhenAll(writers);
        }

        var check = await AmbianicProgram.RunAsync(_directory.Path, Cancellation, "check");
        Assert.True(check.ExitCode == 0, check.Errors);
        var local = File.ReadAllText(_directory["config.local.yaml"]);
        Assert.True(Count(answered) > 16);
        Assert.All(answered, id => Assert.Contains($"  {id}:", local, StringComparison.Ordinal));
    }

    /// <summary>Writes sources until the program is gone.</summary>
    private static async Task WriteAsync(HttpClient client, string name, HashSet<string> answered)
    {
        try
        {
            for (var number = 0; ; number++)
            {
                var id = $"{name}_{number}";
                using var answer = await client.PutAsJsonAsync("/api/config/source", new { id, uri = $"rtsp://127.0.0.1:1/{id}", type = "video" }, Cancellation);
                Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
                lock (answered)
                {
                    answered.Add(id);
                }
            }
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            // killed
        }
    }

    private static int Count(HashSet<string> answered)
    {
        lock (answered)
        {
            return answered.Count;
        }
    }
}

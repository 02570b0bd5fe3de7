using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ambianic.Tests;
using Ambianic.Tests.Messaging;

namespace Ambianic.Server.Tests.Secrets;

/// <summary>What alerts know of secrets is found in nothing that the program says, answers or stores: addresses of providers, of the heartbeat, and links to answer.</summary>
[Slow]
public sealed class MessageSecretsTests : IDisposable
{
    private static readonly string[] Paths =
    [
        "api/config", "api/health", "api/status", "api/alerts", "api/deliveries", "api/recipients", "api/timeline", "api/notifications/test", "index.html",
    ];

    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Run_MessagesToDeadAndLivingProviders_NoSecretIsSaid(int seed)
    {
        var random = new Random(seed);
        List<string> secrets = [];
        await using var phone = new RecordingServer();
        await File.WriteAllTextAsync(
            _directory["config.yaml"],
            $$"""
            data_dir: ./data
            logging: {file: ambianic.log, level: DEBUG, console_level: DEBUG}
            ui: {baseurl: "https://home.example.org"}
            heartbeat: {url: "http://127.0.0.1:9/push/{{Word()}}?key={{Odd()}}", every: 10s}
            notifications:
              default:
                providers:
                  - "ntfy://{{phone.Authority}}/{{Word()}}"
                  - "json://me:{{Odd()}}@127.0.0.1:9/hook/{{Word()}}?X={{Odd()}}"
                  - "xml://127.0.0.1:9/{{Odd()}}"
                  - "form://127.0.0.1:9/{{Word()}}?-token={{Odd()}}"
                  - "ntfy://{{Word()}}@127.0.0.1:9/topic"
                  - "gotify://127.0.0.1:9/{{Word()}}"
                  - "apprise://127.0.0.1:9/{{Word()}}"
                  - "hassio://127.0.0.1:9/{{Word()}}"
            pipelines:
              hall: [{source: "rtsp://127.0.0.1:9/hall"}, {save_detections: }]
            """,
            Cancellation);
        await using var program = AmbianicProgram.Start(_directory.Path, "run", "--port", "0");
        using var client = new HttpClient { BaseAddress = await program.AddressAsync(Cancellation) };

        using var drill = await client.PostAsJsonAsync("api/alerts/drill", new { pipeline = "hall" }, Cancellation);
        drill.EnsureSuccessStatusCode();
        await Eventually.TrueAsync(() => phone.Requests.Count > 0);
        var link = Regex.Match(string.Join('\n', phone.Requests[0].Headers.Values), "https://home.example.org/a/([A-Za-z0-9_-]+)").Groups[1].Value;
        Assert.NotEmpty(link);
        await AllWereTriedAsync(client);
        using var page = await client.GetAsync($"a/{link}", Cancellation);
        page.EnsureSuccessStatusCode();
        var said = new StringBuilder();
        foreach (var path in Paths)
        {
            said.AppendLine(path).AppendLine(await client.GetStringAsync(path, Cancellation));
        }

        await program.TerminateAsync(Cancellation);
        said.AppendLine(program.Output);
        foreach (var file in Directory.GetFiles(_directory.Path, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "config.yaml"))
        {
            said.AppendLine(file).AppendLine(Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, Cancellation)));
        }

        Assert.Contains("default/7", said.ToString(), StringComparison.Ordinal);
        Assert.InRange(secrets.Count, 15, 25);
        Assert.Empty(Regex.Matches(said.ToString(), $".{{0,80}}({string.Join('|', secrets)}|{link}).{{0,20}}", RegexOptions.IgnoreCase).Select(match => match.Value));

        string Word()
        {
            var word = $"{new string(random.GetItems<char>("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", 9))}{random.Next(10)}";
            secrets.Add(word);
            return word;
        }

        string Odd() => Word() + random.GetItems(["%23", "%2F", "%3A", "%40", "-", "_", "%25", "%C3%BC", "%20"], 1)[0] + Word();
    }

    private static async Task AllWereTriedAsync(HttpClient client)
    {
        for (var looks = 0; ; looks++)
        {
            Assert.True(looks < 1000, "not every message was tried");
            var deliveries = (await client.GetFromJsonAsync<JsonNode>("api/deliveries", Cancellation))!["deliveries"]!.AsArray();
            if (deliveries.Count >= 8 && deliveries.All(delivery => (int)delivery!["attempts"]! > 0))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
        }
    }
}

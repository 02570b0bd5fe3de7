using Ambianic.Tests;
using Ambianic.Tests.Media.Sources;
using Ambianic.Tests.Messaging;

namespace Ambianic.Server.Tests.Metrics;

/// <summary>The program in a process of its own, with a camera that gives pictures, and a collector.</summary>
[Slow]
public sealed class OtlpTests : IDisposable
{
    private readonly Clips _clips = new();
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _clips.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Run_WithACollector_SendsMeasurementsAndTracesAndTellsNobodyItsToken()
    {
        const string Token = "q8Zr4kLm2Xw7";
        var film = _clips.Make("film.mp4", "size=320x240:rate=5", "-t 4 -pix_fmt yuv420p");
        await using var collector = new RecordingServer { Answer = _ => new CannedAnswer(503) };
        await File.WriteAllTextAsync(
            _directory["config.yaml"],
            $$"""
            metrics:
              otlp:
                endpoint: http://{{collector.Authority}}
                headers: {Authorization: Bearer {{Token}}}
                every: 1s
                trace_every: 2
            sources:
              hall: {uri: {{film}}, live: true}
            pipelines:
              front:
                - source: hall
                - save_detections: {}
            """,
            Cancellation);
        await using var program = AmbianicProgram.Start(_directory.Path, "run", "--port", "0");
        using var client = new HttpClient { BaseAddress = await program.AddressAsync(Cancellation) };
        await Eventually.TrueAsync(() => program.Output.Contains("takes no measurements", StringComparison.Ordinal));

        collector.Answer = _ => new CannedAnswer();
        await Eventually.TrueAsync(() => program.Output.Contains("takes measurements again", StringComparison.Ordinal));
        await Eventually.TrueAsync(() => Sent("/v1/metrics", "ambianic.samples.processed") && Sent("/v1/metrics", "dotnet.process.memory.working_set"));
        await Eventually.TrueAsync(() => Sent("/v1/traces", "save_detections") && Sent("/v1/traces", "ambianic.frame.size"));

        Assert.All(collector.Requests, request => Assert.Equal($"Bearer {Token}", request.Header("Authorization")));
        var (configuration, scrape) = (await client.GetStringAsync(new Uri("api/config", UriKind.Relative), Cancellation), await Scrape.OfAsync(client));
        Assert.DoesNotContain(Token, configuration + scrape + program.Output, StringComparison.Ordinal);
        Assert.Contains("\"Authorization\":\"***\"", configuration, StringComparison.Ordinal);
        Assert.True(scrape.Value("ambianic_element_duration_seconds_count{pipeline=\"front\",element=\"save_detections\"}") > 0);
        Assert.True(scrape.Value("ambianic_frame_decode_duration_seconds_count{source=\"hall\"}") > 0);
        Assert.Equal((0, ""), await Promtool.RunAsync(scrape.ToString(), "check", "metrics"));
        Assert.Equal(0, await program.TerminateAsync(Cancellation));

        bool Sent(string path, string text) => collector.Requests.Any(request => request.Path == path && request.Text.Contains(text, StringComparison.Ordinal));
    }
}

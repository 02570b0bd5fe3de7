using System.Net;
using Ambianic.Core.Health;
using Ambianic.Core.Visibility;
using Ambianic.Server.Tests.Access;
using Ambianic.Storage.Access;
using Ambianic.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace Ambianic.Server.Tests.Metrics;

public sealed class MetricsApiTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Uri Path => new("metrics", UriKind.Relative);

    [Fact]
    public async Task Get_WherePeopleLogIn_TakesTheRoleOfAViewer()
    {
        await using var house = await GuardedHouse.StartAsync();
        using var nobody = house.Program(null);
        using var viewer = house.Program(AccessRole.Viewer);

        using var refused = await nobody.GetAsync(Path, Cancellation);
        using var answer = await viewer.GetAsync(Path, Cancellation);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (refused.StatusCode, answer.StatusCode));
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task Get_WhenTheConfigurationOpensIt_AnswersAnybodyAndNothingElseDoes()
    {
        await using var house = await GuardedHouse.StartAsync("metrics: {anonymous: true}");
        using var nobody = house.Program(null);

        using var answer = await nobody.GetAsync(Path, Cancellation);
        using var other = await nobody.GetAsync(new Uri("api/health", UriKind.Relative), Cancellation);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (answer.StatusCode, other.StatusCode));
    }

    [Fact]
    public async Task Get_WhenItIsOff_SaysSo()
    {
        await using var house = await ServedHouse.StartAsync("metrics: {enabled: false}");

        using var answer = await house.Client.GetAsync(Path, Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("metrics.enabled", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_OfAHouse_TellsItsPipelinesAndNoSecret()
    {
        await using var house = await ServedHouse.StartAsync();
        await house.RememberAsync(1, "person");
        await LookedAtAsync(house);

        var scrape = await Scrape.OfAsync(house.Client); // measures itself
        scrape = await Scrape.OfAsync(house.Client);

        Assert.Equal(1, scrape.Value("ambianic_pipeline_state{pipeline=\"broken\",state=\"disabled\"}"));
        Assert.InRange(scrape.Value("ambianic_disk_free_bytes")!.Value, 1, scrape.Value("ambianic_disk_size_bytes")!.Value);
        Assert.True(scrape.Value("dotnet_process_memory_working_set_bytes") > 1e6);
        Assert.Contains(scrape.Samples, line => line.StartsWith("http_server_request_duration_seconds_count{", StringComparison.Ordinal) && line.Contains("http_route=\"/metrics\"", StringComparison.Ordinal));
        Assert.DoesNotContain("topsecret", scrape.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("anothersecret", scrape.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_AfterAPipelineWasRemoved_HasNoSeriesOfIt()
    {
        await using var house = await ServedHouse.StartAsync();
        await LookedAtAsync(house);
        var outages = house.Services.GetRequiredService<OutageMetrics>();
        outages.Count(Report("broken"));
        outages.Count(Report("removed"));

        var scrape = await Scrape.OfAsync(house.Client);

        Assert.Equal(1, scrape.Value("ambianic_outages_total{pipeline=\"broken\",visibility=\"no_video\"}"));
        Assert.DoesNotContain("removed", scrape.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_WithAnInstrumentThatFails_TellsTheOthers()
    {
        await using var house = await ServedHouse.StartAsync();
        Core.Metrics.Instruments.MeterOf(house.Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>())
            .CreateObservableGauge("ambianic.broken", Fail);

        var scrape = await Scrape.OfAsync(house.Client);

        Assert.NotNull(scrape.Value("ambianic_start_time_seconds"));

        static int Fail() => throw new InvalidOperationException("broken");
    }

    [Fact]
    public async Task Get_OfARealHouse_PassesTheCheckOfPrometheus()
    {
        await using var house = await ServedHouse.StartAsync();
        await house.RememberAsync(1, "person");
        await LookedAtAsync(house);
        house.Services.GetRequiredService<OutageMetrics>().Count(Report("broken"));
        _ = await Scrape.OfAsync(house.Client); // measures itself

        var (exitCode, said) = await Promtool.RunAsync((await Scrape.OfAsync(house.Client)).ToString(), "check", "metrics");

        Assert.Equal((0, ""), (exitCode, said));
    }

    /// <summary>The supervisor has looked at all pipelines.</summary>
    private static Task LookedAtAsync(ServedHouse house) => Eventually.TrueAsync(() => house.Services.GetRequiredService<HealthFeed>().Latest.Pipelines.Count > 0);

    private static OutageReport Report(string pipeline) =>
        new(pipeline, "camera", DateTimeOffset.UnixEpoch, VisibilityState.NoVideo, DateTimeOffset.UnixEpoch, "no route to host");
}

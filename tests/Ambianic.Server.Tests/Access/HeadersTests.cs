using System.Net;
using Ambianic.Storage.Access;

namespace Ambianic.Server.Tests.Access;

/// <summary>What browsers are told with every answer.</summary>
public sealed class HeadersTests : IAsyncLifetime
{
    private GuardedHouse _house = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _house = await GuardedHouse.StartAsync();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Theory]
    [InlineData("/index.html")]
    [InlineData("/timeline.js")]
    [InlineData("/login")]
    [InlineData("/api/health")]
    [InlineData("/api/nothing")]
    [InlineData("/api/timeline?page=no-number")]
    [InlineData("/healthz")]
    public async Task EveryAnswer_HasAStrictPolicy(string path)
    {
        using var program = _house.Program(AccessRole.Admin);
        using var answer = await program.GetAsync(new Uri(path, UriKind.Relative), Cancellation);

        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'self'", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("SAMEORIGIN", Assert.Single(answer.Headers.GetValues("X-Frame-Options")));
        Assert.Single(answer.Headers.GetValues("Referrer-Policy"));
        Assert.NotNull(answer.Headers.CacheControl);
    }

    [Theory]
    [InlineData("/index.html", HttpStatusCode.Redirect)]
    [InlineData("/docs.html", HttpStatusCode.Redirect)]
    [InlineData("/timeline.css", HttpStatusCode.OK)]
    [InlineData("/api/data/detections/x.jpg", HttpStatusCode.Redirect)]
    [InlineData("/api/data/../access.db", HttpStatusCode.Redirect)]
    [InlineData("/a/x", HttpStatusCode.NotFound)]
    public async Task Files_OfStrangers_AreThoseOfTheProgramAlone(string path, HttpStatusCode expected)
    {
        using var browser = _house.Browser();
        using var answer = await browser.GetAsync(new Uri(path, UriKind.Relative), Cancellation);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Pictures_OfSomebodyLoggedIn_AreRead()
    {
        var seen = await _house.House.RememberAsync(1, "person");
        using var viewer = _house.Program(AccessRole.Viewer);
        using var picture = await viewer.GetAsync(new Uri($"/api/data/{seen.RelDir}/{seen.ImageFileName}", UriKind.Relative), Cancellation);
        using var stranger = _house.Program(null);
        using var refused = await stranger.GetAsync(new Uri($"/api/data/{seen.RelDir}/{seen.ImageFileName}", UriKind.Relative), Cancellation);

        Assert.Equal("image/jpeg", picture.Content.Headers.ContentType?.MediaType);
        Assert.NotNull(picture.Headers.ETag);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }
}

using System.Net;
using Ambianic.Server.Access;
using Microsoft.Extensions.DependencyInjection;

namespace Ambianic.Server.Tests.Access;

/// <summary>Strangers who guess passwords, and people who log in meanwhile.</summary>
public sealed class KnownDeviceTests : IAsyncLifetime
{
    private GuardedHouse _house = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _house = await GuardedHouse.StartAsync();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Fact]
    public async Task LogIn_StrangersGoOnGuessing_LetsInWhoWasThereBefore()
    {
        using var browser = _house.Browser();
        using (var first = await GuardedHouse.LogInAsync(browser, "the.admin"))
        {
            Assert.Equal(HttpStatusCode.SeeOther, first.StatusCode);
        }

        using var out1 = await browser.PostAsync(new Uri("/logout", UriKind.Relative), null, Cancellation);
        using var stranger = _house.Browser();
        for (var i = 0; i < 6; i++)
        {
            using var wrong = await GuardedHouse.LogInAsync(stranger, "the.admin", $"wrong guess {i}");
        }

        using var kept = await GuardedHouse.LogInAsync(stranger, "the.admin");
        using var let = await GuardedHouse.LogInAsync(browser, "the.admin");
        Assert.Equal(HttpStatusCode.TooManyRequests, kept.StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, let.StatusCode);
    }

    [Fact]
    public async Task LogIn_DeviceOfAnotherPerson_IsAStranger()
    {
        using var browser = _house.Browser();
        using var first = await GuardedHouse.LogInAsync(browser, "the.viewer");
        using var stranger = _house.Browser();
        for (var i = 0; i < 6; i++)
        {
            using var wrong = await GuardedHouse.LogInAsync(stranger, "the.admin", $"wrong guess {i}");
        }

        using var kept = await GuardedHouse.LogInAsync(browser, "the.admin");
        Assert.Equal(HttpStatusCode.TooManyRequests, kept.StatusCode);
    }

    [Fact]
    public async Task DeviceCookie_OfAnInventedDevice_IsNotTakenOver()
    {
        using var browser = _house.Browser();
        browser.DefaultRequestHeaders.Add("Cookie", $"{AccessHandler.DeviceCookie}=chosen-by-mallory");
        using var done = await GuardedHouse.LogInAsync(browser, "the.admin");

        Assert.Equal(HttpStatusCode.SeeOther, done.StatusCode);
        Assert.DoesNotContain(done.Headers.GetValues("Set-Cookie"), cookie => cookie.Contains("chosen-by-mallory", StringComparison.Ordinal));
        Assert.False(_house.Database.Load().KnowsDevice(Secret.Hash("chosen-by-mallory")));
    }

    [Fact]
    public async Task LogIn_GivenUpBeforeItsTurn_IsNoFailure()
    {
        var logIn = _house.House.Services.GetRequiredService<LogIn>();
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        for (var i = 0; i < 20; i++)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => logIn.TryAsync("the.admin", "wrong", null, IPAddress.Loopback, gone.Token));
        }

        var (cookies, wait) = await logIn.TryAsync("the.admin", GuardedHouse.Password, null, IPAddress.Loopback, Cancellation);
        Assert.NotNull(cookies);
        Assert.Equal(TimeSpan.Zero, wait);
    }

    [Fact]
    public async Task LogIn_MoreThanWaitInTheQueue_AreNoFailures()
    {
        var logIn = _house.House.Services.GetRequiredService<LogIn>();
        var tries = await Task.WhenAll(Enumerable.Range(0, 60).Select(i =>
            Task.Run(() => logIn.TryAsync("the.admin", GuardedHouse.Password, null, new IPAddress([10, 0, 0, (byte)i]), Cancellation), Cancellation)));

        Assert.Contains(tries, one => one.Cookies is not null);
        var (cookies, _) = await logIn.TryAsync("the.admin", GuardedHouse.Password, null, IPAddress.Loopback, Cancellation);
        Assert.NotNull(cookies);
    }
}

using System.Net;
using System.Net.Http.Headers;
using Ambianic.Server.Access;
using Ambianic.Storage.Access;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Server.Tests.Access;

/// <summary>The program in this process with an administrator, a carer and a viewer, so that everybody has to log in.</summary>
internal sealed class GuardedHouse : IAsyncDisposable
{
    public const string Password = "seven brown herons";

    private GuardedHouse(ServedHouse house, FakeTimeProvider limitTime) => (House, LimitTime) = (house, limitTime);

    public ServedHouse House { get; }

    /// <summary>The clock of the limits of log-in.</summary>
    public FakeTimeProvider LimitTime { get; }

    public AccessDatabase Database => House.Services.GetRequiredService<AccessDatabase>();

    /// <param name="more">More of the configuration.</param>
    /// <param name="replace">Takes the place of parts of the program.</param>
    public static async Task<GuardedHouse> StartAsync(string more = "", Action<IServiceCollection>? replace = null)
    {
        var time = new FakeTimeProvider();
        var house = new GuardedHouse(
            await ServedHouse.StartAsync(more, services =>
            {
                services.AddSingleton(new LogInLimits(time));
                replace?.Invoke(services);
            }),
            time);
        foreach (var role in (AccessRole[])[AccessRole.Admin, AccessRole.Carer, AccessRole.Viewer])
        {
            Assert.Null(house.Database.Add(new UserAccount($"the {role}".Replace(' ', '.').ToLowerInvariant(), Passwords.Hash(Password), role, TimeProvider.System.GetUtcNow())));
        }

        return house;
    }

    /// <summary>A browser: keeps cookies, and shows redirects.</summary>
    public HttpClient Browser()
    {
        var client = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false }) { BaseAddress = House.Address };
        client.DefaultRequestHeaders.Add("Accept", "text/html,application/xhtml+xml");
        return client;
    }

    /// <summary>A program with a token; without one when there is no role.</summary>
    public HttpClient Program(AccessRole? role, TimeSpan? life = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = House.Address };
        if (role is { } may)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AddToken(may, life));
        }

        return client;
    }

    public string AddToken(AccessRole role, TimeSpan? life = null)
    {
        var (token, stored) = Tokens.New($"test-{Guid.NewGuid():N}", role, life, TimeProvider.System);
        Assert.Null(Database.Add(stored));
        return token;
    }

    public static async Task<HttpResponseMessage> LogInAsync(HttpClient browser, string name, string password = Password, string path = "/login")
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["name"] = name, ["password"] = password });
        return await browser.PostAsync(new Uri(path, UriKind.Relative), form, TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => House.DisposeAsync();
}

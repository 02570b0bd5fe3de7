using Ambianic.Server.Access;
using Ambianic.Storage.Access;
using Ambianic.Tests;
using Ambianic.Tests.Media.Sources;
using Microsoft.Extensions.DependencyInjection;

namespace Ambianic.Server.Tests.Api;

/// <summary>The program in this process with a camera, a film that never ends, that gives pictures of 640 x 360.</summary>
internal sealed class LiveHouse : IAsyncDisposable
{
    private readonly Clips _clips;

    private LiveHouse(Clips clips, SettingsHouse house) => (_clips, House) = (clips, house);

    public SettingsHouse House { get; }

    public HttpClient Client => House.Client;

    /// <param name="more">More of the configuration.</param>
    public static async Task<LiveHouse> StartAsync(string more = "")
    {
        var clips = new Clips();
        var film = clips.Make("film.mp4", "size=640x360:rate=10", "-t 4 -g 5 -pix_fmt yuv420p");
        var house = await SettingsHouse.StartAsync($$"""
            sources:
              hall: {uri: {{film}}, live: true, fps: 10}
            pipelines:
              front: [source: hall]
            {{more}}
            """);
        return new LiveHouse(clips, house);
    }

    /// <summary>Waits until there is a picture.</summary>
    public Task RunsAsync() => Eventually.TrueAsync(async () =>
    {
        using var answer = await Client.GetAsync(new Uri("/api/pipelines/front/snapshot.jpg", UriKind.Relative), TestContext.Current.CancellationToken);
        return answer.IsSuccessStatusCode;
    });

    /// <summary>Has everybody log in from now on.</summary>
    /// <returns>A program with a token of this role.</returns>
    public HttpClient Program(AccessRole role)
    {
        var database = House.Services.GetRequiredService<AccessDatabase>();
        if (database.Load().Users.Count == 0)
        {
            Assert.Null(database.Add(new UserAccount("ann", Passwords.Hash("seven brown herons"), AccessRole.Admin, TimeProvider.System.GetUtcNow())));
        }

        var (token, stored) = Tokens.New($"test-{Guid.NewGuid():N}", role, null, TimeProvider.System);
        Assert.Null(database.Add(stored));
        var client = new HttpClient { BaseAddress = Client.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await House.DisposeAsync();
        _clips.Dispose();
    }
}

using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Ambianic.Server.Access;
using Ambianic.Server.Tests.Faults;
using Ambianic.Tests;
using Microsoft.AspNetCore.Connections;

namespace Ambianic.Server.Tests.Abuse;

/// <summary>Clients that hold connections: slow ones, silent ones, ones that are gone. <c>AMBIANIC_CONNECTIONS</c> is how many; 10,000 takes minutes.</summary>
[Slow]
public sealed class SlowClientsTests : IDisposable
{
    private const int Pipelines = 4;
    private const int FramesMore = 10;

    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static int Connections => int.TryParse(Environment.GetEnvironmentVariable("AMBIANIC_CONNECTIONS"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 300;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task SlowAndIdleClients_AreCutOffAndPipelinesDoNotNotice()
    {
        await using var camera = await StillCamera.StartAsync();
        await File.WriteAllTextAsync(
            _directory["config.yaml"],
            $"pipelines:\n{string.Concat(Enumerable.Range(0, Pipelines).Select(i => $"  camera_{i}:\n    - source: {{uri: \"{camera.Address}\", type: image, fps: 5}}\n"))}",
            Cancellation);
        await using var program = AmbianicProgram.StartWith(_directory.Path, new Dictionary<string, string>(), "run", "--port", "0");
        using var client = new HttpClient { BaseAddress = await program.AddressAsync(Cancellation) };
        await MoreFramesAsync(client);

        using var ended = new CancellationTokenSource();
        var clients = new List<Socket>();
        try
        {
            for (var i = 0; i < Connections; i++)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                clients.Add(socket);
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, client.BaseAddress!.Port), Cancellation);
                await socket.SendAsync(Encoding.ASCII.GetBytes(Opening(i)), Cancellation);
            }

            var sending = DripAsync(clients, ended.Token);
            await MoreFramesAsync(client); // an answer within the time of HttpClient, and frames of each pipeline
            var served = (int)Math.Min(Connections, ConnectionLimits.Most);
            await ClosedAsync(clients, served);
            await ended.CancelAsync();
            await sending;
            await MoreFramesAsync(client);
        }
        finally
        {
            clients.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task Limit_ConnectionsOfOneAddress_LeaveOthersAlone()
    {
        var limits = new ConnectionLimits(new Core.Configuration.UiOptions { TrustedProxies = ["10.0.0.9"] });
        var gate = new TaskCompletionSource();
        var served = 0;
        var limited = limits.Limit(_ =>
        {
            Interlocked.Increment(ref served);
            return gate.Task;
        });
        Task Connect(string address) => limited(new DefaultConnectionContext { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 1) });

        var of = Enumerable.Range(0, ConnectionLimits.MostOfAnAddress + 50).Select(_ => Connect("10.0.0.7")).ToList();
        Assert.Equal((ConnectionLimits.MostOfAnAddress, 50), (served, of.Count(one => one.IsCompleted)));

        var others = Connect("10.0.0.8");
        var proxied = Enumerable.Range(0, ConnectionLimits.MostOfAnAddress + 50).Select(_ => Connect("10.0.0.9")).ToList();
        var local = Enumerable.Range(0, ConnectionLimits.MostOfAnAddress + 50).Select(_ => Connect("127.0.0.1")).ToList();
        Assert.DoesNotContain([others, .. proxied, .. local], one => one.IsCompleted);

        gate.SetResult();
        await Task.WhenAll([.. of, others, .. proxied, .. local]);
        served = 0;
        await Connect("10.0.0.7");
        Assert.Equal(1, served);
    }

    /// <summary>What a client begins with: nothing, half a head, a body that does not come.</summary>
    private static string Opening(int client) => (client % 3) switch
    {
        0 => "",
        1 => "GET /api/timeline HTTP/1.1\r\nHost: localhost\r\nX: ",
        _ => "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 4000\r\n\r\nname=",
    };

    /// <summary>Sends a byte a second for those that have begun.</summary>
    private static async Task DripAsync(List<Socket> clients, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellation);
                for (var i = 0; i < clients.Count; i++)
                {
                    try
                    {
                        if (i % 3 != 0)
                        {
                            await clients[i].SendAsync("a"u8.ToArray(), cancellation);
                        }
                    }
                    catch (SocketException)
                    {
                        // it was cut off
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // the test ends
        }
    }

    private static async Task ClosedAsync(List<Socket> clients, int atLeast)
    {
        var closed = 0;
        var all = clients.Select(async socket =>
        {
            try
            {
                while (await socket.ReceiveAsync(new byte[1024], Cancellation) > 0)
                {
                    // the answer that says why
                }
            }
            catch (SocketException)
            {
                // closed the hard way
            }

            Interlocked.Increment(ref closed);
        }).ToList();
        await Task.WhenAll(all).WaitAsync(TimeSpan.FromMinutes(5), TimeProvider.System, Cancellation);
        Assert.True(closed >= atLeast, $"{closed} were closed");
    }

    /// <summary>Waits until each pipeline has processed more frames, and none of them complains.</summary>
    private static async Task MoreFramesAsync(HttpClient client)
    {
        Dictionary<string, long>? before = null;
        for (var isDone = false; !isDone;)
        {
            var pipelines = (await client.GetFromJsonAsync<JsonObject>("/api/health", Cancellation))!["pipelines"]!.AsArray();
            var now = pipelines.ToDictionary(one => (string)one!["name"]!, one => (long)one!["processed"]!);
            Assert.Equal(Pipelines, now.Count);
            Assert.DoesNotContain(pipelines, one => before is not null && one!["last_error"] is not null);
            isDone = before is not null && now.All(one => one.Value >= before[one.Key] + FramesMore);
            before ??= now.Values.All(processed => processed > 0) ? now : null;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
        }
    }
}

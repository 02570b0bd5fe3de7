using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Ambianic.Core.Alerts;
using Ambianic.Server.Tests.Access;
using Ambianic.Storage.Access;
using Ambianic.Storage.Alerts;
using Ambianic.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace Ambianic.Server.Tests.Streams;

/// <summary>Who listens hears everything once, also what happened while it was away.</summary>
public sealed class StreamTests : IAsyncLifetime
{
    private ServedHouse _house = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _house = await ServedHouse.StartAsync();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Fact]
    public async Task Stream_Begins_SaysThatItListensAndHowEverythingIs()
    {
        await using var listener = await StreamClient.ListenAsync(_house.Client);

        var ready = await listener.NextAsync();
        var health = await listener.NextAsync();

        Assert.Equal(("ready", false), (ready!.Type, (bool)ready.Data["resumed"]!));
        Assert.Equal("health", health!.Type);
        Assert.Equal("broken", (string?)health.Data["pipelines"]![0]!["name"]);
        Assert.Equal(ready.Id, health.Id);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_AfterAPause_TellsWhatWasMissedOnceAndInOrder(bool bySocket)
    {
        var before = await _house.RememberAsync(0, "person");
        string id;
        await using (var listener = await ListenAsync(bySocket))
        {
            await listener.NextAsync("ready");
            var first = await _house.RememberAsync(1, "person");
            Assert.Equal(first.Id, (await listener.NextAsync("event")).DataId);
            Raise('a', AlertState.Raised);
            Assert.Equal("raised", (string?)(await OwnAlertAsync(listener)).Data["state"]);
            id = listener.LastId;
        }

        List<string> missed = [];
        for (var minute = 2; minute < 6; minute++)
        {
            missed.Add((await _house.RememberAsync(minute, "cat")).Id);
        }

        Raise('b', AlertState.Raised);
        Raise('a', AlertState.Acknowledged);
        await using var again = await ListenAsync(bySocket, id);
        Assert.True((bool)(await again.NextAsync("ready")).Data["resumed"]!);
        List<Heard> heard = [];
        while (heard.LastOrDefault()?.DataId != new string('a', 32))
        {
            heard.Add(await FirstOfAsync(again, "event", "alert"));
        }

        Assert.Equal(missed, heard.Where(one => one.Type == "event").Select(one => one.DataId!));
        Assert.Equal(
            [(new string('b', 32), "raised"), (new string('a', 32), "acknowledged")],
            heard.Where(one => one.Type == "alert" && IsOwn(one)).Select(one => (one.DataId!, (string)one.Data["state"]!)));
        Assert.DoesNotContain(before.Id, heard.Select(one => one.DataId));
        Assert.Equal(heard.Count, heard.Select(one => one.Id).Distinct().Count());
    }

    [Fact]
    public async Task Stream_ThreeListeners_HearTheSame()
    {
        List<StreamClient> listeners = [await ListenAsync(false), await ListenAsync(true), await ListenAsync(false)];
        foreach (var listener in listeners)
        {
            await listener.NextAsync("ready");
        }

        List<string> told = [];
        for (var number = 0; number < 20; number++)
        {
            told.Add((await _house.RememberAsync(number, "person")).Id);
        }

        foreach (var listener in listeners)
        {
            List<string> heard = [];
            while (heard.Count < told.Count)
            {
                heard.Add((await listener.NextAsync("event")).DataId!);
            }

            Assert.Equal(told, heard);
            await listener.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("no id at all")]
    [InlineData("0123456789abcdef0123456789abcdef.3.0123456789abcdef0123456789abcdef.1764000000000-0123456789abcdef0123456789abcdef.4..0")]
    [InlineData("-")]
    [InlineData("..\u00e4.-")]
    public async Task Stream_IdOfAnotherDatabase_SaysThatEverythingHasToBeReadAgain(string id)
    {
        await _house.RememberAsync(0, "person");
        await using var listener = await ListenAsync(true, id);

        Heard[] resets = [await listener.NextAsync("reset"), await listener.NextAsync("reset")];
        var next = await _house.RememberAsync(1, "cat");

        Assert.Equal(["events", "alerts"], resets.Select(reset => (string?)reset.Data["topic"]));
        Assert.Equal(next.Id, (await listener.NextAsync("event")).DataId);
        await using var again = await ListenAsync(false, listener.LastId);
        var last = await _house.RememberAsync(2, "dog");
        await again.NextAsync("ready");
        Assert.Equal(last.Id, (await FirstOfAsync(again, "event", "reset")).DataId);
    }

    [Fact]
    public async Task Stream_IdOfTooLongAgo_SaysThatEverythingHasToBeReadAgain()
    {
        await using var listener = await StreamClient.ListenAsync(_house.Client, "?types=alerts");
        var id = (await listener.NextAsync("ready")).Id;
        Raise('a', AlertState.Raised);
        await listener.NextAsync("alert");
        Sql("alerts.db", "UPDATE numbering SET last = 20000;");
        Raise('b', AlertState.Raised);
        await listener.NextAsync("alert");

        await using var again = await StreamClient.ListenAsync(_house.Client, "?types=alerts", id);

        Assert.Contains("too old", (string?)(await FirstOfAsync(again, "alert", "reset")).Data["reason"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_SlowListener_HearsAllFromTheStoreWhenItReadsOn()
    {
        await using var slow = await StreamClient.ListenAsync(_house.Client, "?types=events");
        await slow.NextAsync("ready");
        List<string> told = [];
        for (var number = 0; number < 600; number++) // more than are kept in memory, and than fits into the connection
        {
            told.Add((await _house.RememberAsync(0, new string('x', 3000), TimeProvider.System.GetLocalNow())).Id);
        }

        List<string> heard = [];
        while (heard.Count < told.Count)
        {
            heard.Add((await slow.NextAsync("event")).DataId!);
        }

        Assert.Equal(told, heard);
    }

    [Fact]
    public async Task Stream_SomeTypes_TellsNothingElse()
    {
        await using var listener = await StreamClient.ListenAsync(_house.Client, "?types=alerts");
        await listener.NextAsync("ready");
        await _house.RememberAsync(0, "person");
        Raise('c', AlertState.Raised);

        List<Heard> heard = [];
        while (!heard.Any(IsOwn))
        {
            heard.Add((await listener.NextAsync())!);
        }

        Assert.All(heard, one => Assert.Equal("alert", one.Type));
    }

    [Theory]
    [InlineData("/api/stream?types=events,news")]
    [InlineData("/api/stream?types=")]
    [InlineData("/api/stream/ws?types=news")]
    public async Task Stream_UnknownType_IsRefused(string path)
    {
        using var answer = await _house.Client.GetAsync(new Uri(path, UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("one or more of events, alerts, health", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Socket_CalledWithoutOne_SaysWhatToCall()
    {
        using var answer = await _house.Client.GetAsync(new Uri("/api/stream/ws", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.UpgradeRequired, answer.StatusCode);
        Assert.Contains("/api/stream", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task Socket_OfAPageOfAnotherSite_IsRefused(string header, string value)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader(header, value);
        socket.Options.CollectHttpResponseDetails = true;

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new UriBuilder(_house.Address) { Scheme = "ws", Path = "/api/stream/ws" }.Uri, Cancellation));

        Assert.Equal(HttpStatusCode.Forbidden, socket.HttpStatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_TokenIsRemoved_Ends(bool bySocket)
    {
        await using var guarded = await GuardedHouse.StartAsync();
        using var program = guarded.Program(AccessRole.Viewer);
        await using var listener = await (bySocket ? StreamClient.ConnectAsync(program) : StreamClient.ListenAsync(program));
        await listener.NextAsync("health");

        Assert.Null(guarded.Database.RemoveToken(guarded.Database.Load().Tokens[0].Id));

        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            while (await listener.NextAsync() is not null)
            {
                // what was sent before
            }

            throw new EndOfStreamException();
        });
    }

    [Fact]
    public async Task Stream_ProgramStops_Ends()
    {
        await using var house = await ServedHouse.StartAsync();
        await using var listener = await StreamClient.ListenAsync(house.Client);
        await using var socket = await StreamClient.ConnectAsync(house.Client);
        await listener.NextAsync("health");
        await socket.NextAsync("health");

        house.Services.GetRequiredService<Microsoft.Extensions.Hosting.IHostApplicationLifetime>().StopApplication();

        Assert.True(await EndsAsync(listener));
        Assert.True(await EndsAsync(socket));
    }

    [Fact]
    [Slow]
    public async Task Stream_NothingHappens_ShowsThatItLives()
    {
        using var answer = await _house.Client.GetAsync(new Uri("/api/stream?types=alerts", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancellation));
        string? line;
        do
        {
            line = await lines.ReadLineAsync(Cancellation);
        }
        while (line is not (null or ":"));

        Assert.Equal(":", line);
    }

    private Task<StreamClient> ListenAsync(bool bySocket, string? id = null) => bySocket
        ? StreamClient.ConnectAsync(_house.Client, id is null ? "" : $"?after={Uri.EscapeDataString(id)}")
        : StreamClient.ListenAsync(_house.Client, lastId: id);

    private static async Task<bool> EndsAsync(StreamClient listener)
    {
        while (await listener.NextAsync() is not null)
        {
            // what was sent before
        }

        return true;
    }

    private static async Task<Heard> FirstOfAsync(StreamClient listener, params string[] types)
    {
        while (await listener.NextAsync() is { } heard)
        {
            if (types.Contains(heard.Type))
            {
                return heard;
            }
        }

        throw new EndOfStreamException();
    }

    /// <summary>An alert of this test, and not of the events, which are told too.</summary>
    private static async Task<Heard> OwnAlertAsync(StreamClient listener)
    {
        Heard heard;
        do
        {
            heard = await listener.NextAsync("alert");
        }
        while (!IsOwn(heard));
        return heard;
    }

    private static bool IsOwn(Heard heard) => heard.DataId?.Distinct().Count() == 1;

    private void Raise(char id, AlertState state)
    {
        var at = new DateTimeOffset(2026, 5, 1, 10, 1, 0, TimeSpan.Zero);
        _house.Services.GetRequiredService<AlertDatabase>().Commit(new AlertChanges
        {
            Alerts =
            [
                new Alert
                {
                    Id = new string(id, 32),
                    Incident = $"test:{id}",
                    Notification = "default",
                    Kind = AlertKind.Detection,
                    Severity = Ambianic.Core.Configuration.AlertSeverity.Warning,
                    State = state,
                    Pipeline = "broken",
                    RaisedAt = at,
                    TriggeredAt = at,
                    RoundAt = at,
                },
            ],
        });
    }

    private void Sql(string file, string sql)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(_house.DataDir, file)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}

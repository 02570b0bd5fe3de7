using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Tests.Messaging.Push;
using TestResult = Ambianic.Core.Alerts.TestResult;

namespace Ambianic.Server.Tests.Alerts;

public sealed class AlertsApiTests : IAsyncLifetime
{
    private AlertHouse _house = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _house = await AlertHouse.StartAsync();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Theory]
    [InlineData("", "c, b, a")]
    [InlineData("?state=closed", "c, a")]
    [InlineData("?open=true", "b")]
    [InlineData("?open=false", "c, a")]
    [InlineData("?severity=critical", "b")]
    [InlineData("?open=true&severity=info", "")]
    [InlineData("?pipeline=yard", "a")]
    [InlineData("?from=2026-05-01T10:01:00Z", "c, b")]
    [InlineData("?to=2026-05-01T10:01:00Z", "a")]
    [InlineData("?page=2&page_size=1", "b")]
    [InlineData("?page=4&page_size=1", "")]
    public async Task Alerts_Filtered_AreThoseThatMatchNewestFirst(string query, string expected)
    {
        RaiseThree();

        var page = await GetAsync($"/api/alerts{query}");

        Assert.Equal(expected, string.Join(", ", page["alerts"]!.AsArray().Select(alert => ((string)alert!["id"]!)[..1])));
    }

    [Theory]
    [InlineData("?state=nonsense", "state must be one of raised, delivering")]
    [InlineData("?severity=1", "severity must be one of info, warning, critical")]
    [InlineData("?page=0", "page counts from 1")]
    [InlineData("?page_size=101", "page_size from 1 to 100")]
    [InlineData("?from=2026-05-02&to=2026-05-01", "from is later than to")]
    [InlineData("?from=yesterday", "from")]
    public async Task Alerts_WrongParameter_IsNamedWithWhatIsRight(string query, string expected)
    {
        using var answer = await _house.Client.GetAsync(new Uri($"/api/alerts{query}", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains(expected, await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Alerts_OneThatTheDiskCouldNotStore_IsThereTooAndAsItIsNow()
    {
        RaiseThree();
        _house.Desk.Raise(AlertHouse.Fall with { Id = new string('m', 32), RaisedAt = AlertHouse.Fall.RaisedAt.AddHours(1), State = AlertState.Acknowledged });

        Assert.Equal("m, c, b, a", await IdsAsync("?page_size=10"));
        Assert.Equal("m, c", await IdsAsync("?page_size=2"));
        Assert.Equal("b, a", await IdsAsync("?page_size=2&page=2"));
        Assert.Equal("m", await IdsAsync("?state=acknowledged"));
        Assert.Equal("c, a", await IdsAsync("?open=false"));

        async Task<string> IdsAsync(string query) =>
            string.Join(", ", (await GetAsync($"/api/alerts{query}"))["alerts"]!.AsArray().Select(alert => ((string)alert!["id"]!)[..1]));
    }

    [Fact]
    public async Task Alert_ById_HasItsEventsAndDeliveries()
    {
        var seen = await _house.House.RememberAsync(1, "person");
        _house.Desk.Raise(AlertHouse.Fall);
        _house.Store.Commit(new AlertChanges
        {
            Events = [(AlertHouse.Id, seen.Id), (AlertHouse.Id, "removed by age")],
            Deliveries =
            [
                new Delivery
                {
                    Id = new string('d', 32), AlertId = AlertHouse.Id, Recipient = new Recipient("neighbour", 0), Kind = DeliveryKind.Alert, Severity = AlertSeverity.Critical,
                    CreatedAt = AlertHouse.Fall.RaisedAt, NotBefore = AlertHouse.Fall.RaisedAt, Attempts = 2, Error = "no connection",
                },
            ],
        });

        var alert = await GetAsync($"/api/alerts/{AlertHouse.Id}");

        Assert.Equal("fall", (string?)alert["alert"]!["kind"]);
        Assert.Equal("critical", (string?)alert["alert"]!["severity"]);
        Assert.True((bool?)alert["alert"]!["is_open"]);
        Assert.Equal(seen.Id, (string?)Assert.Single(alert["events"]!.AsArray())!["args"]!["id"]);
        var delivery = Assert.Single(alert["deliveries"]!.AsArray())!;
        Assert.Equal("neighbour/0", (string?)delivery["recipient"]);
        Assert.Equal("waiting", (string?)delivery["state"]);
        Assert.Equal("no connection", (string?)delivery["error"]);
    }

    [Fact]
    public async Task Health_MessagesDoNotArrive_SaysWhy()
    {
        Assert.Null((await GetAsync("/api/health"))["alert_fault"]);

        _house.Desk.Fault = "ntfy (default/0) does not take messages: no connection";

        Assert.Equal(_house.Desk.Fault, (string?)(await GetAsync("/api/health"))["alert_fault"]);
    }

    [Fact]
    public async Task Healthz_AlertingHangs_IsNotOk()
    {
        (_house.Desk.IsAlive, _house.Desk.Fault) = (false, "alerting hangs");

        using var answer = await _house.Client.GetAsync(new Uri("/healthz", UriKind.Relative), Cancellation);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "alerting hangs"), (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation)));
    }

    [Fact]
    public async Task Deliveries_OfAllOrOneAlert_AreNewestFirst()
    {
        _house.Store.Commit(new AlertChanges { Deliveries = [Made("1", "a", 1), Made("2", "b", 2), Made("3", "a", 3)] });

        Assert.Equal(["3", "2", "1"], await IdsAsync(""));
        Assert.Equal(["3", "1"], await IdsAsync("?alert=a"));
        Assert.Equal(["3"], await IdsAsync("?limit=1"));

        async Task<IEnumerable<string>> IdsAsync(string query) => (await GetAsync($"/api/deliveries{query}"))["deliveries"]!.AsArray().Select(one => (string)one!["id"]!).ToList();

        static Delivery Made(string id, string alert, int minute) => new()
        {
            Id = id, AlertId = alert, Recipient = new Recipient("default", 0), Kind = DeliveryKind.Alert, Severity = AlertSeverity.Info,
            CreatedAt = AlertHouse.Fall.RaisedAt.AddMinutes(minute), NotBefore = AlertHouse.Fall.RaisedAt,
        };
    }

    [Theory]
    [InlineData("acknowledge", null, "answer taking_care by somebody at this device")]
    [InlineData("acknowledge", """{"by": " Anna "}""", "answer taking_care by Anna")]
    [InlineData("resolve", """{"by": "Anna"}""", "resolve by Anna")]
    [InlineData("feedback", """{"feedback": "correct", "by": "Anna"}""", "feedback Correct by Anna")]
    [InlineData("feedback", """{"feedback": "false_alarm"}""", "feedback FalseAlarm by somebody at this device")]
    public async Task Post_ChangeOfAnAlert_IsDoneAndAnsweredWithTheAlert(string call, string? body, string expected)
    {
        _house.Desk.Raise(AlertHouse.Fall);

        using var answer = await PostAsync($"/api/alerts/{AlertHouse.Id}/{call}", body);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(AlertHouse.Id, (string?)(await ReadAsync(answer))["id"]);
        Assert.Equal([expected], _house.Desk.Asked);
    }

    [Theory]
    [InlineData("GET", "/api/alerts/unknown", null, HttpStatusCode.NotFound)]
    [InlineData("POST", "/api/alerts/unknown/acknowledge", null, HttpStatusCode.NotFound)]
    [InlineData("POST", "/api/alerts/unknown/resolve", null, HttpStatusCode.NotFound)]
    [InlineData("POST", "/api/alerts/unknown/feedback", """{"feedback": "correct"}""", HttpStatusCode.NotFound)]
    [InlineData("POST", "/api/alerts/unknown/feedback", """{"feedback": "perhaps"}""", HttpStatusCode.BadRequest)]
    [InlineData("POST", "/api/alerts/unknown/feedback", "{}", HttpStatusCode.BadRequest)]
    [InlineData("POST", "/api/alerts/snooze", """{"pipeline": "nowhere", "minutes": 30}""", HttpStatusCode.BadRequest)]
    [InlineData("POST", "/api/alerts/snooze", """{"pipeline": "broken", "minutes": 0}""", HttpStatusCode.BadRequest)]
    [InlineData("POST", "/api/alerts/snooze", """{"pipeline": "broken", "minutes": 1e9}""", HttpStatusCode.BadRequest)]
    [InlineData("POST", "/api/alerts/snooze", "no JSON", HttpStatusCode.BadRequest)]
    [InlineData("DELETE", "/api/alerts/snooze?pipeline=nowhere", null, HttpStatusCode.BadRequest)]
    [InlineData("GET", "/api/deliveries?limit=0", null, HttpStatusCode.BadRequest)]
    public async Task Call_ThatCannotBeDone_SaysWhy(string method, string path, string? body, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = Json(body) };
        using var answer = await _house.Client.SendAsync(request, Cancellation);

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.DoesNotContain(_house.Desk.Asked, asked => asked.StartsWith("snooze", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Snooze_AndItsEnd_AreForThisPipeline()
    {
        using var snooze = await PostAsync("/api/alerts/snooze", """{"pipeline": "broken", "minutes": 30}""");
        using var wake = await _house.Client.DeleteAsync(new Uri("/api/alerts/snooze?pipeline=broken", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.NoContent, snooze.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, wake.StatusCode);
        Assert.Equal(2, _house.Desk.Asked.Count);
        Assert.Equal("snooze broken for 30 min", _house.Desk.Asked[0]);
        Assert.StartsWith("snooze broken for", _house.Desk.Asked[1], StringComparison.Ordinal);
        Assert.NotEqual(_house.Desk.Asked[0], _house.Desk.Asked[1]);
    }

    [Fact]
    public async Task Feedback_OfAll_IsCountedByPipelineAndKind()
    {
        _house.Store.Counts = [new FeedbackCount("front", AlertKind.Fall, 1, 3)];

        var count = Assert.Single((await GetAsync("/api/alerts/feedback"))["feedback"]!.AsArray())!;

        Assert.Equal("""{"pipeline":"front","kind":"fall","correct":1,"false_alarms":3}""", count.ToJsonString());
    }

    [Fact]
    public async Task Alerts_StoreIsBroken_Answers503AndOpenOnesAllTheSame()
    {
        _house.Desk.Raise(AlertHouse.Fall);
        _house.Store.IsBroken = true;

        using var all = await _house.Client.GetAsync(new Uri("/api/alerts", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, all.StatusCode);
        Assert.Single((await GetAsync("/api/alerts?open=true"))["alerts"]!.AsArray());
    }

    [Theory]
    [InlineData("Origin", "https://evil.example.org")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://127.0.0.1:1")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task Post_FromAPageOfAnotherSite_IsRefused(string header, string value)
    {
        _house.Desk.Raise(AlertHouse.Fall);

        foreach (var (method, path) in new[] { (HttpMethod.Post, $"/api/alerts/{AlertHouse.Id}/acknowledge"), (HttpMethod.Put, "/api/notifications/enable/false") })
        {
            using var answer = await SendAsync(method, path, header, value);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.Contains("a page of another site", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }

        Assert.Empty(_house.Desk.Asked);
        Assert.True(_house.Desk.IsEnabled);
    }

    [Fact]
    public async Task Post_FromOurPage_IsDone()
    {
        _house.Desk.Raise(AlertHouse.Fall);
        var path = $"/api/alerts/{AlertHouse.Id}/acknowledge";

        using var byOrigin = await SendAsync(HttpMethod.Post, path, "Origin", _house.House.Address.GetLeftPart(UriPartial.Authority));
        using var byFetch = await SendAsync(HttpMethod.Post, path, "Sec-Fetch-Site", "same-origin");

        Assert.Equal(HttpStatusCode.OK, byOrigin.StatusCode);
        Assert.Equal(HttpStatusCode.OK, byFetch.StatusCode);
    }

    [Fact]
    public async Task Test_EachProvider_SaysHowItWent()
    {
        _house.Desk.Results =
        [
            new TestResult(new Recipient("default", 0), "mail at example.org", DeliveryOutcome.Delivered),
            new TestResult(new Recipient("neighbour", 0), "json at neighbour.example.org", DeliveryOutcome.Passing("no connection")),
        ];

        var page = await GetAsync("/api/notifications/test");

        Assert.Equal("error", (string?)page["status"]);
        Assert.Equal("""{"recipient":"neighbour/0","provider":"json at neighbour.example.org","outcome":"passing","reason":"no connection"}""", page["results"]![1]!.ToJsonString());
    }

    [Fact]
    public async Task Test_FromAnotherSiteOrOfAnUnknownEntry_IsRefused()
    {
        using var image = await SendAsync(HttpMethod.Get, "/api/notifications/test", "Sec-Fetch-Site", "cross-site");
        using var unknown = await _house.Client.GetAsync(new Uri("/api/notifications/test?name=nobody", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.Forbidden, image.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        Assert.Contains("must be one of default, neighbour", await unknown.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Enable_Off_IsSaidByTheStatus()
    {
        Assert.True((bool?)(await GetAsync("/api/status"))["notifications_enabled"]);

        using var answer = await _house.Client.PutAsync(new Uri("/api/notifications/enable/false", UriKind.Relative), null, Cancellation);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.False((bool?)(await GetAsync("/api/status"))["notifications_enabled"]);
    }

    [Fact]
    public async Task Recipients_Always_NameProvidersWithoutSecrets()
    {
        await using var receiver = new PushReceiver();
        _house.Store.Subscribe(receiver.Subscription);

        var text = (await GetAsync("/api/recipients")).ToJsonString();

        Assert.Contains("""{"recipient":"neighbour/0","provider":"json","problem":null}""", text, StringComparison.Ordinal);
        Assert.Contains("""{"recipient":"neighbour/1","provider":null,"problem":"has a scheme that no provider has"}""", text, StringComparison.Ordinal);
        Assert.Contains("""{"id":"0123456789abcdef","name":"Phone","min_severity":"info","service":"127.0.0.1"}""", text, StringComparison.Ordinal);
        Assert.All(["anothersecret", "anothertoken", "thirdsecret", "token", receiver.Subscription.Auth], secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Description_OfTheApi_NamesTheCallsAndNotTheAnswerPage()
    {
        var paths = (await GetAsync("/api/openapi.json"))["paths"]!.AsObject().Select(path => path.Key).ToList();

        Assert.Contains("/api/alerts/{id}/acknowledge", paths);
        Assert.Contains("/api/push/subscriptions", paths);
        Assert.DoesNotContain(paths, path => path.StartsWith("/a/", StringComparison.Ordinal));
    }

    private static StringContent? Json(string? body) => body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;

    private void RaiseThree()
    {
        var closed = AlertHouse.Fall with { State = AlertState.Closed, Severity = AlertSeverity.Info };
        _house.Store.Commit(new AlertChanges
        {
            Alerts =
            [
                closed with { Id = new string('a', 32), Pipeline = "yard", RaisedAt = AlertHouse.Fall.RaisedAt.AddMinutes(-1) },
                closed with { Id = new string('c', 32), RaisedAt = AlertHouse.Fall.RaisedAt.AddMinutes(1) },
                AlertHouse.Fall with { Id = new string('b', 32) },
            ],
        });
        _house.Desk.Raise(AlertHouse.Fall with { Id = new string('b', 32) });
    }

    private Task<HttpResponseMessage> PostAsync(string path, string? body) => _house.Client.PostAsync(new Uri(path, UriKind.Relative), Json(body), Cancellation);

    private async Task<JsonNode> GetAsync(string path) => (await _house.Client.GetFromJsonAsync<JsonNode>(path, Cancellation))!;

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string header, string value)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add(header, value);
        return await _house.Client.SendAsync(request, Cancellation);
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ambianic.Core.Health;

namespace Ambianic.Server.Tests.Api;

/// <summary>Events over HTTP.</summary>
public sealed class EventsApiTests : IAsyncLifetime
{
    /// <summary>What a test remembers, without what the program itself says on a machine that is slow.</summary>
    private const string OfFront = "/api/events?pipeline=front";

    private ServedHouse _house = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private HttpClient Client => _house.Client;

    public async ValueTask InitializeAsync() => _house = await ServedHouse.StartAsync();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Theory]
    [InlineData("", 3)]
    [InlineData("&label=cat", 1)]
    [InlineData("&text=person", 1)]
    [InlineData("&confidence=0.9", 2)]
    [InlineData("&confidence=0.91", 0)]
    [InlineData("&state=frozen", 1)]
    [InlineData("&from=2026-05-01T10:02:00Z", 2)]
    [InlineData("&to=2026-05-01T10:02:00Z", 1)]
    [InlineData("&feedback=correct", 0)]
    public async Task List_Filter_HasWhatMatches(string query, int expected)
    {
        await _house.RememberAsync(1, "person");
        await _house.RememberAsync(2, "cat");
        await _house.RememberOutageAsync(4, VisibilityState.Frozen);

        var page = await PageAsync($"{OfFront}{query}");

        Assert.Equal(expected, page["events"]!.AsArray().Count);
        Assert.Null(page["next"]);
    }

    [Fact]
    public async Task List_Outage_SaysWhatAndSinceWhen()
    {
        await _house.RememberOutageAsync(4, VisibilityState.Frozen);

        var seen = (await PageAsync(OfFront))["events"]!.AsArray().Single()!;

        Assert.Equal("outage", (string?)seen["kind"]);
        Assert.Equal("frozen", (string?)seen["outage"]!["visibility"]);
        Assert.Equal("no route to host", (string?)seen["outage"]!["reason"]);
        Assert.Null(seen["image"]);
    }

    [Theory]
    [InlineData("newest")]
    [InlineData("oldest")]
    public async Task List_CursorAfterCursor_WalksThroughAllWhileEventsComeAndGo(string order)
    {
        List<string> ids = [];
        for (var minute = 10; minute < 20; minute++)
        {
            ids.Add((await _house.RememberAsync(minute, "person")).Id);
        }

        List<string> walked = [];
        var cursor = "";
        for (var minute = 0; ; minute++)
        {
            var page = await PageAsync($"{OfFront}&limit=3&order={order}{cursor}");
            walked.AddRange(page["events"]!.AsArray().Select(seen => (string)seen!["id"]!));
            if ((string?)page["next"] is not { } next)
            {
                break;
            }

            cursor = $"&cursor={next}";
            var other = await _house.RememberAsync(order == "newest" ? 30 + minute : minute, "person");
            await _house.RememberAsync(order == "newest" ? 40 + minute : minute, "cat");
            using var gone = await Client.DeleteAsync($"/api/events/{other.Id}", Cancellation);
            Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        }

        Assert.Equal(order == "newest" ? ids.AsEnumerable().Reverse() : ids, walked);
    }

    [Theory]
    [InlineData("cursor=x", "cursor is damaged")]
    [InlineData("cursor=", "cursor is damaged")]
    [InlineData("cursor=AQAAAAAAAAAAAAAAAA", "cursor is damaged")]
    [InlineData("limit=0", "limit must be 1 to 200")]
    [InlineData("limit=201", "limit must be 1 to 200")]
    [InlineData("limit=many", "many")]
    [InlineData("order=random", "order must be one of newest, oldest")]
    [InlineData("state=asleep", "state must be one of upright")]
    [InlineData("confidence=1.5", "confidence must be 0 to 1")]
    [InlineData("confidence=NaN", "confidence must be 0 to 1")]
    [InlineData("text=%20", "text must have 1 to 200")]
    [InlineData("feedback=maybe", "feedback must be one of correct, false_alarm")]
    [InlineData("from=2026-05-02&to=2026-05-01", "from is later than to")]
    public async Task List_WrongParameter_IsRefusedWithTheReason(string query, string reason)
    {
        using var answer = await Client.GetAsync($"/api/events?{query}", Cancellation);

        await AssertProblemAsync(answer, HttpStatusCode.BadRequest, reason);
    }

    [Fact]
    public async Task List_CursorThatWasChangedOrIsOfAnotherQuery_IsRefused()
    {
        for (var minute = 0; minute < 3; minute++)
        {
            await _house.RememberAsync(minute, "person");
        }

        var next = (string)(await PageAsync("/api/events?label=person&limit=1"))["next"]!;
        var damaged = 0;
        for (var at = 0; at < next.Length; at++)
        {
            var changed = string.Concat(next.Select((letter, index) => index == at ? (letter == 'B' ? 'C' : 'B') : letter));
            using var answer = await Client.GetAsync($"/api/events?label=person&cursor={changed}", Cancellation);
            damaged += answer.StatusCode == HttpStatusCode.BadRequest ? 1 : 0;
        }

        using var other = await Client.GetAsync($"/api/events?label=cat&cursor={next}", Cancellation);
        using var turned = await Client.GetAsync($"/api/events?label=person&order=oldest&cursor={next}", Cancellation);
        using var right = await Client.GetAsync($"/api/events?label=person&limit=2&cursor={next}", Cancellation);

        Assert.Equal(next.Length, damaged);
        await AssertProblemAsync(other, HttpStatusCode.BadRequest, "of another query");
        await AssertProblemAsync(turned, HttpStatusCode.BadRequest, "of another query");
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
    }

    [Fact]
    public async Task Get_EventThatIsUnchanged_IsNotSentAgain()
    {
        var remembered = await _house.RememberAsync(1, "person");
        foreach (var path in new[] { $"/api/events/{remembered.Id}", OfFront })
        {
            using var first = await Client.GetAsync(path, Cancellation);
            var tag = first.Headers.ETag;
            Assert.NotNull(tag);
            Assert.False(tag.IsWeak);
            using var second = await AskAsync(path, tag);
            Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
            Assert.Equal(tag, second.Headers.ETag);
            Assert.Empty(await second.Content.ReadAsByteArrayAsync(Cancellation));

            using var note = await Client.PutAsJsonAsync($"/api/events/{remembered.Id}/note", new { note = path }, Cancellation);
            using var third = await AskAsync(path, tag);
            Assert.Equal(HttpStatusCode.OK, third.StatusCode);
            Assert.NotEqual(tag, third.Headers.ETag);
        }
    }

    [Fact]
    public async Task Get_Event_LeadsToItsPictures()
    {
        var remembered = await _house.RememberAsync(1, "person");

        var seen = await PageAsync($"/api/events/{remembered.Id}");

        Assert.Equal(remembered.At, (DateTimeOffset)seen["at"]!);
        Assert.Equal("detection", (string?)seen["kind"]);
        Assert.Equal("person", (string?)seen["labels"]![0]);
        Assert.Equal(0.9f, (float)seen["confidence"]!);
        Assert.Equal(0.1f, (float)seen["detections"]![0]!["box"]!["xmin"]!);
        foreach (var name in new[] { "image", "thumbnail", "json" })
        {
            using var file = await Client.GetAsync((string?)seen[name], Cancellation);
            Assert.Equal(HttpStatusCode.OK, file.StatusCode);
        }
    }

    [Fact]
    public async Task Data_PictureThatIsUnchanged_IsNotSentAgainAndCanBeHadInParts()
    {
        var remembered = await _house.RememberAsync(1, "person");
        var path = $"/api/data/{remembered.RelDir}/{remembered.ImageFileName}";
        using var first = await Client.GetAsync(path, Cancellation);
        var tag = first.Headers.ETag!;

        using var second = await AskAsync(path, tag);
        using var part = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Range = new RangeHeaderValue(0, 1) } };
        using var third = await Client.SendAsync(part, Cancellation);

        Assert.False(tag.IsWeak);
        Assert.Equal((true, true), (first.Headers.CacheControl!.Private, first.Headers.CacheControl.MaxAge > TimeSpan.FromDays(1)));
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Equal(HttpStatusCode.PartialContent, third.StatusCode);
        Assert.Equal([0xFF, 0xD8], await third.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task NoteAndFeedback_Event_AreShownEverywhereAndCanBeTakenBack()
    {
        var remembered = await _house.RememberAsync(1, "person");
        var path = $"/api/events/{remembered.Id}";

        using var note = await Client.PutAsJsonAsync($"{path}/note", new { note = " The postman\nrang twice " }, Cancellation);
        using var feedback = await Client.PutAsJsonAsync($"{path}/feedback", new { feedback = "false_alarm" }, Cancellation);
        var answered = (await feedback.Content.ReadFromJsonAsync<JsonObject>(Cancellation))!;
        var found = (await PageAsync("/api/events?text=postman&feedback=false_alarm"))["events"]!.AsArray().Single()!;
        var entry = (await PageAsync("/api/timeline?pipeline=front"))["timeline"]![0]!;

        foreach (var shown in new[] { answered, found, entry })
        {
            Assert.Equal("The postman\nrang twice", (string?)shown["note"]);
            Assert.Equal("false_alarm", (string?)shown["feedback"]);
        }

        using var noNote = await Client.PutAsJsonAsync($"{path}/note", new { note = "" }, Cancellation);
        using var noFeedback = await Client.PutAsJsonAsync($"{path}/feedback", new { feedback = "none" }, Cancellation);
        var after = (await PageAsync("/api/timeline?pipeline=front"))["timeline"]![0]!.AsObject();

        Assert.False(after.ContainsKey("note") || after.ContainsKey("feedback"));
        using var file = await Client.GetAsync($"/api/data/{remembered.RelDir}/a-remarks", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, file.StatusCode); // it may change, unlike what is served there
    }

    [Theory]
    [InlineData("note", """{"note":"a\u0000b"}""", "control characters")]
    [InlineData("note", "{}", "request body")]
    [InlineData("note", "[]", "")]
    [InlineData("feedback", """{"feedback":"perhaps"}""", "correct, false_alarm, none")]
    [InlineData("feedback", "{}", "feedback is missing")]
    public async Task Put_WrongBody_IsRefusedWithTheReason(string what, string body, string reason)
    {
        var remembered = await _house.RememberAsync(1, "person");
        using var content = new StringContent(body, MediaTypeHeaderValue.Parse("application/json"));

        using var answer = await Client.PutAsync($"/api/events/{remembered.Id}/{what}", content, Cancellation);

        await AssertProblemAsync(answer, HttpStatusCode.BadRequest, reason);
    }

    [Fact]
    public async Task Note_TooLong_IsRefused()
    {
        var remembered = await _house.RememberAsync(1, "person");

        using var answer = await Client.PutAsJsonAsync($"/api/events/{remembered.Id}/note", new { note = new string('a', 2001) }, Cancellation);

        await AssertProblemAsync(answer, HttpStatusCode.BadRequest, "2000 characters");
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("DELETE", "")]
    [InlineData("PUT", "/note")]
    [InlineData("PUT", "/feedback")]
    public async Task AnyCall_UnknownEvent_IsAProblem(string method, string what)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/events/nobody{what}");
        request.Content = method == "PUT" ? JsonContent.Create(new { note = "n", feedback = "correct" }) : null;

        using var answer = await Client.SendAsync(request, Cancellation);

        await AssertProblemAsync(answer, HttpStatusCode.NotFound, "no such event");
    }

    [Fact]
    public async Task Delete_Event_LeavesNoPicture()
    {
        var remembered = await _house.RememberAsync(1, "person");

        using var answer = await Client.DeleteAsync($"/api/events/{remembered.Id}", Cancellation);
        using var picture = await Client.GetAsync($"/api/data/{remembered.RelDir}/{remembered.ImageFileName}", Cancellation);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, picture.StatusCode);
        Assert.False(Directory.Exists(Path.Combine(_house.DataDir, remembered.RelDir)));
        Assert.Empty((await PageAsync("/api/timeline?pipeline=front"))["timeline"]!.AsArray());
    }

    [Fact]
    public async Task OpenApi_CallsOfEvents_DescribeEveryParameterAndAnswer()
    {
        var document = await PageAsync("/api/openapi.json");
        var calls = document["paths"]!.AsObject().Where(path => path.Key.StartsWith("/api/events", StringComparison.Ordinal) && !path.Key.EndsWith("/pin", StringComparison.Ordinal))
            .SelectMany(path => path.Value!.AsObject()).Select(call => call.Value!).ToList();

        Assert.Equal(5, calls.Count);
        Assert.All(calls, call =>
        {
            Assert.All(call["parameters"]!.AsArray(), parameter => Assert.NotEmpty((string?)parameter!["description"] ?? ""));
            Assert.All(call["responses"]!.AsObject(), answer => Assert.DoesNotMatch("^(OK|Bad Request|Not Found|Not Modified|)$", (string?)answer.Value!["description"] ?? ""));
            Assert.Contains("404", call["responses"]!.AsObject().Select(answer => answer.Key).Append("404"));
        });
        var schemas = document["components"]!["schemas"]!.AsObject();
        foreach (var name in new[] { "EventList", "EventReport", "EventNote", "EventJudgement", "EventOutage" })
        {
            Assert.All(schemas[name]!["properties"]!.AsObject(), property => Assert.NotNull(property.Value));
        }
    }

    private static async Task AssertProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string reason)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains(reason, await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    private async Task<JsonObject> PageAsync(string path) => (await Client.GetFromJsonAsync<JsonObject>(path, Cancellation))!;

    private async Task<HttpResponseMessage> AskAsync(string path, EntityTagHeaderValue known)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { IfNoneMatch = { known } } };
        return await Client.SendAsync(request, Cancellation);
    }
}

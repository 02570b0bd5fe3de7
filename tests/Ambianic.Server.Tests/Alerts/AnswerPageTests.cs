using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;

namespace Ambianic.Server.Tests.Alerts;

/// <summary>The answer page as a program sees it; <see cref="AnswerBrowserTests"/> opens it in a browser.</summary>
public sealed class AnswerPageTests : IAsyncLifetime
{
    private AlertHouse _house = null!;
    private HttpClient _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _house = await AlertHouse.StartAsync();
        _house.Desk.Raise(AlertHouse.Fall);
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = _house.House.Address };
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return _house.DisposeAsync();
    }

    [Fact]
    public async Task Get_Link_ShowsWhatHappenedAndChangesNothing()
    {
        var (status, page) = await GetAsync(_house.Link());

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("Somebody fell: broken", page, StringComparison.Ordinal);
        Assert.Contains("2026", page, StringComparison.Ordinal);
        Assert.Contains("broken", page, StringComparison.Ordinal);
        Assert.Contains("Grandma&#39;s house", page, StringComparison.Ordinal);
        Assert.Contains("FALL (87 %)", page, StringComparison.Ordinal);
        Assert.Contains("Nobody has answered yet", page, StringComparison.Ordinal);
        Assert.Equal(["taking_care", "false_alarm", "call_for_help", "snooze"], Buttons(page));
        Assert.Contains("href=\"tel:+490112%233\"", page, StringComparison.Ordinal);
        Assert.Empty(_house.Desk.Asked);
    }

    [Fact]
    public async Task GetAndHead_WithAnAnswer_ChangeNothing()
    {
        using var head = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Head, With(_house.Link(), "?answer=taking_care")), Cancellation);
        await GetAsync(With(_house.Link(), "?answer=taking_care"));

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Empty(_house.Desk.Asked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/picture")]
    [InlineData("x")]
    public async Task Get_AnyPage_IsKeptByNobodyAndLoadsNothing(string more)
    {
        using var answer = await _client.GetAsync(With(_house.Link(), more), Cancellation);

        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        Assert.Equal("no-referrer", Header(answer, "Referrer-Policy"));
        Assert.Contains("noindex", Header(answer, "X-Robots-Tag"), StringComparison.Ordinal);
        Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
        Assert.StartsWith("default-src 'none'", Header(answer, "Content-Security-Policy"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_TakingCare_AnswersAsTheRecipientAndLeadsToThePage()
    {
        using var answer = await PostAsync(_house.Link(), Form("taking_care"));

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal(["answer taking_care by neighbour"], _house.Desk.Asked);
        var (_, page) = await FollowAsync(answer);
        Assert.Contains("Thank you. The others are told that you are taking care of it.", page, StringComparison.Ordinal);
        Assert.Contains("neighbour is taking care", page, StringComparison.Ordinal);
        Assert.DoesNotContain("taking_care", Buttons(page));
    }

    [Fact]
    public async Task Post_SecondPersonTakesCare_SeesWhoWasFirst()
    {
        using var first = await PostAsync(_house.Link(), Form("taking_care"));
        using var second = await PostAsync(_house.Link("default/0"), Form("taking_care"));

        var (_, page) = await FollowAsync(second);
        Assert.Contains("Somebody was faster: neighbour has been taking care since", page, StringComparison.Ordinal);
        Assert.Equal("neighbour", Assert.Single(_house.Desk.Open).AcknowledgedBy);
    }

    [Fact]
    public async Task Post_TwoAtOnce_OneOfThemSeesTheOther()
    {
        var answers = await Task.WhenAll(PostAsync(_house.Link(), Form("taking_care")), PostAsync(_house.Link("default/0"), Form("taking_care")));

        var pages = await Task.WhenAll(answers.Select(FollowAsync));
        Assert.Single(pages, page => page.Page.Contains("Thank you", StringComparison.Ordinal));
        Assert.Single(pages, page => page.Page.Contains("Somebody was faster", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Post_CallForHelp_ShowsTheNumberAndTellsTheNext()
    {
        using var answer = await PostAsync(_house.Link(), Form("call_for_help"));

        Assert.Equal(["answer call_for_help by neighbour"], _house.Desk.Asked);
        var (_, page) = await FollowAsync(answer);
        Assert.Contains("The next on the list are told now", page, StringComparison.Ordinal);
        Assert.Contains("Telephone +49 (0) 112 #3", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("false_alarm", "It is marked as a false alarm")]
    [InlineData("snooze", "Alerts of broken are held back for 30 minutes")]
    public async Task Post_OtherAnswers_AreTakenAndSaidSo(string word, string expected)
    {
        using var answer = await PostAsync(_house.Link(), Form(word));

        Assert.Equal([$"answer {word} by neighbour"], _house.Desk.Asked);
        Assert.Contains(expected, (await FollowAsync(answer)).Page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_ByAnApp_NeedsNoCookieAndNoType()
    {
        using var plain = await PostAsync(_house.Link(), new StringContent("answer=taking_care", Encoding.UTF8, "text/plain"));
        using var query = await PostAsync(With(_house.Link(), "?answer=false_alarm"), new ByteArrayContent([]));

        Assert.Equal(HttpStatusCode.SeeOther, plain.StatusCode);
        Assert.Equal("*", Header(plain, "Access-Control-Allow-Origin"));
        Assert.Equal(["answer taking_care by neighbour", "answer false_alarm by neighbour"], _house.Desk.Asked);
    }

    [Fact]
    public async Task Post_ByADevice_AnswersByItsName()
    {
        _house.Store.Subscribe(new PushSubscription("5f2c0000aaaabbbb", "https://push.example.org/1", "", "", "Anna's phone", AlertSeverity.Info));

        using var answer = await PostAsync(_house.Link("device/5f2c0000aaaabbbb"), Form("taking_care"));

        Assert.Equal(["answer taking_care by Anna's phone"], _house.Desk.Asked);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("")]
    public async Task Post_NoAnswer_SaysWhatToDo(string word)
    {
        using var answer = await PostAsync(_house.Link(), Form(word));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("taking_care", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Empty(_house.Desk.Asked);
    }

    [Fact]
    public async Task Post_AgainAndAgain_IsRefusedUntilAMinuteIsOver()
    {
        var statuses = new List<HttpStatusCode>();
        for (var attempt = 0; attempt < 300 && !statuses.Contains(HttpStatusCode.TooManyRequests); attempt++)
        {
            using var answer = await PostAsync(_house.Link(), Form("snooze"));
            statuses.Add(answer.StatusCode);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, statuses[^1]);
        Assert.InRange(statuses.Count, 20, 300);
        using var other = await PostAsync(_house.Link("default/0"), Form("taking_care"));
        Assert.Equal(HttpStatusCode.SeeOther, other.StatusCode);
    }

    [Fact]
    public async Task Link_Expired_IsGoneAndAnswersNothing()
    {
        var link = _house.Link();
        _house.LinkTime.Advance(TimeSpan.FromDays(8));

        var (status, page) = await GetAsync(link);
        using var post = await PostAsync(link, Form("taking_care"));
        using var picture = await _client.GetAsync(With(link, "/picture"), Cancellation);

        Assert.Equal(HttpStatusCode.Gone, status);
        Assert.Contains("This link has expired", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Gone, post.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, picture.StatusCode);
        Assert.Empty(_house.Desk.Asked);
    }

    [Fact]
    public async Task Link_ForgedOrTruncated_IsNotFoundAndAnswersNothing()
    {
        var link = new Uri(_house.Link().ToString()[..^3], UriKind.Relative);

        var (status, page) = await GetAsync(link);
        using var post = await PostAsync(link, Form("taking_care"));

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("This link does not work", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, post.StatusCode);
        Assert.Empty(_house.Desk.Asked);
    }

    [Fact]
    public async Task Link_AlertIsNotStored_SaysSo()
    {
        var (status, page) = await GetAsync(_house.Link(alertId: new string('f', 32)));

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("no longer stored", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Link_AlertHasEnded_ShowsHowAndAsksOnlyForFeedback()
    {
        var ended = AlertHouse.Fall with
        {
            Id = new string('e', 32),
            State = AlertState.Closed,
            AcknowledgedBy = "call_service",
            AcknowledgedAt = AlertHouse.Fall.RaisedAt,
            ResolvedAt = AlertHouse.Fall.RaisedAt,
            Resolution = "got up",
        };
        _house.Store.Commit(new AlertChanges { Alerts = [ended] });

        var (_, page) = await GetAsync(_house.Link(alertId: ended.Id));

        Assert.Contains("call_service is taking care", page, StringComparison.Ordinal);
        Assert.Contains("It has been over since", page, StringComparison.Ordinal);
        Assert.Contains("got up", page, StringComparison.Ordinal);
        Assert.Equal(["false_alarm", "snooze"], Buttons(page));
    }

    [Fact]
    public async Task Link_NobodyAnsweredInTime_CanStillBeAnswered()
    {
        var ended = AlertHouse.Fall with { Id = new string('e', 32), State = AlertState.Expired };
        _house.Store.Commit(new AlertChanges { Alerts = [ended] });

        var (_, page) = await GetAsync(_house.Link(alertId: ended.Id));

        Assert.Contains("nobody has answered", page, StringComparison.Ordinal);
        Assert.Equal(["taking_care", "false_alarm", "call_for_help", "snooze"], Buttons(page));
    }

    [Fact]
    public async Task Link_StoreIsBroken_SaysToTryAgainInAPage()
    {
        var link = _house.Link(alertId: new string('f', 32));
        _house.Store.IsBroken = true;

        var (status, page) = await GetAsync(link);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("<h1>Ambianic cannot read its alerts now</h1>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_TextWithMarkup_IsShownAsText()
    {
        const string Markup = "<script>alert(1)</script>\"'";
        _house.Desk.Raise(AlertHouse.Fall with { Labels = [Markup], Reason = Markup, Pipeline = Markup, AcknowledgedBy = Markup, AcknowledgedAt = AlertHouse.Fall.RaisedAt, Resolution = Markup, ResolvedAt = AlertHouse.Fall.RaisedAt });

        var (_, page) = await GetAsync(With(_house.Link(), $"?said={Uri.EscapeDataString(Markup)}"));
        var (_, noticed) = await GetAsync(With(_house.Link(), "?said=late"));

        Assert.DoesNotContain("<script", page + noticed, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Picture_OfTheAlert_IsShownToThoseWhoMayHavePictures()
    {
        using var picture = await _client.GetAsync(With(_house.Link(), "/picture"), Cancellation);
        using var refused = await _client.GetAsync(With(_house.Link("default/0"), "/picture"), Cancellation);

        Assert.Equal("image/jpeg", picture.Content.Headers.ContentType!.MediaType);
        Assert.Equal(_house.Pictures.Jpeg, await picture.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Contains("<img ", (await GetAsync(_house.Link())).Page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode); // no include_attachments: the picture does not leave the house
        Assert.DoesNotContain("<img ", (await GetAsync(_house.Link("default/0"))).Page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/a/", "home.example.org", HttpStatusCode.OK)]
    [InlineData("/a/", "HOME.example.org:8443", HttpStatusCode.OK)]
    [InlineData("/a/", "evil.example.org", HttpStatusCode.BadRequest)]
    [InlineData("/api/alerts", "home.example.org", HttpStatusCode.BadRequest)]
    [InlineData("/", "home.example.org", HttpStatusCode.BadRequest)]
    [InlineData("/index.html", "home.example.org", HttpStatusCode.BadRequest)]
    [InlineData("/api/alerts", "localhost", HttpStatusCode.OK)]
    public async Task Host_OfThePage_IsAnsweredOnTheAnswerPageAlone(string path, string host, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path == "/a/" ? _house.Link() : new Uri(path, UriKind.Relative));
        request.Headers.Host = host;

        using var answer = await _client.SendAsync(request, Cancellation);

        Assert.Equal(expected, answer.StatusCode);
    }

    private static IEnumerable<string> Buttons(string page) => Regex.Matches(page, "value=\"([a-z_]+)\"").Select(match => match.Groups[1].Value);

    private static FormUrlEncodedContent Form(string answer) => new([new("answer", answer)]);

    private static Uri With(Uri link, string more) => new(link + more, UriKind.Relative);

    private static string Header(HttpResponseMessage answer, string name) => Assert.Single(answer.Headers.GetValues(name));

    private Task<HttpResponseMessage> PostAsync(Uri link, HttpContent content) => _client.PostAsync(link, content, Cancellation);

    /// <summary>As a browser does: the address is relative to that of the request.</summary>
    private Task<(HttpStatusCode Status, string Page)> FollowAsync(HttpResponseMessage answer) => GetAsync(new Uri(answer.RequestMessage!.RequestUri!, answer.Headers.Location!));

    private async Task<(HttpStatusCode Status, string Page)> GetAsync(Uri link)
    {
        using var answer = await _client.GetAsync(link, Cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }
}

using Ambianic.Core.Alerts;
using Ambianic.Messaging.Providers;
using Ambianic.Messaging.Providers.Telegram;

namespace Ambianic.Tests.Messaging.Providers.Telegram;

public sealed class TelegramPollTests : ProviderTest
{
    private const string Token = "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQ";

    private readonly List<(int Id, string Json)> _updates = [];

    public TelegramPollTests() => Server.Answer = Answer;

    [Fact]
    public async Task ReadAnswers_AButtonIsPressed_TellsWhoAnsweredWhat()
    {
        Press(10, chat: 1, "false_alarm:fedcba9876543210fedcba9876543210", "Mum");

        await using var answers = Provider("tgram://TOKEN/1").ReadAnswersAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await answers.MoveNextAsync());

        Assert.Equal(new ProviderAnswer(Messages.Fall.AlertId, AlertAnswer.FalseAlarm, "Mum"), answers.Current);
        var poll = Server.Request;
        Assert.Equal($"/bot{Token}/getUpdates", poll.Target);
        Assert.Equal(["callback_query"], poll.Json.GetProperty("allowed_updates").EnumerateArray().Select(kind => kind.GetString()));
        Assert.InRange(poll.Json.GetProperty("timeout").GetInt32(), 20, 60);
    }

    [Fact]
    public async Task ReadAnswers_AnAnswerWasTaken_ConfirmsItAndGoesOn()
    {
        Press(10, chat: 1, "taking_care:a1", "Mum");
        Press(11, chat: 1, "snooze:a2", "Dad");

        var answers = await TakeAsync(Provider("tgram://TOKEN/1"), 2);
        await Eventually.TrueAsync(() => Notices.Count > 0);

        Assert.Equal(["a1", "a2"], answers.Select(answer => answer.AlertId));
        Assert.Equal(("c10", "I am taking care – noted"), Notices[0]);
        Assert.Equal([null, 11], Offsets.Take(2));
    }

    [Theory]
    [InlineData(2, "taking_care:a1")]
    [InlineData(1, "something_else:a1")]
    [InlineData(1, "")]
    public async Task ReadAnswers_AForeignChatOrAForeignButton_IsNoAnswer(int chat, string data)
    {
        Press(10, chat, data, "Thief");
        Press(11, chat: 1, "taking_care:a2", "Mum");

        var answers = await TakeAsync(Provider("tgram://TOKEN/1"), 1);

        Assert.Equal("a2", Assert.Single(answers).AlertId);
        Assert.Equal(("c10", "This chat is not one that may answer."), Notices[0]);
    }

    [Fact]
    public async Task ReadAnswers_TwoAddressesWithOneToken_ShareOnePoll()
    {
        Press(10, chat: 2, "taking_care:a1", "Dad", name: "Family");
        Press(11, chat: 1, "taking_care:a2", "Mum");
        Press(12, chat: 2, "taking_care:a3", "Dad", name: "Family");
        using var end = new CancellationTokenSource();
        await using var family = Provider("tgram://TOKEN/@family").ReadAnswersAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        await using var mum = Provider("tgram://TOKEN/1").ReadAnswersAsync(end.Token).GetAsyncEnumerator(end.Token);

        Assert.True(await family.MoveNextAsync());
        var mums = mum.MoveNextAsync();
        Assert.Equal("a1", family.Current.AlertId);
        var families = family.MoveNextAsync();
        Assert.True(await mums);
        Assert.Equal("a2", mum.Current.AlertId);
        mums = mum.MoveNextAsync();
        Assert.True(await families);
        Assert.Equal("a3", family.Current.AlertId);

        Assert.Equal([null, 11, 12], Offsets);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => mums.AsTask());
    }

    [Fact]
    public async Task ReadAnswers_AReaderLeavesBeforeItIsDone_TheNextGetsTheAnswer()
    {
        Press(10, chat: 1, "taking_care:a1", "Mum");
        var provider = Provider("tgram://TOKEN/1");

        var first = await TakeAsync(provider, 1);
        var second = await TakeAsync(provider, 1);

        Assert.Equal(first, second);
        Assert.Empty(Notices);
    }

    [Fact]
    public async Task ReadAnswers_ThePollingReaderLeaves_TheOtherGoesOn()
    {
        Press(10, chat: 1, "taking_care:a1", "Mum");
        Press(11, chat: 2, "taking_care:a2", "Dad");
        var mum = Provider("tgram://TOKEN/1").ReadAnswersAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        await using var dad = Provider("tgram://TOKEN/2").ReadAnswersAsync(Cancellation).GetAsyncEnumerator(Cancellation);

        Assert.True(await mum.MoveNextAsync());
        var dads = dad.MoveNextAsync();
        await mum.DisposeAsync();

        Assert.True(await dads);
        Assert.Equal("a2", dad.Current.AlertId);
    }

    [Fact]
    public async Task ReadAnswers_TelegramIsAway_AsksAgainAfterAPause()
    {
        var answers = 0;
        Server.Answer = request => Interlocked.Increment(ref answers) == 1 ? new CannedAnswer(502, "<html>Bad Gateway</html>") : Answer(request);
        Press(10, chat: 1, "taking_care:a1", "Mum");

        await using var reader = Provider("tgram://TOKEN/1").ReadAnswersAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        var answer = reader.MoveNextAsync().AsTask();
        await Eventually.TrueAsync(() =>
        {
            Time.Advance(TimeSpan.FromMilliseconds(100));
            return answer.IsCompleted;
        });

        Assert.True(await answer);
        Assert.Equal([null, null], Offsets);
    }

    [Fact]
    public async Task ReadAnswers_AnotherProgramReadsThem_IsAFaultUntilItStops()
    {
        const string Conflict = """{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request"}""";
        var isConflict = true;
        Server.Answer = request => Volatile.Read(ref isConflict) ? new CannedAnswer(409, Conflict) : Answer(request);
        Press(10, chat: 1, "taking_care:a1", "Mum");
        var provider = Provider("tgram://TOKEN/1");

        await using var reader = provider.ReadAnswersAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        var answer = reader.MoveNextAsync().AsTask();
        await PassUntilAsync(() => provider.AnswerFault is not null);
        Assert.Contains("another program reads the answers of this bot", provider.AnswerFault, StringComparison.Ordinal);

        Volatile.Write(ref isConflict, false);
        await PassUntilAsync(() => answer.IsCompleted && provider.AnswerFault is null);

        Task PassUntilAsync(Func<bool> condition) => Eventually.TrueAsync(() =>
        {
            Time.Advance(TimeSpan.FromMilliseconds(200));
            return condition();
        });
    }

    private List<int?> Offsets => [.. Server.Requests
        .Where(request => request.Target.EndsWith("getUpdates", StringComparison.Ordinal))
        .Select(request => request.Json.TryGetProperty("offset", out var offset) ? offset.GetInt32() : (int?)null)];

    private List<(string Id, string Text)> Notices => [.. Server.Requests
        .Where(request => request.Target.EndsWith("answerCallbackQuery", StringComparison.Ordinal))
        .Select(request => (request.Json.GetProperty("callback_query_id").GetString()!, request.Json.GetProperty("text").GetString()!))];

    private static async Task<List<ProviderAnswer>> TakeAsync(TelegramProvider provider, int count)
    {
        var answers = new List<ProviderAnswer>();
        await foreach (var answer in provider.ReadAnswersAsync(Cancellation))
        {
            answers.Add(answer);
            if (answers.Count == count)
            {
                break;
            }
        }

        return answers;
    }

    /// <summary>As Telegram does: what is not confirmed by a higher offset comes again, and without updates it waits.</summary>
    private CannedAnswer Answer(RecordedRequest request)
    {
        if (request.Target.EndsWith("answerCallbackQuery", StringComparison.Ordinal))
        {
            return CannedAnswer.Json("""{"ok":true,"result":true}""");
        }

        var offset = request.Json.TryGetProperty("offset", out var given) ? given.GetInt32() : 0;
        lock (_updates)
        {
            return _updates.FirstOrDefault(update => update.Id >= offset) is { Json: { } json }
                ? CannedAnswer.Json($$"""{"ok":true,"result":[{{json}}]}""")
                : new CannedAnswer { NeverBegins = true };
        }
    }

    private void Press(int id, int chat, string data, string who, string? name = null)
    {
        var chats = name is null ? "{\"id\":" + chat + "}" : "{\"id\":" + chat + ",\"username\":\"" + name + "\"}";
        lock (_updates)
        {
            _updates.Add((id, $$$"""
                {"update_id":{{{id}}},"callback_query":{"id":"c{{{id}}}","from":{"id":9,"first_name":"{{{who}}}"},
                "message":{"message_id":5,"chat":{{{chats}}} },"data":"{{{data}}}"}}
                """));
        }
    }

    private TelegramProvider Provider(string address) =>
        TelegramProvider.Create(Address(address.Replace("TOKEN", Token, StringComparison.Ordinal)), new ProviderParts(Http, Time), Server.Address);
}

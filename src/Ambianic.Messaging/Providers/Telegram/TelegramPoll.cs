using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Ambianic.Core.Alerts;
using Ambianic.Messaging.Http;

namespace Ambianic.Messaging.Providers.Telegram;

/// <summary>
/// Waits for pressed buttons (<c>getUpdates</c>). Telegram allows one poll for each bot, so that all addresses with its token share
/// this: one of their readers polls for all, and another goes on when it leaves. A press is confirmed to Telegram only after its
/// reader has come back for the next one: what a crash interrupts comes again.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "It lives as long as the program, and its semaphore makes no handle.")]
internal sealed class TelegramPoll
{
    private const int MostOfName = 64;

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(50);
    private static readonly TimeSpan Patience = Wait + TimeSpan.FromSeconds(15);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private static readonly ConcurrentDictionary<(Uri Service, string Token), TelegramPoll> All = new();

    private readonly Lock _lock = new();
    private readonly List<Reader> _readers = [];
    private readonly SemaphoreSlim _turn = new(1);
    private long? _offset;
    private volatile string? _fault;

    /// <summary>Why presses are not heard: the last two polls failed. Null when all is well.</summary>
    public string? Fault => _fault;

    /// <summary>The one of a bot.</summary>
    public static TelegramPoll Of(TelegramBot bot) => All.GetOrAdd(bot.Identity, _ => new TelegramPoll());

    /// <summary>What a button sends back: answer and alert, 64 bytes at most.</summary>
    public static string Data(string alertId, AlertAnswer answer) => $"{AlertAnswers.Word(answer)}:{alertId}";

    /// <summary>Buttons that are pressed in some chats, until cancelled.</summary>
    /// <param name="bot">Of whom.</param>
    /// <param name="isMine">In which chats.</param>
    /// <param name="time">Clock of pauses.</param>
    /// <param name="cancellation">Ends it.</param>
    public async IAsyncEnumerable<ProviderAnswer> ReadAsync(
        TelegramBot bot, Func<JsonObject, bool> isMine, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var reader = new Reader(isMine);
        lock (_lock)
        {
            _readers.Add(reader);
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var polling = PollAsync(bot, reader, time, end.Token);
        try
        {
            await foreach (var press in reader.Presses.Reader.ReadAllAsync(cancellation))
            {
                yield return press.Answer;
                press.IsTaken.TrySetResult(true);
            }
        }
        finally
        {
            lock (_lock)
            {
                _readers.Remove(reader);
            }

            reader.Leave();
            await end.CancelAsync();
            await polling;
        }
    }

    private async Task PollAsync(TelegramBot bot, Reader reader, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            await _turn.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        try
        {
            for (var pause = FirstPause; ;)
            {
                var outcome = await PollOnceAsync(bot, cancellation);
                if (outcome.Kind == DeliveryOutcomeKind.Delivered)
                {
                    pause = FirstPause;
                    continue;
                }

                _fault = pause > FirstPause ? outcome.Reason : _fault; // one failure is nothing to tell
                await Task.Delay(outcome.RetryAfter > pause ? outcome.RetryAfter.Value : pause, time, cancellation);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
        catch (OperationCanceledException)
        {
            // Its reader has left; the next one has its turn.
        }
        catch (Exception error)
        {
            reader.Presses.Writer.TryComplete(error); // a fault of ours: who reads gets to know it
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>One update at a time: what is confirmed is exactly what was taken, and none is too long to be read whole.</summary>
    private async Task<DeliveryOutcome> PollOnceAsync(TelegramBot bot, CancellationToken cancellation)
    {
        var question = new JsonObject { ["limit"] = 1, ["timeout"] = (int)Wait.TotalSeconds, ["allowed_updates"] = new JsonArray("callback_query") };
        if (_offset is { } offset)
        {
            question["offset"] = offset;
        }

        var (result, outcome) = await bot.CallAsync("getUpdates", JsonBody.Of(question), cancellation, Patience);
        if (result is not JsonArray updates)
        {
            return outcome.Kind == DeliveryOutcomeKind.Delivered ? DeliveryOutcome.Passing("Telegram gave no list of updates") : outcome;
        }

        _fault = null;
        foreach (var update in updates.OfType<JsonObject>())
        {
            if (update["callback_query"] is JsonObject query && !await TakeAsync(bot, query, cancellation))
            {
                return outcome; // it comes again, for the next reader
            }

            _offset = (long?)update.Number("update_id") + 1 ?? _offset;
        }

        return outcome;
    }

    /// <returns>False when the reader that it was for left before it took it.</returns>
    private async Task<bool> TakeAsync(TelegramBot bot, JsonObject query, CancellationToken cancellation)
    {
        var said = "This chat is not one that may answer.";
        if (query["message"]?["chat"] is JsonObject chat && Answer(query) is { } answer && ReaderOf(chat) is { } reader)
        {
            if (!await reader.HandOverAsync(answer).WaitAsync(cancellation))
            {
                return false;
            }

            said = $"{AlertAnswers.Button(answer.Answer)} – noted";
        }

        var notice = new JsonObject { ["callback_query_id"] = query.Text("id"), ["text"] = said };
        _ = await bot.CallAsync("answerCallbackQuery", JsonBody.Of(notice), cancellation); // late ones are refused, which changes nothing
        return true;
    }

    private Reader? ReaderOf(JsonObject chat)
    {
        lock (_lock)
        {
            return _readers.FirstOrDefault(reader => reader.IsMine(chat));
        }
    }

    private static ProviderAnswer? Answer(JsonObject query)
    {
        var data = query.Text("data")?.Split(':') ?? [];
        var name = query["from"] is JsonObject from ? MessageText.Cut(MessageText.Line(from.Text("first_name") ?? ""), MostOfName) : "";
        return data.Length == 2 && AlertAnswers.Parse(data[0]) is { } answer ? new ProviderAnswer(data[1], answer, name.Length == 0 ? null : name) : null;
    }

    private sealed record Press(ProviderAnswer Answer, TaskCompletionSource<bool> IsTaken);

    /// <summary>One address that waits for answers.</summary>
    private sealed class Reader(Func<JsonObject, bool> isMine)
    {
        private volatile Press? _last;

        public Channel<Press> Presses { get; } = Channel.CreateUnbounded<Press>();

        public bool IsMine(JsonObject chat) => isMine(chat);

        /// <returns>False when the reader left before it took it.</returns>
        public Task<bool> HandOverAsync(ProviderAnswer answer)
        {
            var press = new Press(answer, new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
            _last = press;
            if (!Presses.Writer.TryWrite(press))
            {
                press.IsTaken.TrySetResult(false);
            }

            return press.IsTaken.Task;
        }

        public void Leave()
        {
            Presses.Writer.TryComplete();
            _last?.IsTaken.TrySetResult(false);
        }
    }
}

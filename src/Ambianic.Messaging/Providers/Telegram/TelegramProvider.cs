using System.Text.Json.Nodes;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Messaging.Http;

namespace Ambianic.Messaging.Providers.Telegram;

/// <summary>Chats of a Telegram bot; see "Telegram Bot API". Buttons below a message that asks for an answer are read by <see cref="TelegramPoll"/>.</summary>
internal sealed class TelegramProvider(TelegramBot bot, IReadOnlyList<TelegramChat> chats, TimeProvider time) : IAnswerProvider
{
    private const int MostOfTitle = 200;
    private const int MostOfText = 4096;
    private const int MostOfCaption = 1024;

    private readonly TargetList _targets = new([.. chats.Select(chat => chat.ToString())]);

    /// <summary>For <see cref="ProviderCatalog"/>.</summary>
    public static IAlertProvider Create(ProviderAddress address, ProviderParts parts) => Create(address, parts, TelegramBot.Official);

    /// <summary>With another server than Telegram's.</summary>
    public static TelegramProvider Create(ProviderAddress address, ProviderParts parts, Uri service)
    {
        var token = address.Host.StartsWith("bot", StringComparison.OrdinalIgnoreCase) ? address.Host[3..] : address.Host;
        if (!TelegramBot.IsToken(token))
        {
            throw new FormatException("does not begin with the token of a bot as @BotFather gives it, digits, a colon and letters");
        }

        var chats = address.Targets().Select(TelegramChat.Parse).ToList();
        return chats.Count > 0
            ? new TelegramProvider(new TelegramBot(service, token, parts.Http), chats, parts.Time)
            : throw new FormatException("names no chat; write to the bot, then look up the id of the chat");
    }

    /// <inheritdoc/>
    public string Name => "Telegram";

    /// <inheritdoc/>
    public Task<DeliveryOutcome> SendAsync(AlertMessage message, CancellationToken cancellation) => Attempt.WithinAsync(
        Name,
        time,
        within => _targets.SendAsync(message, target => PictureFallback.SendAsync(message, (message, patience) =>
            SendAsync(message, chats.First(chat => chat.ToString() == target), patience, within))),
        cancellation);

    /// <inheritdoc/>
    public IAsyncEnumerable<ProviderAnswer> ReadAnswersAsync(CancellationToken cancellation) =>
        TelegramPoll.Of(bot).ReadAsync(bot, chat => chats.Any(mine => mine.Is(chat)), time, cancellation);

    /// <inheritdoc/>
    public string? AnswerFault => TelegramPoll.Of(bot).Fault;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<DeliveryOutcome> SendAsync(AlertMessage message, TelegramChat chat, TimeSpan? patience, CancellationToken cancellation)
    {
        var title = MessageText.Cut(MessageText.Line(message.Title), MostOfTitle);
        var text = $"{title}\n{MessageText.WithLinks(message, MostOfText - title.Length - 1)}";
        if (message.Picture is { } picture && text.Length <= MostOfCaption)
        {
            return await SendPhotoAsync(message, chat, picture, text, isLast: true, patience, cancellation);
        }

        var outcome = await SendTextAsync(message, chat, text, patience, cancellation);
        if (message.Picture is null || outcome.Kind != DeliveryOutcomeKind.Delivered)
        {
            return outcome;
        }

        var photo = await SendPhotoAsync(message, chat, message.Picture, title, isLast: false, patience, cancellation);
        return photo.Kind == DeliveryOutcomeKind.Delivered ? photo : outcome with { Reason = $"sent without the picture: {photo.Reason}" };
    }

    private async Task<DeliveryOutcome> SendTextAsync(AlertMessage message, TelegramChat chat, string text, TimeSpan? patience, CancellationToken cancellation)
    {
        var json = Fields(message, chat);
        json["text"] = text;
        json["link_preview_options"] = new JsonObject { ["is_disabled"] = true };
        if (message.AsksForAnswer)
        {
            json["reply_markup"] = Buttons(message);
        }

        return (await bot.CallAsync("sendMessage", JsonBody.Of(json), cancellation, patience)).Outcome;
    }

    private async Task<DeliveryOutcome> SendPhotoAsync(
        AlertMessage message, TelegramChat chat, AlertPicture picture, string caption, bool isLast, TimeSpan? patience, CancellationToken cancellation)
    {
        var fields = Fields(message, chat).ToDictionary(field => field.Key, field => field.Value!.ToString());
        fields["caption"] = caption;
        if (isLast && message.AsksForAnswer)
        {
            fields["reply_markup"] = Buttons(message).ToJsonString();
        }

        return (await bot.CallAsync("sendPhoto", MultipartBody.Of(fields, "photo", picture.FileName, picture.Jpeg), cancellation, patience)).Outcome;
    }

    private static JsonObject Fields(AlertMessage message, TelegramChat chat)
    {
        var fields = new JsonObject { ["chat_id"] = chat.Id };
        if (chat.Topic is not null)
        {
            fields["message_thread_id"] = chat.Topic.Value;
        }

        if (message.Severity == AlertSeverity.Info)
        {
            fields["disable_notification"] = true;
        }

        return fields;
    }

    private static JsonObject Buttons(AlertMessage message) => new()
    {
        ["inline_keyboard"] = new JsonArray(
        [
            .. Enum.GetValues<AlertAnswer>().Select(answer => new JsonArray(new JsonObject
            {
                ["text"] = AlertAnswers.Button(answer),
                ["callback_data"] = TelegramPoll.Data(message.AlertId, answer),
            })),
        ]),
    };
}

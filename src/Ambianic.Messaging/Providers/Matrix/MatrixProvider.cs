using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Messaging.Http;

namespace Ambianic.Messaging.Providers.Matrix;

/// <summary>
/// Rooms of Matrix ("Client-Server API": joining rooms, sending events, content repository). The idempotency key is the transaction id:
/// the server drops a message that comes twice. Rooms get plain messages, also those that are encrypted.
/// </summary>
internal sealed class MatrixProvider : IAlertProvider
{
    private readonly MatrixServer _server;
    private readonly TimeProvider _time;
    private readonly TargetList _rooms;
    private readonly Dictionary<string, string> _ids = [];

    private MatrixProvider(ProviderAddress address, ProviderParts parts, IReadOnlyList<string> rooms)
    {
        _server = new MatrixServer(address, parts.Http);
        _time = parts.Time;
        _rooms = new TargetList(rooms);
    }

    /// <summary>For <see cref="ProviderCatalog"/>.</summary>
    public static IAlertProvider Create(ProviderAddress address, ProviderParts parts)
    {
        if (address.Parameter("mode") is { } mode)
        {
            return new MatrixWebhook(mode, address, parts.Http);
        }

        if (!MatrixServer.HasCredentials(address))
        {
            throw new FormatException("has no access token before the @, and no user and password");
        }

        _ = address.Url([]);
        var rooms = address.Targets().Select(room => Room(room, address.Host)).ToList();
        return rooms.Count > 0 ? new MatrixProvider(address, parts, rooms) : throw new FormatException("names no room; write one as path, for example /#room:server");
    }

    /// <inheritdoc/>
    public string Name => _server.Name;

    /// <inheritdoc/>
    public Task<DeliveryOutcome> SendAsync(AlertMessage message, CancellationToken cancellation) =>
        Attempt.WithinAsync(Name, _time, within => _rooms.SendOneByOneAsync(message, room => SendAsync(message, room, within)), cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string Room(string room, string host) => room[0] switch
    {
        '!' => room,
        '@' => throw new FormatException("names a person; make a room with them and write that"),
        '#' => room.Contains(':') ? room : $"{room}:{host}",
        _ => Room("#" + room, host),
    };

    private async Task<DeliveryOutcome> SendAsync(AlertMessage message, string room, CancellationToken cancellation)
    {
        if (!_ids.TryGetValue(room, out var id))
        {
            var (joined, failure) = await _server.AskAsync(HttpMethod.Post, ["_matrix", "client", "v3", "join", room], JsonBody.Of(new JsonObject()), cancellation);
            id = joined?.Text("room_id");
            if (id is null)
            {
                return failure.Kind == DeliveryOutcomeKind.Delivered ? DeliveryOutcome.Passing($"{Name} did not say which room it joined") : failure;
            }

            _ids[room] = id;
        }

        var outcome = await PutAsync(id, message.IdempotencyKey, Text(message), cancellation);
        if (outcome.Kind == DeliveryOutcomeKind.Permanent)
        {
            _ids.Remove(room); // the next message joins again
        }

        return outcome.Kind == DeliveryOutcomeKind.Delivered && message.Picture is { } picture ? await SendAsync(message, picture, id, cancellation) : outcome;
    }

    /// <summary>The text is there already: without its picture it is delivered all the same.</summary>
    private async Task<DeliveryOutcome> SendAsync(AlertMessage message, AlertPicture picture, string id, CancellationToken cancellation)
    {
        var content = new ReadOnlyMemoryContent(picture.Jpeg) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } };
        var (uploaded, failure) = await _server.AskAsync(
            HttpMethod.Post, ["_matrix", "media", "v3", "upload"], content, cancellation, $"filename={Uri.EscapeDataString(picture.FileName)}");
        if (uploaded?.Text("content_uri") is { } uri)
        {
            failure = await PutAsync(id, message.IdempotencyKey + "-picture", Image(picture, uri), cancellation);
        }

        return failure.Kind == DeliveryOutcomeKind.Delivered ? failure : DeliveryOutcome.Delivered with { Reason = $"sent without the picture: {failure.Reason}" };
    }

    private async Task<DeliveryOutcome> PutAsync(string room, string transaction, JsonObject content, CancellationToken cancellation) =>
        (await _server.AskAsync(HttpMethod.Put, ["_matrix", "client", "v3", "rooms", room, "send", "m.room.message", transaction], JsonBody.Of(content), cancellation)).Outcome;

    private static JsonObject Text(AlertMessage message)
    {
        var title = MessageText.Line(message.Title);
        var text = MessageText.WithLinks(message, 20_000); // an event may have 64 KB, in both forms
        var content = new JsonObject
        {
            ["msgtype"] = "m.text",
            ["body"] = $"{MessageText.Cut(title, 500)}\n{text}",
            ["format"] = "org.matrix.custom.html",
            ["formatted_body"] = $"<strong>{Encode(MessageText.Cut(title, 500))}</strong><br>{Encode(text).Replace("\n", "<br>", StringComparison.Ordinal)}",
        };
        if (message.Severity == AlertSeverity.Critical)
        {
            content["m.mentions"] = new JsonObject { ["room"] = true }; // rings for everybody in the room
        }

        return content;
    }

    private static JsonObject Image(AlertPicture picture, string uri) => new()
    {
        ["msgtype"] = "m.image",
        ["body"] = picture.FileName,
        ["url"] = uri,
        ["info"] = new JsonObject { ["mimetype"] = "image/jpeg", ["size"] = picture.Jpeg.Length },
    };

    /// <summary>Only what HTML needs: letters of other scripts stay, because limits count bytes.</summary>
    private static string Encode(string text) => System.Security.SecurityElement.Escape(text.ReplaceLineEndings("\n"));
}

using System.Globalization;
using System.Text.RegularExpressions;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Messaging.Http;

namespace Ambianic.Messaging.Providers;

/// <summary>
/// A user of Pushover, or some of their devices, or groups. Pushover: "Message API", "Receipts and Callbacks API". Critical messages
/// ring through quiet hours again and again until a person acknowledges them, and the answer counts as ours.
/// </summary>
internal sealed partial class PushoverProvider : IReceiptProvider
{
    // Limits of "Message API".
    private const int MostOfText = 1024;
    private const int MostOfTitle = 250;
    private const int MostOfUrl = 512;
    private const int MostOfPicture = 5 * 1024 * 1024;

    private readonly ProviderHttp _http;
    private readonly Uri _api;
    private readonly string _token;
    private readonly string _user;
    private readonly string _devices;
    private readonly string? _sound;
    private readonly int _retry;
    private readonly int _expire;
    private readonly TargetList _users;

    /// <summary>Makes one.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="http">For requests.</param>
    /// <param name="api">Where the service is; null is api.pushover.net.</param>
    /// <exception cref="FormatException">The address is wrong.</exception>
    public PushoverProvider(ProviderAddress address, ProviderHttp http, Uri? api = null)
    {
        (_http, _api) = (http, api ?? new Uri("https://api.pushover.net/"));
        _user = address.User is { Length: > 0 } user ? user : throw new FormatException("has no user key before the @");
        _token = address.Host.Length > 0 ? address.Host : throw new FormatException("has no token of an application behind the @");
        if (!KeyRegex().IsMatch(_user) || !KeyRegex().IsMatch(_token))
        {
            throw new FormatException("has a user key or token that is none; both have letters and digits only");
        }

        var groups = address.Targets().Where(target => target.StartsWith('#')).Select(group => group[1..]).ToList();
        var devices = address.Targets().Where(target => !target.StartsWith('#')).ToList();
        if (!devices.All(device => DeviceRegex().IsMatch(device)) || !groups.All(group => KeyRegex().IsMatch(group)))
        {
            throw new FormatException("has a device that is none; a device has at most 25 letters, digits, hyphens or underscores, and a group begins with #");
        }

        _devices = string.Join(',', devices);
        _users = new TargetList(groups.Count > 0 && devices.Count == 0 ? groups : [_user, .. groups]);
        _sound = address.Parameter("sound")?.ToLowerInvariant();
        _retry = Seconds(address, "interval", 60, 30, 10_800);
        _expire = Seconds(address, "expire", 3600, 30, 10_800);
    }

    /// <inheritdoc/>
    public string Name => "Pushover";

    /// <inheritdoc/>
    public Task<DeliveryOutcome> SendAsync(AlertMessage message, CancellationToken cancellation)
    {
        message = message.Picture?.Jpeg.Length > MostOfPicture ? message with { Picture = null } : message;
        return _users.SendAsync(message, user => PictureFallback.SendAsync(
            message, (message, patience) => _http.SendAsync(Name, Request(user, message), cancellation, Judge, patience)));
    }

    /// <inheritdoc/>
    public async Task<ReceiptStatus> ReadReceiptAsync(string receipt, CancellationToken cancellation)
    {
        var each = await Task.WhenAll(receipt.Split(',').Select(one => ReadOneAsync(one, cancellation)));
        return each.FirstOrDefault(status => status.IsAcknowledged) ?? new ReceiptStatus(IsAcknowledged: false, each.All(status => status.IsFinal));
    }

    /// <inheritdoc/>
    public async Task<DeliveryOutcome> CancelAsync(string receipt, CancellationToken cancellation)
    {
        var each = await Task.WhenAll(receipt.Split(',').Select(one => _http.SendAsync(
            Name,
            new HttpRequestMessage(HttpMethod.Post, new Uri(_api, $"1/receipts/{Uri.EscapeDataString(one)}/cancel.json"))
            {
                Content = new FormUrlEncodedContent([new("token", _token)]),
            },
            cancellation,
            ProviderHttp.JudgeService)));
        return each.MaxBy(outcome => outcome.Kind)!;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<ReceiptStatus> ReadOneAsync(string receipt, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_api, $"1/receipts/{Uri.EscapeDataString(receipt)}.json?token={Uri.EscapeDataString(_token)}"));
        var (answer, _) = await _http.AskAsync(Name, request, cancellation);
        if (answer is null || !answer.IsSuccess || JsonBody.Read(answer.Body) is not { } status)
        {
            var isUnknown = answer is not null && ProviderHttp.JudgeService(Name, answer).Kind == DeliveryOutcomeKind.Permanent;
            return new ReceiptStatus(IsAcknowledged: false, IsFinal: isUnknown);
        }

        var isAcknowledged = status.Number("acknowledged") == 1;
        var device = status.Text("acknowledged_by_device");
        return new ReceiptStatus(
            isAcknowledged,
            isAcknowledged || status.Number("expired") == 1,
            !isAcknowledged ? null : string.IsNullOrEmpty(device) ? "a user of Pushover" : $"Pushover on {device}");
    }

    private HttpRequestMessage Request(string user, AlertMessage message)
    {
        var fields = Fields(user, message).ToList();
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_api, "1/messages.json"))
        {
            Content = message.Picture is { } picture
                ? MultipartBody.Of(fields, "attachment", picture.FileName, picture.Jpeg)
                : new FormUrlEncodedContent(fields),
        };
        request.Identify(message);
        return request;
    }

    private IEnumerable<KeyValuePair<string, string>> Fields(string user, AlertMessage message)
    {
        yield return new("token", _token);
        yield return new("user", user);
        if (_devices.Length > 0 && user == _user)
        {
            yield return new("device", _devices);
        }

        yield return new("title", MessageText.Cut(MessageText.Line(message.Title), MostOfTitle));
        yield return new("message", MessageText.Cut(message.Text, MostOfText));
        yield return new("timestamp", message.At.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        if (MessageText.Link(message) is { AbsoluteUri.Length: <= MostOfUrl } link)
        {
            yield return new("url", link.AbsoluteUri);
            yield return new("url_title", MessageText.LinkTitle(message));
        }

        if (_sound is not null)
        {
            yield return new("sound", _sound);
        }

        var priority = Priority(message);
        yield return new("priority", priority.ToString(CultureInfo.InvariantCulture));
        if (priority == 2)
        {
            yield return new("retry", _retry.ToString(CultureInfo.InvariantCulture));
            yield return new("expire", _expire.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>2 rings until it is acknowledged, 1 rings during the user's quiet hours, 0 does not.</summary>
    private static int Priority(AlertMessage message) => message.Severity switch
    {
        AlertSeverity.Critical when message.Kind is DeliveryKind.Alert or DeliveryKind.Reminder or DeliveryKind.Escalation => 2,
        AlertSeverity.Critical when message.Kind == DeliveryKind.Update => 1,
        AlertSeverity.Warning => 1,
        _ => 0,
    };

    private static DeliveryOutcome Judge(string service, HttpAnswer answer) =>
        answer.IsSuccess && JsonBody.Read(answer.Body)?.Text("receipt") is { Length: > 0 } receipt
            ? DeliveryOutcome.Delivered with { Receipt = receipt }
            : ProviderHttp.JudgeService(service, answer);

    private static int Seconds(ProviderAddress address, string name, int usual, int least, int most) =>
        address.Parameter(name) is not { } text ? usual
            : int.TryParse(text, CultureInfo.InvariantCulture, out var seconds) && seconds >= least && seconds <= most ? seconds
            : throw new FormatException($"has a parameter '{name}' that is not between {least} and {most} (seconds)");

    [GeneratedRegex(@"^[A-Za-z0-9]+\z")]
    private static partial Regex KeyRegex();

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,25}\z")]
    private static partial Regex DeviceRegex();
}

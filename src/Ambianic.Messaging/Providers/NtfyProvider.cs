using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Messaging.Http;

namespace Ambianic.Messaging.Providers;

/// <summary>
/// Topics of an ntfy server. ntfy: "Publishing". Everything but the text is in headers, so that a message with a picture, whose body
/// is the picture, looks the same as one without. A message that is sent again replaces itself (its sequence is the idempotency key).
/// </summary>
internal sealed partial class NtfyProvider : IAlertProvider
{
    /// <summary>4,096 is ntfy's limit; a longer text would come as a file. In a header it grows to 1.6 times its size, and 8 KB is the limit of many proxies.</summary>
    private const int MostOfText = 4000;
    private const int MostOfTitle = 250;

    private readonly ProviderHttp _http;
    private readonly Uri _server;
    private readonly AuthenticationHeaderValue? _credentials;
    private readonly TargetList _topics;

    /// <summary>Makes one.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="http">For requests.</param>
    /// <param name="cloud">The public server; null is ntfy.sh.</param>
    /// <exception cref="FormatException">The address is wrong.</exception>
    public NtfyProvider(ProviderAddress address, ProviderHttp http, Uri? cloud = null)
    {
        _http = http;
        var hasServer = !address.Host.Equals("ntfy.sh", StringComparison.OrdinalIgnoreCase)
            && address.Parameter("mode") switch { "cloud" => false, "private" => true, _ => address.Targets().Count > 0 };
        _server = hasServer ? address.Url([]) : cloud ?? new Uri("https://ntfy.sh/");
        var topics = hasServer || address.Host.Equals("ntfy.sh", StringComparison.OrdinalIgnoreCase) ? address.Targets() : [address.Host, .. address.Targets()];
        if (topics.Count == 0 || !topics.All(topic => TopicRegex().IsMatch(topic)))
        {
            throw new FormatException("has no topic; a topic is 1 to 64 letters, digits, hyphens or underscores");
        }

        _credentials = Token(address) is { } token ? new AuthenticationHeaderValue("Bearer", token) : address.BasicCredentials;
        _topics = new TargetList(topics);
    }

    /// <inheritdoc/>
    public string Name => $"ntfy at {_server.Authority}";

    /// <inheritdoc/>
    public Task<DeliveryOutcome> SendAsync(AlertMessage message, CancellationToken cancellation) => _topics.SendAsync(
        message,
        topic => PictureFallback.SendAsync(
            message, (message, patience) => _http.SendAsync(Name, Request(topic, message), cancellation, ProviderHttp.JudgeService, patience)));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string? Token(ProviderAddress address) =>
        address.Parameter("token")
        ?? (address.Parameter("auth") == "token" ? address.Password ?? address.User
            : address is { User: { } user, Password: null } && user.StartsWith("tk_", StringComparison.OrdinalIgnoreCase) ? user
            : null);

    private HttpRequestMessage Request(string topic, AlertMessage message)
    {
        var text = MessageText.CutBytes(message.Text, MostOfText);
        var request = message.Picture is { } picture
            ? new HttpRequestMessage(HttpMethod.Put, new Uri(_server, topic)) { Content = new ReadOnlyMemoryContent(picture.Jpeg) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } } }
            : new HttpRequestMessage(HttpMethod.Post, new Uri(_server, topic)) { Content = new StringContent(text, Encoding.UTF8) };
        request.Headers.Authorization = _credentials;
        request.Identify(message);
        request.Headers.Add("X-Sequence-ID", message.IdempotencyKey);
        request.Headers.Add("X-Title", Encoded(MessageText.CutBytes(MessageText.Line(message.Title), MostOfTitle)));
        request.Headers.Add("X-Priority", Priority(message).ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("X-Tags", Tags(message));
        if (message.Picture is not null)
        {
            request.Headers.Add("X-Filename", message.Picture.FileName);
            request.Headers.Add("X-Message", Encoded(text));
        }

        if (MessageText.Link(message) is { } link)
        {
            request.Headers.Add("X-Click", link.AbsoluteUri);
        }

        if (message is { AsksForAnswer: true, AnswerUrl: not null })
        {
            request.Headers.Add("X-Actions", Actions(message.AnswerUrl!).ToJsonString());
        }

        return request;
    }

    /// <summary>5 rings through Do Not Disturb where the phone allows it.</summary>
    private static int Priority(AlertMessage message) => message.Severity switch
    {
        _ when message.Kind == DeliveryKind.Taken => 3,
        AlertSeverity.Critical => 5,
        AlertSeverity.Warning => 4,
        _ => 3,
    };

    /// <summary>Words that ntfy shows as an emoji, then those that it shows as they are.</summary>
    private static string Tags(AlertMessage message) => message switch
    {
        { Kind: DeliveryKind.Taken } => "white_check_mark",
        { Severity: AlertSeverity.Critical } => "rotating_light",
        { Severity: AlertSeverity.Warning } => "warning",
        _ => "bell",
    };

    private static JsonArray Actions(Uri answerUrl) =>
    [
        new JsonObject { ["action"] = "view", ["label"] = "Answer", ["url"] = answerUrl.AbsoluteUri, ["clear"] = true },
        Action(answerUrl, AlertAnswer.TakingCare),
        Action(answerUrl, AlertAnswer.FalseAlarm),
    ];

    private static JsonObject Action(Uri answerUrl, AlertAnswer answer) => new()
    {
        ["action"] = "http",
        ["label"] = AlertAnswers.Button(answer),
        ["url"] = answerUrl.AbsoluteUri,
        ["method"] = "POST",
        ["headers"] = new JsonObject { ["Content-Type"] = "application/x-www-form-urlencoded" },
        ["body"] = $"answer={AlertAnswers.Word(answer)}",
        ["clear"] = true,
    };

    /// <summary>ASCII on one line as it is; other text in words of RFC 2047, each short enough for it.</summary>
    private static string Encoded(string text)
    {
        if (text.All(character => character is >= ' ' and <= '~') && !text.Contains("=?", StringComparison.Ordinal))
        {
            return text;
        }

        const int mostBytes = 45;
        var words = new List<string>();
        var word = new List<byte>(mostBytes);
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(bytes);
            if (word.Count + length > mostBytes)
            {
                words.Add(Convert.ToBase64String([.. word]));
                word.Clear();
            }

            word.AddRange(bytes[..length]);
        }

        words.Add(Convert.ToBase64String([.. word]));
        return string.Join(' ', words.Select(encoded => $"=?UTF-8?B?{encoded}?="));
    }

    [GeneratedRegex(@"^[-_A-Za-z0-9]{1,64}\z")]
    private static partial Regex TopicRegex();
}

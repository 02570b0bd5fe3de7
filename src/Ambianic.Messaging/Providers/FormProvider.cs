using System.Text.RegularExpressions;
using Ambianic.Core.Alerts;
using Ambianic.Messaging.Http;

namespace Ambianic.Messaging.Providers;

/// <summary>A web address that takes a form, with the picture as its file. Apprise: "Form HTTP POST Notifications".</summary>
internal sealed partial class FormProvider : IAlertProvider
{
    private readonly ProviderHttp _http;
    private readonly Webhook _webhook;
    private readonly string _fileField;

    /// <summary>Makes one.</summary>
    /// <exception cref="FormatException">The address is wrong.</exception>
    public FormProvider(ProviderAddress address, ProviderHttp http)
    {
        (_http, _webhook) = (http, new Webhook(address));
        _fileField = WildcardRegex().Replace(address.Parameter("attach-as") ?? "file*", "01");
        if (!FieldRegex().IsMatch(_fileField))
        {
            throw new FormatException("has an 'attach-as' that names no field; write letters, digits, hyphens or underscores");
        }
    }

    /// <inheritdoc/>
    public string Name => $"form webhook at {_webhook.Host}";

    /// <inheritdoc/>
    public Task<DeliveryOutcome> SendAsync(AlertMessage message, CancellationToken cancellation) => PictureFallback.SendAsync(
        message, (message, patience) => _http.SendAsync(Name, Request(message), cancellation, patience: patience));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private HttpRequestMessage Request(AlertMessage message)
    {
        var fields = _webhook.Changed(Fields(message), added => added).ToList();
        return _webhook.Method == HttpMethod.Get ? _webhook.Request(message, body: null, fields)
            : message.Picture is { } picture ? _webhook.Request(message, MultipartBody.Of(fields, _fileField, picture.FileName, picture.Jpeg))
            : _webhook.Request(message, new FormUrlEncodedContent(fields));
    }

    private static IEnumerable<KeyValuePair<string, string>> Fields(AlertMessage message) =>
    [
        new("version", "1.0"),
        new("title", message.Title),
        new("message", message.Text),
        new("type", AlertFields.Type(message)),
        .. AlertFields.AsText(message),
    ];

    /// <summary>Apprise puts the number of the file in its place.</summary>
    [GeneratedRegex(@"[*?+$:.%]+")]
    private static partial Regex WildcardRegex();

    [GeneratedRegex(@"^[A-Za-z0-9_-]+\z")]
    private static partial Regex FieldRegex();
}

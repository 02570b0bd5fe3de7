using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Ambianic.Core.Alerts;
using Ambianic.Messaging.Http;

namespace Ambianic.Messaging.Providers;

/// <summary>A web address that takes a SOAP envelope. Apprise: "XML HTTP POST Notifications".</summary>
internal sealed partial class XmlProvider(ProviderAddress address, ProviderHttp http) : IAlertProvider
{
    private static readonly XNamespace Soap = "http://schemas.xmlsoap.org/soap/envelope/";

    private static readonly XmlWriterSettings WithoutMark = new() { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) };

    private readonly Webhook _webhook = new(address);

    /// <inheritdoc/>
    public string Name => $"XML webhook at {_webhook.Host}";

    /// <inheritdoc/>
    public Task<DeliveryOutcome> SendAsync(AlertMessage message, CancellationToken cancellation) => PictureFallback.SendAsync(
        message, (message, patience) => http.SendAsync(Name, _webhook.Request(message, Body(message)), cancellation, patience: patience));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ByteArrayContent Body(AlertMessage message)
    {
        var fields = _webhook.Changed(Fields(message), added => added)
            .Select(field => (Name: OddCharactersRegex().Replace(field.Key, ""), field.Value))
            .Where(field => field.Name.Length > 0)
            .Select(field => new XElement(XmlConvert.EncodeLocalName(field.Name), Allowed(field.Value)));
        var document = new XDocument(new XElement(
            Soap + "Envelope",
            new XAttribute(XNamespace.Xmlns + "soapenv", Soap),
            new XElement(Soap + "Body", new XElement("Notification", fields, Attachments(message)))));
        using var bytes = new MemoryStream();
        using (var writer = XmlWriter.Create(bytes, WithoutMark))
        {
            document.Save(writer);
        }

        return new ByteArrayContent(bytes.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/xml") } };
    }

    private static IEnumerable<KeyValuePair<string, string>> Fields(AlertMessage message) =>
    [
        new("Version", "1.1"),
        new("Subject", message.Title),
        new("Message", message.Text),
        new("MessageType", AlertFields.Type(message)),
        .. AlertFields.AsText(message).Select(field => new KeyValuePair<string, string>(
            string.Concat(field.Key.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..])), field.Value)),
    ];

    private static XElement? Attachments(AlertMessage message) => message.Picture is not { } picture ? null : new XElement(
        "Attachments",
        new XAttribute("format", "base64"),
        new XElement(
            "Attachment", new XAttribute("filename", picture.FileName), new XAttribute("mimetype", "image/jpeg"), Convert.ToBase64String(picture.Jpeg.Span)));

    /// <summary>XML has no way to write most control characters.</summary>
    private static string Allowed(string text) =>
        string.Concat(text.EnumerateRunes().Where(rune => rune.Value > char.MaxValue || XmlConvert.IsXmlChar((char)rune.Value)));

    [GeneratedRegex("[^A-Za-z0-9_-]")]
    private static partial Regex OddCharactersRegex();
}

using System.Net.Http.Headers;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Messaging.Http;

namespace Ambianic.Messaging.Providers;

/// <summary>
/// SMS and telephone calls by Twilio ("Programmable Messaging: Message resource", "Programmable Voice: Call resource", "TwiML: Say").
/// A call reads the message twice.
/// </summary>
internal sealed class TwilioProvider : IAlertProvider
{
    private const string Service = "Twilio";

    /// <summary>Twilio takes 1600 characters and sends and charges for as many SMS as they need.</summary>
    private const int MostOfSms = 1600;

    /// <summary>Of a document of 4000 characters, with letters that need to be escaped.</summary>
    private const int MostSpoken = 700;

    private static readonly Uri Official = new("https://api.twilio.com/");

    private readonly ProviderParts _parts;
    private readonly Uri _url;
    private readonly bool _isCall;
    private readonly string _from;
    private readonly AuthenticationHeaderValue _credentials;
    private readonly TargetList _targets;

    /// <summary>Makes one.</summary>
    /// <param name="address">Account, token, number to send from and numbers to send to.</param>
    /// <param name="parts">For requests.</param>
    /// <param name="service">Where the API is; null for Twilio's own.</param>
    /// <exception cref="FormatException">The address is wrong.</exception>
    public TwilioProvider(ProviderAddress address, ProviderParts parts, Uri? service = null)
    {
        _parts = parts;
        var account = address.Parameter("sid") ?? address.User;
        var token = address.Parameter("token") ?? address.Password;
        if (account is null || token is null || !account.StartsWith("AC", StringComparison.OrdinalIgnoreCase))
        {
            throw new FormatException("needs the account SID, which begins with AC, and the auth token, both from Twilio's console");
        }

        _isCall = (address.Parameter("mode") ?? address.Parameter("method"))?.ToLowerInvariant() switch
        {
            null or "sms" => false,
            "call" => true,
            _ => throw new FormatException("has a 'mode' that is neither sms nor call"),
        };
        _from = Number(address.Parameter("from") ?? address.Host);
        var to = address.Targets().Select(Number).ToList();
        _targets = to.Count > 0 ? new TargetList(to) : throw new FormatException("names no number to send to");
        var user = address.Parameter("apikey") ?? account;
        _credentials = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{token}")));
        _url = new Uri(service ?? Official, $"2010-04-01/Accounts/{Uri.EscapeDataString(account)}/{(_isCall ? "Calls" : "Messages")}.json");
    }

    /// <inheritdoc/>
    public string Name => _isCall ? "call by Twilio" : "SMS by Twilio";

    /// <inheritdoc/>
    public Task<DeliveryOutcome> SendAsync(AlertMessage message, CancellationToken cancellation) =>
        Attempt.WithinAsync(Service, _parts.Time, within => _targets.SendAsync(message, to => SendAsync(message, to, within)), cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task<DeliveryOutcome> SendAsync(AlertMessage message, string to, CancellationToken cancellation)
    {
        var what = _isCall ? new KeyValuePair<string, string>("Twiml", Spoken(message)) : new("Body", Written(message));
        var request = new HttpRequestMessage(HttpMethod.Post, _url)
        {
            Content = new FormUrlEncodedContent([new("To", to), new("From", _from), what]),
            Headers = { Authorization = _credentials },
        };
        return _parts.Http.SendAsync(Service, request, cancellation, (service, answer) => Judge(service, answer, to));
    }

    private static string Written(AlertMessage message)
    {
        var title = MessageText.Cut(MessageText.Line(message.Title), 250);
        return $"{title}\n{MessageText.WithLinks(message, MostOfSms - title.Length - 1)}";
    }

    private static string Spoken(AlertMessage message)
    {
        var text = MessageText.Cut($"{MessageText.Line(message.Title)}. {MessageText.Line(message.Text)}", MostSpoken);
        var legal = string.Concat(text.EnumerateRunes().Where(rune => rune.Value > char.MaxValue || XmlConvert.IsXmlChar((char)rune.Value)).Select(rune => rune.ToString()));
        return new XDocument(new XElement("Response", new XElement("Pause", new XAttribute("length", 1)), new XElement("Say", new XAttribute("loop", 2), legal)))
            .ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>Codes of "Twilio Error and Warning Dictionary".</summary>
    private static DeliveryOutcome Judge(string service, HttpAnswer answer, string to)
    {
        var json = JsonBody.Read(answer.Body);
        var said = $"{json?.Number("code")}: {Credentials.Mask(MessageText.Cut(MessageText.Line(json?.Text("message") ?? ""), 200))}";
        return (json?.Number("code"), (int)answer.Status) switch
        {
            (_, 429 or >= 500) or (_, < 400) => ProviderHttp.JudgeService(service, answer),
            (21211 or 21217 or 13223 or 13224, _) => DeliveryOutcome.Permanent($"{service}: {Hidden(to)} is no valid number ({said})"),
            (21614, _) => DeliveryOutcome.Permanent($"{service}: {Hidden(to)} cannot take SMS; write a mobile number, or mode=call ({said})"),
            (21608 or 21219, _) => DeliveryOutcome.Permanent($"{service}: a trial account reaches verified numbers only; verify {Hidden(to)} in Twilio's console ({said})"),
            (21610, _) => DeliveryOutcome.Permanent($"{service}: {Hidden(to)} has unsubscribed by STOP; START sent from it ends that ({said})"),
            (20003, _) or (_, 401) => DeliveryOutcome.Permanent($"{service} refused account SID or auth token ({said})"),
            (not null, _) => DeliveryOutcome.Permanent($"{service} refused the message ({said})"),
            _ => ProviderHttp.Judge(service, answer),
        };
    }

    /// <summary>Enough to know which of the numbers it is.</summary>
    private static string Hidden(string number) => $"the number that ends in {number[^3..]}";

    private static string Number(string text) =>
        text.Length is 5 or 6 && text.All(char.IsAsciiDigit) ? text
        : PhoneNumber.Parse(text) ?? throw new FormatException("has a number that is none with the country's code such as +4917012345678");
}

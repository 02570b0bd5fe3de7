using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Messaging.Http;
using Ambianic.Messaging.Providers;
using Ambianic.Messaging.Providers.Mail;
using Ambianic.Messaging.Providers.Matrix;
using Ambianic.Messaging.Providers.Telegram;
using MailKit.Security;

namespace Ambianic.Messaging;

/// <summary>All kinds of providers. A new one is one file in <c>Providers</c> and one line here.</summary>
/// <param name="time">Clock of timeouts.</param>
public sealed class ProviderCatalog(TimeProvider time) : IProviderCatalog, IDisposable
{
    /// <summary>In the order of the documentation.</summary>
    internal static IReadOnlyList<KnownProvider> Known { get; } =
    [
        new(["json", "jsons"], "JSON webhook", "json(s)://[{user}:{password}@]host[:port]/path", (address, parts) => new JsonProvider(address, parts.Http)) { SendsLinks = false },
        new(["xml", "xmls"], "XML webhook", "xml(s)://[{user}:{password}@]host[:port]/path", (address, parts) => new XmlProvider(address, parts.Http)) { SendsLinks = false },
        new(["form", "forms"], "form webhook", "form(s)://[{user}:{password}@]host[:port]/path", (address, parts) => new FormProvider(address, parts.Http)) { SendsLinks = false },
        new(["ntfy", "ntfys"], "ntfy", "ntfy://{topic} or ntfy(s)://[{user}:{password}@|{token}@]host[:port]/topic", (address, parts) => new NtfyProvider(address, parts.Http)),
        new(["gotify", "gotifys"], "Gotify", "gotify(s)://host[:port][/path]/token", (address, parts) => new GotifyProvider(address, parts.Http)),
        new(["pover"], "Pushover", "pover://{user}@{token}[/{device}]", (address, parts) => new PushoverProvider(address, parts.Http)),
        new(["apprise", "apprises"], "Apprise API", "apprise(s)://[{user}:{password}@]host[:port]/key", (address, parts) => new AppriseProvider(address, parts.Http)),
        new(["ifttt"], "IFTTT", "ifttt://{key}@{event}", (address, parts) => new IftttProvider(address, parts.Http)),
        new(["hassio", "hassios"], "Home Assistant", "hassio(s)://host[:port]/token[/notify.service]", (address, parts) => new HomeAssistantProvider(address, parts.Http)),
        new(["discord"], "Discord", "discord://{webhook_id}/{webhook_token}", (address, parts) => new DiscordProvider(address, parts.Http)),
        new(["slack"], "Slack", "slack://{token_a}/{token_b}/{token_c} or slack://{bot_token}/#{channel}", (address, parts) =>
            SlackBotProvider.IsBot(address) ? new SlackBotProvider(address, parts.Http) : new SlackWebhookProvider(address, parts.Http)),
        new(["mailto", "mailtos"], "mail", "mailto(s)://{user}:{password}@host[:port]/[{to}]", MailProvider.Create)
        {
            SendsByHttp = false, Host = address => MailAccount.Of(address) is var account ? (account.Host, account.Port, account.Security == SecureSocketOptions.SslOnConnect) : default,
        },
        new(["tgram"], "Telegram", "tgram://{bot_token}/{chat_id}", TelegramProvider.Create),
        new(["matrix", "matrixs"], "Matrix", "matrix(s)://{token}@host/#room:server or matrix(s)://{user}:{password}@host/#room:server", MatrixProvider.Create),
        new(["signal", "signals"], "Signal", "signal(s)://[{user}:{password}@]host[:port]/+number_from/+number_to", (address, parts) => new SignalProvider(address, parts.Http)),
        new(["workflows", "workflow"], "Microsoft Teams", "workflows://{host}/{workflow}/{signature}", (address, parts) => new WorkflowsProvider(address, parts.Http)),
        new(["msteams"], "Microsoft Teams connector", "workflows://{host}/{workflow}/{signature}", (_, _) => WorkflowsProvider.Retired()),
        new(["twilio"], "Twilio", "twilio://{account_sid}:{auth_token}@{number_from}/{number_to}, for a call with ?mode=call", (address, parts) => new TwilioProvider(address, parts)),
        new(["exec"], "local program", "exec:/path/to/program, with a parameter arg for each argument", (address, parts) => new ExecProvider(address, parts.Time)) { SendsLinks = false, SendsByHttp = false },
        new(["mqtt", "mqtts"], "MQTT", "mqtt(s)://[{user}:{password}@]host[:port]/topic", (address, parts) => new MqttProvider(address, parts.Time))
        {
            SendsLinks = false, SendsByHttp = false, Host = address => (address.Host.Trim('[', ']'), address.Port ?? (address.IsSecure ? 8883 : 1883), address.IsSecure),
        },
    ];

    private static readonly Dictionary<string, KnownProvider> ByScheme =
        Known.SelectMany(known => known.Schemes.Select(scheme => (scheme, known))).ToDictionary();

    private readonly ProviderHttp _http = new(time);

    /// <summary>For addresses with <c>?verify=no</c>.</summary>
    private readonly ProviderHttp _anyCertificate = new(time, verifiesCertificates: false);

    /// <inheritdoc/>
    public ProviderProblem? Check(string address)
    {
        try
        {
            var parsed = Parse(address);
            if (!ByScheme.TryGetValue(parsed.Scheme, out var known))
            {
                return new ProviderProblem(
                    $"has a scheme that no provider has; known are {string.Join(", ", ByScheme.Keys)}",
                    Suggestions.Nearest(parsed.Scheme, ByScheme.Keys));
            }

            _ = Create(known, parsed); // holds nothing open before it is used
            return null;
        }
        catch (FormatException error)
        {
            return new ProviderProblem(error.Message);
        }
    }

    /// <inheritdoc/>
    public IAlertProvider Create(string address)
    {
        var parsed = Parse(address);
        return ByScheme.TryGetValue(parsed.Scheme, out var known)
            ? Create(known, parsed)
            : throw new FormatException("has a scheme that no provider has");
    }

    /// <inheritdoc/>
    public bool SendsLinks(string address) =>
        ByScheme.TryGetValue(NativeAddress.Translated(address).Split(':', 2)[0].ToLowerInvariant(), out var known) && known.SendsLinks;

    /// <summary>Tries whether the hosts that a provider sends to can be reached; sends nothing.</summary>
    /// <param name="address">In the syntax of Apprise; holds secrets.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>What the provider is called, and its hosts; none for a program of this computer.</returns>
    /// <exception cref="FormatException">It has a <see cref="ProviderProblem"/>.</exception>
    public async Task<(string Name, IReadOnlyList<ReachedHost> Hosts)> ReachAsync(string address, CancellationToken cancellation)
    {
        var parsed = Parse(address);
        var known = ByScheme.GetValueOrDefault(parsed.Scheme) ?? throw new FormatException("has a scheme that no provider has");
        var reaching = new Reaching(!parsed.IsNo("verify"), time);
        using var http = new ProviderHttp(time, connect: reaching.RefuseAsync);
        await using var provider = known.Create(parsed, new ProviderParts(http, time));
        if (known.SendsByHttp)
        {
            _ = await provider.SendAsync(AlertTexts.Test("", time), cancellation);
        }
        else if (known.Host?.Invoke(parsed) is { } host)
        {
            await reaching.TryAsync(host.Host, host.Port, host.IsEncrypted, cancellation);
        }

        return (provider.Name, reaching.Hosts);
    }

    /// <summary>Ends all connections.</summary>
    public void Dispose()
    {
        _http.Dispose();
        _anyCertificate.Dispose();
    }

    /// <summary>What is secret in it is known from now on, also when it came in the service's own form.</summary>
    private static ProviderAddress Parse(string address)
    {
        var ours = NativeAddress.Translated(address);
        Credentials.Remember(ours, onlyAddress: true);
        return ProviderAddress.Parse(ours);
    }

    private IAlertProvider Create(KnownProvider known, ProviderAddress address)
    {
        try
        {
            return known.Create(address, new ProviderParts(address.IsNo("verify") ? _anyCertificate : _http, time));
        }
        catch (FormatException error)
        {
            throw new FormatException($"{error.Message}; the form is {known.Form}", error);
        }
    }
}

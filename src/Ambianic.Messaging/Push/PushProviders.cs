using Ambianic.Core.Alerts;
using Ambianic.Messaging.Http;

namespace Ambianic.Messaging.Push;

/// <summary>Web Push: makes providers of subscriptions. Safe to use from several threads.</summary>
public sealed class PushProviders : IPushProviders, IDisposable
{
    private readonly IAlertStore _store;
    private readonly PushEndpoint _endpoint;
    private readonly ProviderHttp _http;
    private readonly Func<string> _contact;

    /// <summary>Asks nothing yet.</summary>
    /// <param name="store">Keeps the keys and the subscriptions.</param>
    /// <param name="time">Clock of timeouts.</param>
    /// <param name="contact">Whom push services can turn to, a <c>mailto:</c> or <c>https:</c> address (RFC 8292); read for each message.</param>
    /// <param name="allowsLoopback">Accepts push services on this device, also without TLS: for tests.</param>
    public PushProviders(IAlertStore store, TimeProvider time, Func<string> contact, bool allowsLoopback = false)
    {
        (_store, _contact) = (store, contact);
        _endpoint = new PushEndpoint(allowsLoopback);
        _http = new ProviderHttp(time, isAllowed: _endpoint.IsAllowed);
    }

    /// <summary>What browsers subscribe with: <c>applicationServerKey</c>, 65 bytes in base64url.</summary>
    /// <exception cref="IOException">It cannot be read or stored.</exception>
    public string PublicKey => VapidKeys.Of(_store).Public;

    /// <inheritdoc/>
    public IAlertProvider Create(PushSubscription subscription) => new PushProvider(subscription, _endpoint, _store, _http, _contact);

    /// <summary>Key of a subscription and what is wrong with it, for people; null when messages can be sent. Asks no network.</summary>
    public (string Key, string Problem)? Problem(PushSubscription subscription) => _endpoint.Problem(subscription);

    /// <summary>Ends all connections.</summary>
    public void Dispose() => _http.Dispose();
}

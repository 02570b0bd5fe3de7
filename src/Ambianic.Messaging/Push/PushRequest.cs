using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Lib.Net.Http.WebPush;
using Lib.Net.Http.WebPush.Authentication;
using PushSubscription = Ambianic.Core.Alerts.PushSubscription;

namespace Ambianic.Messaging.Push;

/// <summary>The request by which a push service is asked to deliver a message: RFC 8030, encrypted by RFC 8291, signed by RFC 8292.</summary>
internal static class PushRequest
{
    /// <summary>As long as an alert is tried to be delivered: a telephone that is switched off gets it when it is back.</summary>
    private static readonly TimeSpan TimeToLive = TimeSpan.FromHours(24);

    /// <summary>Makes the request; sends nothing.</summary>
    /// <param name="device">Where to; <see cref="PushEndpoint.Problem"/> has found nothing wrong with it.</param>
    /// <param name="message">What to tell.</param>
    /// <param name="keys">Of this installation.</param>
    /// <param name="contact">Whom the push service can turn to: a <c>mailto:</c> or <c>https:</c> address.</param>
    /// <param name="cancellation">Stops.</param>
    public static async Task<HttpRequestMessage> MakeAsync(
        PushSubscription device, AlertMessage message, VapidKeys keys, string contact, CancellationToken cancellation)
    {
        using var authentication = new VapidAuthentication(keys.Public, keys.Private) { Subject = contact };
        using var copy = new CopyingHandler();
        using var client = new HttpClient(copy);
        var recipient = new Lib.Net.Http.WebPush.PushSubscription { Endpoint = device.Endpoint };
        recipient.SetKey(PushEncryptionKeyName.P256DH, WithoutPadding(device.P256dh));
        recipient.SetKey(PushEncryptionKeyName.Auth, WithoutPadding(device.Auth));
        var push = new PushMessage(new ByteArrayContent(PushPayload.Of(message)))
        {
            Topic = PushPayload.Topic(message.AlertId),
            TimeToLive = (int)TimeToLive.TotalSeconds,
            Urgency = message.Severity == AlertSeverity.Critical ? PushMessageUrgency.High : PushMessageUrgency.Normal,
        };
        await new PushServiceClient(client).RequestPushMessageDeliveryAsync(recipient, push, authentication, VapidAuthenticationScheme.Vapid, cancellation);

        var request = copy.Request!;
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "vapid", authentication.GetVapidSchemeAuthenticationHeaderValueParameter(Origin(request.RequestUri!))); // the library leaves out the port
        return request;
    }

    private static string WithoutPadding(string key) => Base64Url.EncodeToString(Base64Url.DecodeFromChars(key));

    private static string Origin(Uri endpoint) => $"{endpoint.Scheme}://{endpoint.IdnHost}{(endpoint.IsDefaultPort ? "" : $":{endpoint.Port}")}";

    /// <summary>Keeps a copy of what is sent and sends nothing: the library can only send, and sending is for <see cref="Http.ProviderHttp"/>.</summary>
    private sealed class CopyingHandler : HttpMessageHandler
    {
        public HttpRequestMessage? Request { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Request = new HttpRequestMessage(request.Method, request.RequestUri) { Content = new ByteArrayContent(await request.Content!.ReadAsByteArrayAsync(cancellationToken)) };
            Copy(request.Headers, Request.Headers);
            Copy(request.Content.Headers, Request.Content.Headers);
            return new HttpResponseMessage(HttpStatusCode.Created);
        }

        private static void Copy(HttpHeaders from, HttpHeaders to)
        {
            foreach (var (name, values) in from.NonValidated)
            {
                to.TryAddWithoutValidation(name, values);
            }
        }
    }
}

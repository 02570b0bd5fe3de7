using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;

namespace Ambianic.Messaging.Http;

/// <summary>
/// Requests of providers: one attempt, 20 s at most from the first byte to the last, no redirects (they would carry secrets to
/// another host), no cookies, and of the answer no more than 64 KB and 5 s. Safe to use from several threads.
/// </summary>
internal sealed class ProviderHttp : IDisposable
{
    private const int MostOfAnswer = 64 * 1024;
    private const int MostShown = 200;

    /// <summary>Parts of a path that are longer are taken for secrets when an answer repeats them.</summary>
    private const int LongestWord = 7;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>For the body: the status has said already what became of the message.</summary>
    private static readonly TimeSpan BodyPatience = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    /// <summary>Makes one; nothing is opened before it is used.</summary>
    /// <param name="time">Clock of the limit.</param>
    /// <param name="verifiesCertificates">False accepts every certificate.</param>
    /// <param name="isAllowed">Addresses that may be connected to, directly and not through a proxy; null allows all.</param>
    /// <param name="connect">Makes its connections; null makes them as usual.</param>
    [SuppressMessage("Security", "CA5359:Do Not Disable Certificate Validation", Justification = "The owner of a server with a certificate of its own asks for it.")]
    public ProviderHttp(
        TimeProvider time,
        bool verifiesCertificates = true,
        Func<IPAddress, bool>? isAllowed = null,
        Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? connect = null)
    {
        _time = time;
        var handler = new SocketsHttpHandler
        {
            UseProxy = isAllowed is null, // a proxy would connect for us, and nobody would judge where to
            ConnectCallback = connect ?? (isAllowed is null ? null : (context, cancellation) => GuardedConnection.OpenAsync(context.DnsEndPoint, isAllowed, cancellation)),
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2), // names may come to point elsewhere
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseDrainSize = 0,
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        };
        if (!verifiesCertificates)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        }

        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Ambianic", null));
    }

    /// <summary>Sends a request.</summary>
    /// <param name="service">What the service is called, for people.</param>
    /// <param name="request">Disposed by this call.</param>
    /// <param name="cancellation">Stops.</param>
    /// <param name="judge">Says what an answer means; null judges by its status alone (<see cref="Judge"/>).</param>
    /// <param name="patience">How long it may take; null is 20 s.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> came first.</exception>
    public async Task<DeliveryOutcome> SendAsync(
        string service, HttpRequestMessage request, CancellationToken cancellation, Func<string, HttpAnswer, DeliveryOutcome>? judge = null, TimeSpan? patience = null)
    {
        var (answer, failure) = await AskAsync(service, request, cancellation, patience);
        return answer is null ? failure! : (judge ?? Judge)(service, answer);
    }

    /// <summary>
    /// Sends a request and gives the answer, whatever its status, or why there is none. An answer whose status came in time counts,
    /// even if its body did not.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> came first.</exception>
    public async Task<(HttpAnswer? Answer, DeliveryOutcome? Failure)> AskAsync(
        string service, HttpRequestMessage request, CancellationToken cancellation, TimeSpan? patience = null)
    {
        using var _ = request;
        using var limit = new CancellationTokenSource(patience ?? Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            using var bodyLimit = new CancellationTokenSource(BodyPatience, _time);
            using var any = CancellationTokenSource.CreateLinkedTokenSource(either.Token, bodyLimit.Token);
            var body = await ReadAsync(response.Content, any.Token);
            cancellation.ThrowIfCancellationRequested();
            return (new HttpAnswer(response.StatusCode, body, RetryAfter(response.Headers.RetryAfter), response.Headers.Location) { Address = request.RequestUri }, null);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, DeliveryOutcome.Passing($"{service} did not answer within {(patience ?? Patience).TotalSeconds:0} s"));
        }
        catch (HttpRequestException error)
        {
            cancellation.ThrowIfCancellationRequested();
            return (null, DeliveryOutcome.Passing(Why(service, error)));
        }
    }

    /// <summary>What an answer means by its status: 408, 425, 429 and 5xx may pass.</summary>
    public static DeliveryOutcome Judge(string service, HttpAnswer answer) => (int)answer.Status switch
    {
        >= 200 and < 300 => DeliveryOutcome.Delivered,
        >= 300 and < 400 => DeliveryOutcome.Permanent(SendsOn(service, answer)),
        408 or 425 or 429 or >= 500 => DeliveryOutcome.Passing($"{service} answered {Said(answer)}", answer.RetryAfter),
        401 or 403 => DeliveryOutcome.Permanent($"{service} refused the credentials: {Said(answer)}"),
        _ => DeliveryOutcome.Permanent($"{service} refused the message: {Said(answer)}"),
    };

    /// <summary>As <see cref="Judge"/>, for services that never answer a message with a web page: a log-in page of a network or a wrong host does.</summary>
    public static DeliveryOutcome JudgeService(string service, HttpAnswer answer) =>
        answer is { IsSuccess: true, IsPage: true }
            ? DeliveryOutcome.Passing($"a web page answered instead of {service}; is the host right, and does the network ask for a log-in?")
            : Judge(service, answer);

    /// <summary>Status and the begin of the answer, as it may be shown.</summary>
    public static string Said(HttpAnswer answer)
    {
        var text = answer.Body.Trim();
        var what = text.Length == 0 ? "" : answer.IsPage ? ", a web page" : $": {Shown(text, answer.Address)}";
        return $"{(int)answer.Status}{what}";
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>Some services repeat the path of the request, which holds their tokens.</summary>
    private static string Shown(string text, Uri? address)
    {
        foreach (var part in (address?.Segments ?? []).Select(segment => segment.Trim('/')).Where(part => part.Length > LongestWord))
        {
            text = text.Replace(part, Credentials.Masked, StringComparison.Ordinal)
                .Replace(Uri.UnescapeDataString(part), Credentials.Masked, StringComparison.Ordinal);
        }

        text = Credentials.Mask(text).ReplaceLineEndings(" ");
        return text.Length > MostShown ? text[..MostShown] + "…" : text;
    }

    private static string SendsOn(string service, HttpAnswer answer)
    {
        var isSameByTls = answer is { Address.Scheme: "http", Redirect: { IsAbsoluteUri: true, Scheme: "https" } } && answer.Redirect.Host == answer.Address!.Host;
        return isSameByTls
            ? $"{service} takes messages by TLS only ({(int)answer.Status}); write an 's' behind the scheme of its address"
            : $"{service} sends on to {(answer.Redirect is { IsAbsoluteUri: true } other ? other.Host : "another path")} ({(int)answer.Status}), which is not followed because the address holds secrets; write the right address";
    }

    /// <summary>What comes before the limit, the end or a broken connection.</summary>
    private static async Task<string> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        var buffer = new byte[MostOfAnswer];
        var length = 0;
        try
        {
            await using var stream = await content.ReadAsStreamAsync(cancellation);
            while (length < buffer.Length && await stream.ReadAsync(buffer.AsMemory(length), cancellation) is > 0 and var read)
            {
                length += read;
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // Its status says enough.
        }

        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    private static string Why(string service, HttpRequestException error)
    {
        var inner = Credentials.Mask(error.InnerException?.Message ?? error.Message);
        return error.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => $"{service}: its name cannot be resolved; is the internet reachable, and the host written right?",
            HttpRequestError.SecureConnectionError when error.InnerException is AuthenticationException && inner.Contains("certificate", StringComparison.Ordinal) =>
                $"{service}: its certificate is not trusted ({inner}); if it is your own server with its own certificate, write ?verify=no behind its address",
            HttpRequestError.SecureConnectionError => $"{service} does not speak TLS there ({inner})",
            HttpRequestError.ConnectionError => $"{service} cannot be reached: {inner}",
            HttpRequestError.InvalidResponse => $"{service} does not speak HTTP there",
            _ => $"{service} broke the connection: {inner}",
        };
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date && date > _time.GetUtcNow() ? date - _time.GetUtcNow() : null);
}

using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;

namespace Ambianic.Messaging.Http;

/// <summary>
/// Requests of providers: one attempt, 20 s at most from the first byte to the last, no redirects (they would carry secrets to
/// another host), no cookies, and of the answer no more than 64 KB. Safe to use from several threads.
/// </summary>
internal sealed class ProviderHttp : IDisposable
{
    private const int MostOfAnswer = 64 * 1024;
    private const int MostShown = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    /// <summary>Asks nothing yet.</summary>
    /// <param name="time">Clock of timeouts.</param>
    /// <param name="isAllowed">Addresses that may be connected to, directly and not through a proxy; null allows all.</param>
    public ProviderHttp(TimeProvider time, Func<IPAddress, bool>? isAllowed = null)
    {
        _time = time;
        _client = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = isAllowed is null, // a proxy would connect for us, and nobody would judge where to
            ConnectCallback = isAllowed is null ? null : (context, cancellation) => GuardedConnection.OpenAsync(context.DnsEndPoint, isAllowed, cancellation),
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2), // names may come to point elsewhere
            AutomaticDecompression = DecompressionMethods.None,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Ambianic", null));
    }

    /// <summary>Sends a request.</summary>
    /// <param name="service">What the service is called, for people.</param>
    /// <param name="request">Disposed by this call.</param>
    /// <param name="cancellation">Stops.</param>
    /// <param name="judge">Says what an answer means; null judges by its status alone (<see cref="Judge"/>).</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> came first.</exception>
    public async Task<DeliveryOutcome> SendAsync(
        string service, HttpRequestMessage request, CancellationToken cancellation, Func<HttpAnswer, DeliveryOutcome>? judge = null) =>
        await AskAsync(service, request, cancellation) switch
        {
            (HttpAnswer answer, _) => (judge ?? (answer => Judge(service, answer)))(answer),
            (_, var outcome) => outcome!,
        };

    /// <summary>Sends a request and gives the answer, whatever its status, or why there is none.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> came first.</exception>
    public async Task<(HttpAnswer? Answer, DeliveryOutcome? Failure)> AskAsync(string service, HttpRequestMessage request, CancellationToken cancellation, TimeSpan? patience = null)
    {
        using var _ = request;
        using var limit = new CancellationTokenSource(patience ?? Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var body = await ReadAsync(response.Content, either.Token);
            return (new HttpAnswer(response.StatusCode, body, RetryAfter(response.Headers.RetryAfter), response.Headers.Location?.IsAbsoluteUri == true ? response.Headers.Location.Host : null), null);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, DeliveryOutcome.Passing($"{service} did not answer within {(patience ?? Patience).TotalSeconds:0} s"));
        }
        catch (HttpRequestException error)
        {
            return (null, DeliveryOutcome.Passing(Why(service, error)));
        }
        catch (IOException error)
        {
            return (null, DeliveryOutcome.Passing($"{service} broke the connection: {Credentials.Mask(error.Message)}"));
        }
    }

    /// <summary>What an answer means by its status: 408, 425, 429 and 5xx may pass.</summary>
    public static DeliveryOutcome Judge(string service, HttpAnswer answer) => (int)answer.Status switch
    {
        >= 200 and < 300 => DeliveryOutcome.Delivered,
        >= 300 and < 400 => DeliveryOutcome.Permanent(
            $"{service} sends on to {answer.RedirectHost ?? "another address"} ({(int)answer.Status}), which is not followed because the address holds secrets; write the right address into 'providers'"),
        408 or 425 or 429 or >= 500 => DeliveryOutcome.Passing($"{service} answered {Said(answer)}", answer.RetryAfter),
        401 or 403 => DeliveryOutcome.Permanent($"{service} refused the credentials: {Said(answer)}"),
        _ => DeliveryOutcome.Permanent($"{service} refused the message: {Said(answer)}"),
    };

    /// <summary>Status and the begin of the answer, as it may be shown.</summary>
    public static string Said(HttpAnswer answer)
    {
        var text = answer.Body.Trim();
        var what = text.Length == 0 ? "" : text.StartsWith('<') ? ", an HTML page" : $": {Credentials.Mask(text.Length > MostShown ? text[..MostShown] + "…" : text).ReplaceLineEndings(" ")}";
        return $"{(int)answer.Status}{what}";
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static async Task<string> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[MostOfAnswer];
        var length = 0;
        while (length < buffer.Length && await stream.ReadAsync(buffer.AsMemory(length), cancellation) is > 0 and var read)
        {
            length += read;
        }

        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    private static string Why(string service, HttpRequestException error) => error.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => $"{service}: its name cannot be resolved; is the internet reachable, and the host written right?",
        HttpRequestError.SecureConnectionError => $"{service}: its certificate is not trusted ({Credentials.Mask(error.InnerException?.Message ?? error.Message)})",
        HttpRequestError.ConnectionError => $"{service} cannot be reached: {Credentials.Mask(error.InnerException?.Message ?? error.Message)}",
        _ => $"{service}: {Credentials.Mask(error.Message)}",
    };

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date && date > _time.GetUtcNow() ? date - _time.GetUtcNow() : null);
}

/// <summary>The answer to a request.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Body">Its begin, 64 KB at most.</param>
/// <param name="RetryAfter">How long to wait, when it says so.</param>
/// <param name="RedirectHost">Where it sends on to, when it does.</param>
internal sealed record HttpAnswer(HttpStatusCode Status, string Body, TimeSpan? RetryAfter, string? RedirectHost = null);

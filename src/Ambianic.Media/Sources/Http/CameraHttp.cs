using System.Net;
using System.Text;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Media.Sources.Tls;

namespace Ambianic.Media.Sources.Http;

/// <summary>
/// Asks a camera by HTTP/1.1, a connection for each request. Lenient where .NET's own client refuses what browsers take: see
/// <see cref="HttpHead"/> and <see cref="HttpBody"/>. Credentials of the address go to its host alone. Not safe to use from several threads.
/// </summary>
/// <param name="address">With user and password, or without.</param>
/// <param name="tls">What is done about a certificate that is not trusted.</param>
/// <param name="connections">Opens connections.</param>
internal sealed class CameraHttp(Uri address, TlsRule tls, CameraConnections connections)
{
    private const int MostRequests = 8;
    private readonly HttpAuthorization _authorization = HttpAuthorization.Of(address);
    private readonly CookieContainer _cookies = new();

    /// <summary>Asks, follows where the camera sends us, and answers its challenge.</summary>
    /// <exception cref="SourceException">There is no answer, or one that is no success; the message says what to do.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<HttpAnswer> GetAsync(CancellationToken cancellation)
    {
        var target = address;
        var isSecond = false;
        for (var request = 0; request < MostRequests; request++)
        {
            var answer = await AskAsync(target, cancellation);
            var head = answer.Head;
            TakeCookies(target, head);
            if (IsSuccess(head))
            {
                return answer;
            }

            await answer.DisposeAsync();
            if (head.Status is >= 300 and < 400 && Elsewhere(target, head) is { } next)
            {
                target = next;
            }
            else if (head.Status == 401 && IsOurs(target) && _authorization.TakeUp(head, isSecond))
            {
                isSecond = true;
            }
            else
            {
                throw Refusal(head);
            }
        }

        throw new SourceException($"the camera sends us from address to address, {MostRequests} times so far; give the picture's own address in the uri");
    }

    private async Task<HttpAnswer> AskAsync(Uri target, CancellationToken cancellation)
    {
        var connection = await connections.OpenAsync(target.IdnHost, target.Port, target.Scheme == Uri.UriSchemeHttps ? tls : null, cancellation);
        try
        {
            await connection.WriteAsync(Request(target), cancellation);
            var raw = new PeekStream(connection);
            var head = await HttpHead.ReadAsync(raw, cancellation);
            return new HttpAnswer(connection, head, IsSuccess(head) ? await HttpBody.OpenAsync(head, raw, cancellation) : raw);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private byte[] Request(Uri target)
    {
        var request = new StringBuilder()
            .Append("GET ").Append(target.PathAndQuery).Append(" HTTP/1.1\r\n")
            .Append("Host: ").Append(HostOf(target)).Append("\r\n")
            .Append("User-Agent: Ambianic\r\nAccept: */*\r\nAccept-Encoding: identity\r\nConnection: close\r\n");
        if (IsOurs(target) && _authorization.Answer(target.PathAndQuery) is { } answer)
        {
            request.Append("Authorization: ").Append(answer).Append("\r\n");
        }

        if (_cookies.GetCookieHeader(target) is { Length: > 0 } cookies)
        {
            request.Append("Cookie: ").Append(cookies).Append("\r\n");
        }

        return Encoding.UTF8.GetBytes(request.Append("\r\n").ToString());
    }

    /// <summary>Some cameras send us round by a log-in and know us by its cookie afterwards.</summary>
    private void TakeCookies(Uri target, HttpHead head)
    {
        foreach (var cookie in head.All("Set-Cookie"))
        {
            try
            {
                _cookies.SetCookies(target, cookie);
            }
            catch (CookieException)
            {
                // One that is not understood is not sent back.
            }
        }
    }

    /// <summary>As it stands in a request: the port only when it is not that of the scheme.</summary>
    internal static string HostOf(Uri target)
    {
        var host = target.HostNameType == UriHostNameType.IPv6 ? $"[{target.IdnHost}]" : target.IdnHost;
        return target.IsDefaultPort ? host : $"{host}:{target.Port}";
    }

    private static bool IsSuccess(HttpHead head) => head.Status is >= 200 and < 300;

    private bool IsOurs(Uri target) => target.IdnHost.Equals(address.IdnHost, StringComparison.OrdinalIgnoreCase);

    /// <summary>Where the camera sends us; null where we do not go: from https to http, which would show the picture to everybody.</summary>
    private static Uri? Elsewhere(Uri from, HttpHead head) =>
        head["Location"] is { Length: > 0 } location
        && Uri.TryCreate(from, location, out var next)
        && (next.Scheme == Uri.UriSchemeHttps || (next.Scheme == Uri.UriSchemeHttp && from.Scheme == Uri.UriSchemeHttp))
            ? next
            : null;

    private static string Answered(HttpHead head) => $"{head.Status} {head.Reason}".TrimEnd();

    private static SourceException Refusal(HttpHead head) => new(head.Status switch
    {
        401 => "the user name or password is wrong or missing (401); check those in the uri",
        403 => "the camera forbids access to this user or address (403)",
        404 => "the server has no such picture (404); check the path in the uri",
        >= 300 and < 400 => $"the server sends us to another address ({head.Status}){(head["Location"] is { } location ? $", {location}" : "")}, "
            + "which is not followed; give the picture's own address in the uri", // masked with the rest
        >= 500 => $"the server answered {Answered(head)}; is the camera starting, or are there too many viewers?",
        _ => $"the server answered {Answered(head)}; check the path in the uri",
    });
}

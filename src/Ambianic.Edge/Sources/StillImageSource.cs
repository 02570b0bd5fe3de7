using System.Net;
using System.Runtime.CompilerServices;
using Ambianic.Configuration;
using Ambianic.Frames;

namespace Ambianic.Sources;

/// <summary>
/// Fetches single pictures over HTTP: once, or when live again and again at the source's rate. Credentials in the URI
/// answer a Basic or Digest challenge of that host alone. Frames are <see cref="PixelFormat.Rgba32"/>.
/// </summary>
internal sealed class StillImageSource(SourceOptions options, FramePool pool, TimeProvider time) : IFrameSource
{
    private const int LargestBody = 32 << 20;

    /// <inheritdoc/>
    public string Id => options.Id;

    /// <inheritdoc/>
    public bool IsLive => options.Live;

    /// <inheritdoc/>
    public async IAsyncEnumerable<Frame> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        if (!Uri.TryCreate(options.Uri, UriKind.Absolute, out var address))
        {
            throw Failure("its uri is no valid address");
        }

        using var client = CreateClient(address);
        var target = new UriBuilder(address) { UserName = "", Password = "" }.Uri;
        var interval = TimeSpan.FromSeconds(1 / options.EffectiveFps);
        var connectedAt = time.GetTimestamp();
        for (var sequence = 0L; ; sequence++)
        {
            var askedAt = time.GetTimestamp();
            var encoded = await FetchAsync(client, target, cancellation);
            yield return Decode(encoded, sequence, time.GetElapsedTime(connectedAt));
            if (!IsLive)
            {
                yield break;
            }

            var wait = interval - time.GetElapsedTime(askedAt);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time, cancellation);
            }
        }
    }

    private static HttpClient CreateClient(Uri address)
    {
        var handler = new SocketsHttpHandler { PreAuthenticate = true };
        if (address.UserInfo.Split(':', 2) is [{ Length: > 0 } user, .. var password])
        {
            var credential = new NetworkCredential(
                Uri.UnescapeDataString(user), Uri.UnescapeDataString(password is [var given] ? given : ""));
            var host = new Uri(address.GetLeftPart(UriPartial.Scheme) + address.Authority);
            handler.Credentials = new CredentialCache { { host, "Basic", credential }, { host, "Digest", credential } };
        }

        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = LargestBody };
    }

    private async Task<byte[]> FetchAsync(HttpClient client, Uri target, CancellationToken cancellation)
    {
        using var stall = new StallTimer(TimeSpan.FromSeconds(options.StallSeconds), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stall.Stalled);
        stall.Start();
        try
        {
            using var response = await client.GetAsync(target, either.Token);
            return response.StatusCode switch
            {
                HttpStatusCode.OK => await response.Content.ReadAsByteArrayAsync(either.Token),
                HttpStatusCode.Unauthorized => throw Failure("the user name or password is wrong or missing (401); check those in the uri"),
                HttpStatusCode.NotFound => throw Failure("the server has no such picture (404); check the path in the uri"),
                >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => throw Failure(
                    $"the server sends us to another address ({(int)response.StatusCode}){Elsewhere(response)}, which is not followed; give the picture's own address in the uri"),
                var other => throw Failure($"the server answered {(int)other} {response.ReasonPhrase}"),
            };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new SourceStalledException($"source {Id}: no picture came within {options.StallSeconds:0.#} s");
        }
        catch (HttpRequestException error)
        {
            throw Failure(
                error.HttpRequestError switch
                {
                    HttpRequestError.NameResolutionError => "the host name is not known; check the uri, or use the camera's IP address",
                    HttpRequestError.ConnectionError => $"the host cannot be reached ({error.Message}); is the camera on?",
                    HttpRequestError.ConfigurationLimitExceeded => $"the answer is larger than {LargestBody >> 20} MiB; is it a video?",
                    HttpRequestError.SecureConnectionError =>
                        $"no secure connection ({error.GetBaseException().Message.TrimEnd('.')}); a camera without a certificate of a known authority is read with http://",
                    HttpRequestError.InvalidResponse => "what answers does not speak HTTP; check the port in the uri",
                    _ => $"the camera broke the connection off ({error.GetBaseException().Message.TrimEnd('.')}); is it starting, or are there too many viewers?",
                },
                error);
        }
    }

    private Frame Decode(byte[] encoded, long sequence, TimeSpan position)
    {
        try
        {
            return PictureDecoder.Decode(encoded, pool, options.Width, sequence, time.GetUtcNow(), position);
        }
        catch (InvalidDataException error)
        {
            throw Failure($"an answer of {encoded.Length} bytes is not usable: {error.Message}", error);
        }
    }

    private static string Elsewhere(HttpResponseMessage response) =>
        response.Headers.Location is { } location ? $", {location}" : ""; // masked with the rest

    private SourceException Failure(string reason, Exception? inner = null) => new(Credentials.Mask($"source {Id}: {reason}"), inner);
}

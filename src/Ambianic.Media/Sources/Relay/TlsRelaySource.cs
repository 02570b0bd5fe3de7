using System.Runtime.CompilerServices;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Media.Sources.Http;
using Ambianic.Media.Sources.Tls;

namespace Ambianic.Media.Sources.Relay;

/// <summary>Reads <c>rtsps://</c> and <c>https://</c> video by ffmpeg, through a <see cref="TlsRelay"/> that has seen to it that it is the camera.</summary>
/// <param name="options">What is to be read.</param>
/// <param name="video">Makes the source that reads it through the relay: options, and the host that an HTTP request names.</param>
/// <param name="connections">Opens connections to the camera.</param>
/// <param name="time">Measures how long that may take.</param>
internal sealed class TlsRelaySource(
    SourceOptions options, Func<SourceOptions, string?, IFrameSource> video, CameraConnections connections, TimeProvider time) : IFrameSource
{
    private const int DefaultRtspsPort = 322; // IANA
    private const int HttpConnections = int.MaxValue; // HLS opens many

    private volatile IFrameSource? _inner;

    /// <inheritdoc/>
    public string Id => options.Id;

    /// <inheritdoc/>
    public bool IsLive => options.Live;

    /// <inheritdoc/>
    public SourceStatus Status => _inner?.Status ?? SourceStatus.Good;

    /// <inheritdoc/>
    public StreamFacts? Stream => _inner?.Stream;

    private bool IsHttp => options.Uri.StartsWith("https:", StringComparison.OrdinalIgnoreCase);

    /// <summary>True for an address that is read this way.</summary>
    public static bool IsFor(string uri) => SourceAddress.SchemeOf(uri)?.ToLowerInvariant() is "https" or "rtsps";

    /// <inheritdoc/>
    public async IAsyncEnumerable<Frame> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        if (!Uri.TryCreate(options.Uri, UriKind.Absolute, out var address))
        {
            throw Failure("its uri is no valid address");
        }

        var port = address.Port > 0 ? address.Port : DefaultRtspsPort;
        Task<Stream> OpenAsync(CancellationToken end) => connections.OpenAsync(address.IdnHost, port, options.Tls, end);
        await using var relay = new TlsRelay(await FirstAsync(OpenAsync, cancellation), OpenAsync, IsHttp ? HttpConnections : 1);
        var inner = _inner = video(
            options with { Uri = Through(relay.Port), Transport = RtspTransport.Tcp },
            IsHttp ? CameraHttp.HostOf(address) : null);
        await using var frames = inner.ReadAsync(cancellation).GetAsyncEnumerator(cancellation);
        while (await MoveNextAsync())
        {
            yield return frames.Current;
        }

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        async ValueTask<bool> MoveNextAsync()
        {
            try
            {
                return await frames.MoveNextAsync();
            }
            catch (SourceException) when (relay.Failure is { } failure)
            {
                throw Failure(failure.Message, failure);
            }
        }
    }

    private async Task<Stream> FirstAsync(Func<CancellationToken, Task<Stream>> open, CancellationToken cancellation)
    {
        using var stall = new StallTimer(TimeSpan.FromSeconds(options.StallSeconds), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stall.Stalled);
        stall.Start();
        try
        {
            return await open(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new SourceStalledException($"source {Id}: no connection within {options.StallSeconds:0.#} s");
        }
        catch (SourceException error)
        {
            throw Failure(error.Message, error);
        }
    }

    /// <summary>The address with the relay in the place of the camera; user and password stay, as the camera asks for them.</summary>
    private string Through(int port)
    {
        var begin = options.Uri.IndexOf("://", StringComparison.Ordinal) + 3;
        var length = options.Uri.AsSpan(begin).IndexOfAny('/', '?', '#');
        var end = length < 0 ? options.Uri.Length : begin + length;
        var authority = options.Uri[begin..end];
        return $"{(IsHttp ? "http" : "rtsp")}://{authority[..(authority.LastIndexOf('@') + 1)]}127.0.0.1:{port}{options.Uri[end..]}";
    }

    private SourceException Failure(string reason, Exception? inner = null) => new(Credentials.Mask($"source {Id}: {reason}"), inner);
}

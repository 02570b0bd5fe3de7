using System.Runtime.CompilerServices;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Media.Pictures;
using Ambianic.Media.Sources.Tls;
using Microsoft.Extensions.Logging;

namespace Ambianic.Media.Sources.Http;

/// <summary>
/// Reads pictures over HTTP: single ones, asked for at the source's rate when it is live, or those of an MJPEG stream. Which of the two an
/// address gives is found out, whatever the configuration calls it; other video is left to ffmpeg. Frames of pictures are
/// <see cref="PixelFormat.Rgba32"/>.
/// </summary>
/// <param name="options">An address of http or https.</param>
/// <param name="video">Makes the source that reads other video.</param>
/// <param name="connections">Opens connections.</param>
/// <param name="pool">Lends the pixels.</param>
/// <param name="time">Measures silence and intervals.</param>
/// <param name="logger">Receives what was found out, and which pictures are damaged.</param>
/// <param name="metrics">Told how long decoding takes; null when nobody measures.</param>
internal sealed class HttpSource(
    SourceOptions options,
    Func<SourceOptions, IFrameSource> video,
    CameraConnections connections,
    FramePool pool,
    TimeProvider time,
    ILogger<HttpSource> logger,
    DecodeMetrics? metrics = null) : IFrameSource
{
    private static readonly TimeSpan DamageLogInterval = TimeSpan.FromMinutes(1);

    /// <summary>A stream that begins with so many pictures that we cannot decode is left to ffmpeg, which knows rare kinds of JPEG.</summary>
    private const int MostDamaged = 10;

    /// <summary>Seconds; less than those after which a pipeline is healed, so that the fault says what came.</summary>
    private const double MostInVain = 30;

    private readonly KeyValuePair<string, object?> _label = DecodeMetrics.LabelOf(options.Id);
    private CameraHttp? _camera;
    private volatile IFrameSource? _video;
    private bool _isVideo;
    private bool _isPicture;
    private string? _format;
    private bool _wasLogged;
    private long? _damageLoggedAt;
    private volatile PictureMeter? _meter;

    /// <inheritdoc/>
    public string Id => options.Id;

    /// <inheritdoc/>
    public bool IsLive => options.Live;

    /// <inheritdoc/>
    public SourceStatus Status => _video?.Status ?? SourceStatus.Good;

    /// <inheritdoc/>
    public StreamDetails? Stream => _isVideo ? _video?.Stream : _meter?.Details;

    private bool IsImage => options.Type == SourceType.Image;

    /// <summary>Silence that is too long; where pictures are rarer than the limit, two intervals.</summary>
    private TimeSpan StallLimit => TimeSpan.FromSeconds(Math.Max(options.StallSeconds, IsLive ? 2 / options.EffectiveFps : 0));

    /// <summary>What a camera may send before a picture comes of it: a slow one takes long for each.</summary>
    private TimeSpan InVainLimit => TimeSpan.FromSeconds(Math.Max(MostInVain, StallLimit.TotalSeconds));

    private TimeSpan PollInterval => TimeSpan.FromSeconds(1 / (options.Fps ?? 1));

    /// <inheritdoc/>
    public async IAsyncEnumerable<Frame> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var stall = new StallTimer(StallLimit, InVainLimit, time);
        await using var pictures = new HttpPictures(Camera(), wantsStream: !_isPicture && (IsLive || !IsImage), stall.Extend, time);
        if (!_isVideo)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stall.Stalled);
            stall.Start();
            await OpenAsync(pictures, either.Token, cancellation);
            _isVideo = pictures.Kind == BodyKind.Video || (pictures.Kind == BodyKind.Unknown && !IsImage);
            if (!_isVideo)
            {
                await foreach (var frame in ReadPicturesAsync(pictures, stall, either.Token, cancellation))
                {
                    yield return frame;
                }

                yield break;
            }
        }

        LogWhatItIs(pictures);
        await foreach (var frame in ReadVideoAsync(pictures, cancellation))
        {
            yield return frame;
        }
    }

    /// <summary>Frames of JPEG and other pictures.</summary>
    /// <param name="pictures">Has been opened.</param>
    /// <param name="stall">Runs: the first picture is waited for.</param>
    /// <param name="waiting">Cancelled when the wait was too long.</param>
    /// <param name="cancellation">Ends it all.</param>
    private async IAsyncEnumerable<Frame> ReadPicturesAsync(
        HttpPictures pictures, StallTimer stall, CancellationToken waiting, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var choice = new PictureChoice(TimeSpan.FromSeconds(1 / options.EffectiveFps));
        var connectedAt = time.GetTimestamp();
        var meter = _meter = new PictureMeter();
        var damaged = 0;
        for (var sequence = 0L; ;)
        {
            var askedAt = time.GetTimestamp();
            if (!await NextAsync(pictures, waiting, cancellation))
            {
                throw Failure(sequence == 0 ? $"no picture came ({pictures.Description})" : "the camera ended the stream");
            }

            var position = time.GetElapsedTime(connectedAt);
            meter.Take(pictures.Picture.Span, position);
            if (!pictures.IsStream || choice.Takes(position))
            {
                if (Decode(pictures, sequence, position) is not { } frame)
                {
                    if (sequence == 0 && ++damaged == MostDamaged)
                    {
                        (_isVideo, _format) = (true, "mjpeg");
                        throw Failure($"the first {damaged} pictures of the stream cannot be decoded; the next connection is read by ffmpeg ({pictures.Description})");
                    }

                    continue; // the wait goes on: damaged pictures alone are in vain
                }

                LogWhatItIs(pictures);
                stall.Stop(); // the time that our consumer takes is not the source's
                sequence++;
                yield return frame;
                if (!IsLive)
                {
                    yield break;
                }
            }

            if (!pictures.IsStream && PollInterval - time.GetElapsedTime(askedAt) is var wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time, cancellation);
            }

            stall.Start();
        }
    }

    /// <summary>Frames of other video.</summary>
    private async IAsyncEnumerable<Frame> ReadVideoAsync(HttpPictures pictures, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await pictures.DisposeAsync(); // a camera may serve one viewer only
        var isRead = false;
        var source = _video = video(options with { Format = _format });
        await using var frames = source.ReadAsync(cancellation).GetAsyncEnumerator(cancellation);
        while (await MoveNextAsync())
        {
            isRead = true;
            yield return frames.Current;
        }

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        async ValueTask<bool> MoveNextAsync()
        {
            try
            {
                return await frames.MoveNextAsync();
            }
            catch (SourceException error) when (!isRead && error is not SourceStalledException)
            {
                (_isVideo, _format) = (false, null); // the next connection finds out again what the address holds
                throw pictures.Description.Length == 0 ? error : new SourceException($"{error.Message}; the camera answered: {pictures.Description}", error);
            }
        }
    }

    private CameraHttp Camera() => _camera ??= Uri.TryCreate(options.Uri, UriKind.Absolute, out var address)
        ? new CameraHttp(address, options.Tls, connections)
        : throw Failure("its uri is no valid address");

    private async ValueTask OpenAsync(HttpPictures pictures, CancellationToken waiting, CancellationToken cancellation)
    {
        try
        {
            await pictures.OpenAsync(waiting);
        }
        catch (Exception error) when (Explain(error, pictures, cancellation) is { } explained)
        {
            throw explained;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))] // for each picture of a stream, for years
    private async ValueTask<bool> NextAsync(HttpPictures pictures, CancellationToken waiting, CancellationToken cancellation)
    {
        try
        {
            return await pictures.NextAsync(waiting);
        }
        catch (Exception error) when (Explain(error, pictures, cancellation) is { } explained)
        {
            throw explained;
        }
    }

    private SourceException? Explain(Exception error, HttpPictures pictures, CancellationToken cancellation)
    {
        switch (error)
        {
            case OperationCanceledException when cancellation.IsCancellationRequested:
                return null;
            case OperationCanceledException:
                _isPicture |= pictures.MayBeSingle;
                return new SourceStalledException(Credentials.Mask($"source {Id}: {DescribeStall(pictures)}"));
            case SourceException:
                return Failure(error.Message, error);
            case IOException:
                return Failure(
                    $"the camera broke the connection off ({error.GetBaseException().Message.TrimEnd('.')}); is it starting, or are there too many viewers?",
                    error);
            default:
                return null;
        }
    }

    private string DescribeStall(HttpPictures pictures) => pictures switch
    {
        { Description: "" } => $"no answer came for {StallLimit.TotalSeconds:0.#} s (stall_seconds)",
        { SincePicture: 0 } => $"no picture came for {StallLimit.TotalSeconds:0.#} s (stall_seconds; {pictures.Description})",
        _ => $"{pictures.SincePicture} bytes came, and no whole picture within {InVainLimit.TotalSeconds:0.#} s or before a silence of "
            + $"{StallLimit.TotalSeconds:0.#} s (stall_seconds; {pictures.Description})",
    };

    /// <summary>The frame of the present picture; null when it is a damaged one of a stream.</summary>
    private Frame? Decode(HttpPictures pictures, long sequence, TimeSpan position)
    {
        try
        {
            var begun = time.GetTimestamp();
            var frame = PictureDecoder.Decode(pictures.Picture.Span, pool, options.Width, sequence, time.GetUtcNow(), position);
            metrics?.Record(_label, time.GetElapsedTime(begun));
            return frame;
        }
        catch (InvalidDataException error)
        {
            if (!pictures.IsStream)
            {
                throw Failure($"an answer of {pictures.Picture.Length} bytes is not usable: {error.Message} ({pictures.Description})", error);
            }

            if (_damageLoggedAt is not { } then || time.GetElapsedTime(then) > DamageLogInterval)
            {
                _damageLoggedAt = time.GetTimestamp();
                logger.PictureSkipped(Id, error.Message);
            }

            return null;
        }
    }

    /// <summary>Says once when an address holds something else than the configuration says.</summary>
    private void LogWhatItIs(HttpPictures pictures)
    {
        var isImage = !_isVideo && !pictures.IsStream;
        if (_wasLogged || isImage == IsImage)
        {
            return;
        }

        _wasLogged = true;
        if (isImage)
        {
            logger.AddressIsPicture(Id);
        }
        else
        {
            logger.AddressIsVideo(Id);
        }
    }

    private SourceException Failure(string reason, Exception? inner = null) => new(Credentials.Mask($"source {Id}: {reason}"), inner);
}

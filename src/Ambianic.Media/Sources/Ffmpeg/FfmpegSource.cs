using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Text;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Media.Processes;
using Microsoft.Extensions.Logging;

namespace Ambianic.Media.Sources.Ffmpeg;

/// <summary>
/// Reads video files, network streams and local cameras through an ffmpeg process of its own. Frames are
/// <see cref="PixelFormat.I420"/>; their position is that of the file's own clock, for cameras the time since connecting.
/// </summary>
internal sealed class FfmpegSource(
    SourceOptions options, Executables executables, FramePool pool, TimeProvider time, ILogger<FfmpegSource> logger, string? host = null,
    DecodeMetrics? metrics = null) : IFrameSource
{
    /// <summary>How long a camera may send without a picture coming of it: rarer key frames than this are unheard of.</summary>
    private const double KeyFrameSeconds = 60;

    private readonly DamageShare _share = new(time);
    private readonly KeyValuePair<string, object?> _label = DecodeMetrics.LabelOf(options.Id);
    private volatile DecodedPictures? _pictures;
    private volatile StreamMeter? _meter;
    private bool _isDamageLogged;

    /// <inheritdoc/>
    public string Id => options.Id;

    /// <inheritdoc/>
    public bool IsLive { get; } = options.Live || SourceAddress.IsLocalCamera(options.Uri);

    /// <inheritdoc/>
    public SourceStatus Status
    {
        get
        {
            var isWaiting = IsLive && _pictures is { HasAny: false, Packets: > 0 };
            return new SourceStatus(isWaiting, Math.Round(_share.Percent, 1), isWaiting ? DescribeWait() : _share.IsLasting ? DescribeDamage() : null);
        }
    }

    /// <inheritdoc/>
    public StreamDetails? Stream => _meter?.Details;

    /// <summary>
    /// Silence that is too long, counted from the last picture, or packet of a camera in the network. Where pictures are rarer than the limit, two intervals of a
    /// camera; and for a file's next picture ffmpeg may have to decode a whole interval, so there the limit holds for each
    /// second of it.
    /// </summary>
    private TimeSpan StallLimit
    {
        get
        {
            var interval = 1 / options.EffectiveFps;
            return TimeSpan.FromSeconds(IsLive ? Math.Max(options.StallSeconds, 2 * interval) : options.StallSeconds * Math.Max(1, interval));
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Frame> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var stall = new StallTimer(StallLimit, KeyFrameLimit, time);
        var pictures = _pictures = new DecodedPictures(IsLive, time, IsLive ? stall.Extend : () => { });
        var log = new FfmpegLog(Id, logger, time, pictures) { IsOpening = true };
        var meter = _meter = new StreamMeter();
        await using var ffmpeg = await StartAsync(line =>
        {
            meter.Hear(line);
            log.Hear(line);
        });
        await using var feed = options.Uri == SourceAddress.RaspberryPiCamera
            ? await RaspberryPiFeed.StartAsync(options, executables, ffmpeg, log, time)
            : null;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stall.Stalled);
        var reader = new Y4mReader(ffmpeg.Output);
        var connectedAt = time.GetTimestamp();
        var sequence = 0L;
        while (true)
        {
            Frame? frame;
            try
            {
                stall.Start();
                frame = await NextAsync(reader, pictures, sequence, connectedAt, either.Token);
                stall.Stop(); // the time that our consumer takes is not the source's
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                ffmpeg.Kill(); // who gives nothing is not asked to end: that would only take longer
                feed?.Kill();
                throw new SourceStalledException($"source {Id}: {DescribeStall(pictures)}{log.LastWords}");
            }

            if (frame is null)
            {
                break;
            }

            if (log.SawChange)
            {
                frame.Dispose();
                throw new SourceException($"source {Id}: the camera's picture has another size or format than before");
            }

            log.IsOpening = false;
            sequence++;
            yield return frame;
        }

        var exitCode = await ffmpeg.WaitForExitAsync(cancellation);
        if (exitCode != 0)
        {
            throw new SourceException($"source {Id}: {FfmpegFailure.Explain(log.Errors, exitCode).Replace(InputList.Name, Credentials.Mask(options.Uri), StringComparison.Ordinal)}");
        }

        if (!IsLive)
        {
            ThrowIfIncomplete(log, sequence);
        }
    }

    private TimeSpan KeyFrameLimit => TimeSpan.FromSeconds(Math.Max(KeyFrameSeconds, StallLimit.TotalSeconds));

    private string DescribeStall(DecodedPictures pictures) => IsLive && pictures is { HasAny: false, Packets: > 0 } && pictures.Age > StallLimit
        ? $"{pictures.Packets} packets came in {pictures.Age.TotalSeconds:0} s and no key frame; set a shorter key frame (I-frame) interval in the camera, or raise stall_seconds ({options.StallSeconds:0.#}) above it"
        : $"no picture came for {StallLimit.TotalSeconds:0.#} s (stall_seconds)";

    private string DescribeWait() =>
        $"waiting for a key frame: {_pictures?.Packets} packets came in {_pictures?.Age.TotalSeconds:0} s; given up after {KeyFrameLimit.TotalSeconds:0} s, more with a larger stall_seconds";

    private string DescribeDamage() =>
        $"{_share.Percent:0} % of the pictures are damaged: Wi-Fi or camera overloaded; "
        + (options.Transport == RtspTransport.Udp && options.Uri.StartsWith("rtsp", StringComparison.OrdinalIgnoreCase)
            ? "try transport: tcp"
            : "lower the camera's bit rate, or use a cable");

    /// <summary>Once when lasting damage begins, and once when it is over.</summary>
    private void LogDamageOnce()
    {
        if (_isDamageLogged ? !_share.IsOver : !_share.IsLasting)
        {
            return;
        }

        _isDamageLogged = !_isDamageLogged;
        if (_isDamageLogged)
        {
            logger.PicturesDamaged(Id, DescribeDamage());
        }
        else
        {
            logger.PicturesWholeAgain(Id);
        }
    }

    private async Task<ChildProcess> StartAsync(LineHandler hear)
    {
        try
        {
            var path = executables.Ffmpeg;
            var fromList = InputList.IsFor(options) && await FfmpegBuild.ReadsListsAsync(executables, path, time);
            var process = await ChildProcess.StartAsync(
                executables,
                path,
                FfmpegArguments.For(options, IsLive, host, fromList),
                withInput: fromList || options.Uri == SourceAddress.RaspberryPiCamera,
                hear,
                time);
            if (fromList)
            {
                await HandOverAsync(process);
            }

            return process;
        }
        catch (Win32Exception error)
        {
            throw new SourceException($"source {Id}: ffmpeg could not be started: {error.Message}", error);
        }
    }

    /// <summary>Writes the address to it. One that has ended already says why by itself.</summary>
    private async Task HandOverAsync(ChildProcess process)
    {
        try
        {
            await process.Input.WriteAsync(Encoding.UTF8.GetBytes(FfmpegArguments.List(options)), CancellationToken.None); // far less than a pipe holds
            await process.Input.DisposeAsync();
        }
        catch (IOException)
        {
            // it does not read any more
        }
    }

    /// <summary>The next frame, or null when no more come.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Frame?> NextAsync(Y4mReader reader, DecodedPictures pictures, long sequence, long connectedAt, CancellationToken cancellation)
    {
        if (!await reader.BeginFrameAsync(cancellation))
        {
            return null;
        }

        var (width, height, interval) = reader.Header;
        var position = IsLive ? time.GetElapsedTime(connectedAt) : sequence * interval;
        var begun = time.GetTimestamp();
        var frame = pool.Rent(width, height, PixelFormat.I420, sequence, time.GetUtcNow(), position);
        try
        {
            if (await reader.ReadPixelsAsync(frame.Buffer, cancellation))
            {
                frame.Damage = await pictures.OfAsync(sequence, cancellation);
                _share.Add(frame.Damage);
                LogDamageOnce();
                metrics?.Record(_label, time.GetElapsedTime(begun));
                return frame;
            }
        }
        catch
        {
            frame.Dispose();
            throw;
        }

        frame.Dispose();
        return null;
    }

    /// <summary>ffmpeg decodes what it can and calls that a success; half a file is none.</summary>
    private void ThrowIfIncomplete(FfmpegLog log, long frames)
    {
        if (log.SawDamage)
        {
            throw new SourceException($"source {Id}: the file is damaged or cut short; {frames} pictures could be read");
        }

        if (frames == 0)
        {
            throw new SourceException($"source {Id}: it holds no pictures");
        }
    }
}

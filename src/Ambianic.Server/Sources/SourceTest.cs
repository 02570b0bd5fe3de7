using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Timeline;

namespace Ambianic.Server.Sources;

/// <summary>
/// Connects to a source as a pipeline would, and says what it found. One at a time: a camera serves few viewers, and each connection costs a decoder.
/// </summary>
/// <param name="sources">Makes sources.</param>
/// <param name="encoder">Encodes the picture.</param>
/// <param name="time">Clock.</param>
internal sealed class SourceTest(FrameSourceFactory sources, IEventPictureEncoder encoder, TimeProvider time) : IDisposable
{
    /// <summary>Everything together, but for the moments in which a decoder is ended.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    /// <summary>With this much of a stream its rate is known.</summary>
    private static readonly TimeSpan ForRate = TimeSpan.FromSeconds(2);

    /// <summary>Key frames that are further apart are not waited for.</summary>
    private static readonly TimeSpan ForKeyFrames = TimeSpan.FromSeconds(7);

    private const double LongestSilence = 10; // seconds, so that the source itself says what is missing
    private const int PictureWidth = 640;

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Tests a source.</summary>
    /// <returns>What was found, or why nothing was; null while another test runs.</returns>
    public async Task<SourceFinding?> RunAsync(SourceOptions options, CancellationToken cancellation)
    {
        if (!_one.Wait(0, CancellationToken.None))
        {
            return null;
        }

        try
        {
            return await ConnectAsync(options, cancellation);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private async Task<SourceFinding> ConnectAsync(SourceOptions options, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        var source = sources(options with { StallSeconds = Math.Min(options.StallSeconds, LongestSilence) });
        var begin = time.GetTimestamp();
        TimeSpan? first = null;
        Frame? best = null;
        string? fault = null;
        try
        {
            await foreach (var frame in source.ReadAsync(either.Token))
            {
                first ??= time.GetElapsedTime(begin);
                best = Better(best, frame);
                if (IsEnough(source, time.GetElapsedTime(begin) - first.Value))
                {
                    break;
                }
            }

            fault = first is null ? "it ended without a picture" : null;
        }
        catch (SourceException error)
        {
            fault = WithoutName(error.Message, source.Id);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            fault = first is null ? source.Status.Fault ?? $"no picture came within {Longest.TotalSeconds:0} s" : null;
        }
        finally
        {
            await either.CancelAsync(); // whatever the source has left
        }

        using (best)
        {
            return new SourceFinding(
                fault is null ? null : Credentials.Mask(fault),
                source.Stream,
                first,
                source.Status.Fault is { } remark && fault is null ? Credentials.Mask(remark) : null,
                best is null ? null : encoder.Encode(best, PictureWidth, []));
        }
    }

    private static bool IsEnough(IFrameSource source, TimeSpan sinceFirst) =>
        sinceFirst >= ForKeyFrames || (sinceFirst >= ForRate && source.Stream is null or { Fps: not null, KeyFrameSeconds: not null });

    /// <summary>The newer picture, unless it alone is damaged.</summary>
    private static Frame Better(Frame? former, Frame next)
    {
        if (former is { Damage: PictureDamage.None } && next.Damage != PictureDamage.None)
        {
            next.Dispose();
            return former;
        }

        former?.Dispose();
        return next;
    }

    private static string WithoutName(string message, string id) =>
        message.StartsWith($"source {id}: ", StringComparison.Ordinal) ? message[$"source {id}: ".Length..] : message;
}

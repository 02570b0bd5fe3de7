using System.Text.RegularExpressions;
using Ambianic.Core.Configuration;
using Microsoft.Extensions.Logging;

namespace Ambianic.Media.Sources.Ffmpeg;

/// <summary>
/// Listens to what ffmpeg says during one connection: logs it, credentials masked and errors at most once a second, and
/// remembers the last errors to explain a failure with. What it says of packets and pictures is for <see cref="DecodedPictures"/>.
/// </summary>
internal sealed partial class FfmpegLog(string sourceId, ILogger logger, TimeProvider time, DecodedPictures pictures)
{
    private const int Remembered = 8;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Queue<string> _errors = new();
    private long? _loggedAt;
    private int _withheld;

    /// <summary>The last errors, oldest first, credentials masked.</summary>
    public IReadOnlyList<string> Errors
    {
        get
        {
            lock (_gate)
            {
                return [.. _errors];
            }
        }
    }

    /// <summary>True when ffmpeg noticed that data is missing where there should be some, which its exit code does not tell.</summary>
    public bool SawDamage { get; private set; }

    /// <summary>True when the size or the format of a camera's picture has changed: what comes now is out of proportion.</summary>
    public bool SawChange { get; private set; }

    /// <summary>True until the first picture: the connection then fails with what ffmpeg says, so that it is no warning of its own.</summary>
    public bool IsOpening { get; set; }

    /// <summary>The last error as an addition to a reason; empty without one.</summary>
    public string LastWords => Errors is [.., var last] ? $" (ffmpeg: {last})" : "";

    /// <summary>Takes one line of ffmpeg's error output, written with <c>-loglevel level</c>; other programs' lines count as errors without being logged as such.</summary>
    public void Hear(ReadOnlySpan<char> line)
    {
        if (!pictures.Hear(line, out var rest) || rest.Length > 0)
        {
            HearRemark((rest.Length > 0 ? rest : line).ToString());
        }
    }

    private void HearRemark(string line)
    {
        var parts = LineRegex().Match(line);
        var level = parts.Groups["level"].Value;
        var text = Credentials.Mask(parts.Success ? parts.Groups["text"].Value : line).Trim();
        SawDamage |= FfmpegFailure.TellsOfDamage(text);
        if (FfmpegFailure.LossIn(text) is { } loss)
        {
            pictures.Notice(loss);
        }

        SawChange |= FfmpegFailure.TellsOfChange(text);
        if (text.Length == 0 || FfmpegFailure.IsAdvice(text))
        {
            return;
        }

        if (level is "error" or "fatal" or "panic" or "")
        {
            Remember(text);
        }

        if (!IsOpening && level is "error" or "fatal" or "panic")
        {
            LogErrorOncePerInterval(text);
        }
        else
        {
            logger.DecoderRemark(sourceId, text);
        }
    }

    private void Remember(string text)
    {
        lock (_gate)
        {
            if (_errors.Count == Remembered)
            {
                _errors.Dequeue();
            }

            _errors.Enqueue(text);
        }
    }

    private void LogErrorOncePerInterval(string text)
    {
        if (_loggedAt is { } then && time.GetElapsedTime(then) < Interval)
        {
            _withheld++;
            return;
        }

        if (_withheld > 0)
        {
            logger.DecoderErrorsWithheld(sourceId, _withheld);
        }

        logger.DecoderError(sourceId, text);
        _withheld = 0;
        _loggedAt = time.GetTimestamp();
    }

    [GeneratedRegex(@"^(?:\[[^\]]* @ 0x[0-9a-f]+\] )*\[(?<level>[a-z]+)\] (?<text>.*)$")]
    private static partial Regex LineRegex();
}

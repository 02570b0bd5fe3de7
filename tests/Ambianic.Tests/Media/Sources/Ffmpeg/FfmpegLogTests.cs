using Ambianic.Media.Sources.Ffmpeg;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Media.Sources.Ffmpeg;

public sealed class FfmpegLogTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LogRecorder<FfmpegSource> _lines = new();
    private readonly FfmpegLog _log;

    public FfmpegLogTests() => _log = new FfmpegLog("door", _lines, _time, new DecodedPictures(isLive: true, _time, () => { }));

    [Fact]
    public void Hear_Levels_AreThoseOfFfmpegSoftened()
    {
        _log.Hear("[h264 @ 0x55ed38c8be80] [error] Invalid NAL unit size (2299 > 1566).");
        _log.Hear("[swscaler @ 0x55e1] [swscaler @ 0x55e2] [warning] deprecated pixel format used");
        _log.Hear("setpriv: not an option");

        Assert.Equal(
            [
                "Warning: Source door: Invalid NAL unit size (2299 > 1566).",
                "Debug: Source door: deprecated pixel format used",
                "Debug: Source door: setpriv: not an option",
            ],
            _lines.Lines);
    }

    [Fact]
    public void Hear_ErrorsBeforeTheFirstPicture_AreKeptForTheReasonAndAreNoWarnings()
    {
        _log.IsOpening = true;
        _log.Hear("[error] Connection refused");
        _log.IsOpening = false;
        _log.Hear("[error] Invalid NAL unit size");

        Assert.Equal(["Debug: Source door: Connection refused", "Warning: Source door: Invalid NAL unit size"], _lines.Lines);
        Assert.Equal(["Connection refused", "Invalid NAL unit size"], _log.Errors);
        Assert.Equal(" (ffmpeg: Invalid NAL unit size)", _log.LastWords);
    }

    [Fact]
    public void Hear_ManyErrors_AreLoggedOnceASecondAndCounted()
    {
        for (var i = 0; i < 25; i++)
        {
            _log.Hear($"[error] broken {i}");
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(
            [
                "Warning: Source door: broken 0",
                "Warning: Source door: 9 more errors of the decoder, not shown",
                "Warning: Source door: broken 10",
                "Warning: Source door: 9 more errors of the decoder, not shown",
                "Warning: Source door: broken 20",
            ],
            _lines.Lines);
        Assert.Equal(Enumerable.Range(17, 8).Select(i => $"broken {i}"), _log.Errors);
    }

    [Fact]
    public void Hear_Credentials_AreMaskedInLogAndMemory()
    {
        _log.Hear("[error] rtsp://joe:s3cret@10.0.0.7/live: Server returned 401 Unauthorized (authorization failed)");

        Assert.DoesNotContain("s3cret", _lines.Lines[0] + _log.Errors[0], StringComparison.Ordinal);
        Assert.Contains("10.0.0.7", _log.Errors[0], StringComparison.Ordinal);
    }
}

using Ambianic.Core.Frames;
using Ambianic.Media.Sources.Ffmpeg;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Media.Sources.Ffmpeg;

public sealed class FfmpegLogTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LogRecorder<FfmpegSource> _lines = new();
    private readonly DecodedPictures _pictures;
    private readonly FfmpegLog _log;

    public FfmpegLogTests()
    {
        _pictures = new DecodedPictures(isLive: true, _time, () => { });
        _log = new FfmpegLog("door", _lines, _time, _pictures);
    }

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
    public void Hear_ErrorBehindWhatIsSaidOfAPicture_IsHeard()
    {
        _log.Hear("[showinfo@given @ 0x55] [info] n:   2 pts:      2 pts_time:0.2     pos:      564 fmt:yuv420p sar:0/1 s:640x360 i:P iskey:0 type:P error while decoding MB 3 4, bytestream 5");

        Assert.Equal(["Debug: Source door: error while decoding MB 3 4, bytestream 5"], _lines.Lines);
    }

    /// <summary>Lines that cameras and encoders cause though nothing is missing, and such that tell of a loss.</summary>
    [Theory]
    [InlineData("[h264 @ 0x1] [error] non-existing PPS 0 referenced", false)]
    [InlineData("[h264 @ 0x1] [error] co located POCs unavailable", false)]
    [InlineData("[h264 @ 0x1] [warning] Late SEI is not implemented. Update your FFmpeg version to the newest one from Git.", false)]
    [InlineData("[h264 @ 0x1] [error] mmco: unref short failure", false)]
    [InlineData("[mjpeg @ 0x1] [warning] EOI missing, emulating", false)]
    [InlineData("[mjpeg @ 0x1] [error] overread 8", false)]
    [InlineData("[swscaler @ 0x1] [warning] deprecated pixel format used, make sure you did set range correctly", false)]
    [InlineData("[rtsp @ 0x1] [warning] RTP: missed 3 packets", true)]
    [InlineData("[warning] cam.ts: corrupt input packet in stream 0", true)]
    [InlineData("[vist#0:0/h264 @ 0x1] [dec:h264 @ 0x2] [warning] corrupt decoded frame", true)]
    [InlineData("[hevc @ 0x1] [error] Could not find ref with POC 50", true)]
    public async Task Hear_RemarkOfFfmpeg_DamagesPicturesOnlyWhenSomethingIsMissing(string line, bool expected)
    {
        _log.Hear(line);
        _log.Hear("[showinfo@decoded @ 0x55] [info] n:   0 pts:      0 pts_time:0.0     fmt:yuv420p sar:0/1 s:640x360 i:P iskey:0 type:P");
        _log.Hear("[showinfo@given @ 0x56] [info] n:   0 pts:      0 pts_time:0.0     fmt:yuv420p sar:0/1 s:640x360 i:P iskey:0 type:P");

        Assert.Equal(expected, await _pictures.OfAsync(0, TestContext.Current.CancellationToken) != PictureDamage.None);
    }

    [Fact]
    public void Hear_Credentials_AreMaskedInLogAndMemory()
    {
        _log.Hear("[error] rtsp://joe:s3cret@10.0.0.7/live: Server returned 401 Unauthorized (authorization failed)");

        Assert.DoesNotContain("s3cret", _lines.Lines[0] + _log.Errors[0], StringComparison.Ordinal);
        Assert.Contains("10.0.0.7", _log.Errors[0], StringComparison.Ordinal);
    }
}

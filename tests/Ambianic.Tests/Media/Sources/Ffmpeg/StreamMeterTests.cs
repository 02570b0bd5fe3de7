using System.Globalization;
using Ambianic.Core.Frames;
using Ambianic.Media.Sources.Ffmpeg;

namespace Ambianic.Tests.Media.Sources.Ffmpeg;

public sealed class StreamMeterTests
{
    private readonly StreamMeter _meter = new();

    [Fact]
    public void Details_BeforeFfmpegHasNamedTheStream_AreUnknown()
    {
        Packet(0, 1, isKey: true);

        Assert.Null(_meter.Details);
    }

    [Fact]
    public void Details_OfAStreamWithSound_AreThoseOfItsPictures()
    {
        _meter.Hear("[info]   Stream #0:0: Audio: aac (LC), 16000 Hz, mono, fltp");
        _meter.Hear("[info]   Stream #0:1(und): Video: hevc (Main), yuv420p(tv), none, 25 fps, 90k tbn");
        _meter.Hear("[showinfo@decoded @ 0x1] [info] n:   0 pts:      0 pts_time:0       pos:   48 fmt:yuv420p sar:1/1 s:2560x1440 i:P iskey:1 type:I ");
        _meter.Hear("[info]   Stream #0:1: Video: wrapped_avframe, yuv420p, 640x360, 5 fps");
        for (var packet = 0; packet < 50; packet++)
        {
            Packet(0, packet * 0.064, isKey: true);
            Packet(1, packet * 0.05, isKey: packet % 20 == 0);
        }

        Assert.Equal(new StreamDetails("hevc", 2560, 1440, 20, 1), _meter.Details);
    }

    [Fact]
    public void Details_AFileThatBeginsAnew_CountAnew()
    {
        _meter.Hear("[info]   Stream #0:0: Video: h264 (High), yuv420p, 640x360");
        foreach (var seconds in (double[])[0, 0.1, 0.2, 5, 0, 0.5, 1, 1.5])
        {
            Packet(0, seconds, isKey: seconds is 0 or 1);
        }

        Assert.Equal((2, 1), (_meter.Details!.Fps, _meter.Details.KeyFrameSeconds));
    }

    [Fact]
    public void Details_PacketsWithoutDecodingTime_AreThoseOfTheirPictures()
    {
        _meter.Hear("[info]   Stream #0:0: Video: mjpeg, yuvj422p, 640x360");
        for (var packet = 0; packet < 11; packet++)
        {
            _meter.Hear("[info] stream #0:");
            _meter.Hear("[info]   keyframe=1");
            _meter.Hear(string.Create(CultureInfo.InvariantCulture, $"[info]   dts=N/A  pts={packet / 10.0:0.000}"));
        }

        Assert.Equal((10, 0.1), (_meter.Details!.Fps, _meter.Details.KeyFrameSeconds));
    }

    private void Packet(int stream, double seconds, bool isKey)
    {
        _meter.Hear($"[info] stream #{stream}:");
        _meter.Hear($"[info]   keyframe={(isKey ? 1 : 0)}");
        _meter.Hear("[info]   duration=0.050");
        _meter.Hear(string.Create(CultureInfo.InvariantCulture, $"[info]   dts={seconds:0.000}  pts={seconds + 0.1:0.000}"));
        _meter.Hear("[info]   size=1234");
    }
}

using System.Globalization;
using Ambianic.Core.Configuration;
using Ambianic.Media.Sources.Ffmpeg;

namespace Ambianic.Tests.Media.Sources.Ffmpeg;

public sealed class FfmpegArgumentsTests(Clips clips) : IClassFixture<Clips>
{
    [Theory]
    [InlineData("jpeg", "-input_format mjpeg -i /dev/video0")]
    [InlineData("h264", "-input_format h264 -i /dev/video0")]
    [InlineData("raw", "-f v4l2 -i /dev/video0")]
    [InlineData(null, "-f v4l2 -i /dev/video0")]
    public void For_CameraOfThisComputer_SaysItsFormatInFfmpegsWords(string? format, string expected) => Assert.Contains(
        expected, string.Join(' ', FfmpegArguments.For(new SourceOptions { Uri = "/dev/video0", Format = format }, live: true)), StringComparison.Ordinal);

    [Theory]
    [InlineData("0.1+N/5+0.15*not(mod(N,2))", 5, 50)] // each second one is late
    [InlineData("N/30", 30, 51)] // ten seconds at five a second; the second picture came early
    [InlineData("N/5+3600*gte(N,25)", 5, 50)] // our clock is set
    [InlineData("7200+N/5-3600*gte(N,25)", 5, 50)]
    [Slow]
    public void Choose_FivePerSecond_TakesAllOfACameraOfThatRateAndNoMoreOfAFasterOne(string arrival, int rate, int expected)
    {
        var filters = $"settb=AVTB,setpts='({arrival})/TB',{FfmpegArguments.Choose(5)}";
        var path = clips.Run(
            $"{rate}{expected}{arrival.Length}.txt",
            string.Create(CultureInfo.InvariantCulture, $"-f lavfi -i testsrc2=s=64x64:r={rate}:d=10 -vf {filters} -r 5 -f framecrc"));

        Assert.Equal(expected, File.ReadLines(path).Count(line => !line.StartsWith('#')));
    }
}

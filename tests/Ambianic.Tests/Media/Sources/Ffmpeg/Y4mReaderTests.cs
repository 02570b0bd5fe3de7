using System.Text;
using Ambianic.Core.Frames;
using Ambianic.Media.Sources.Ffmpeg;

namespace Ambianic.Tests.Media.Sources.Ffmpeg;

public sealed class Y4mReaderTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReadPixelsAsync_TwoFrames_GivesEachAndThenTheEnd()
    {
        var reader = Reader("YUV4MPEG2 W2 H2 F30000:1001 Ip A1:1 C420jpeg XYSCSS=420JPEG\nFRAME\nabcdefFRAME\nghijkl");
        var pixels = new byte[6];

        Assert.True(await reader.BeginFrameAsync(Cancellation));
        Assert.Equal(new Y4mHeader(2, 2, TimeSpan.FromSeconds(1.001 / 30)), reader.Header);
        Assert.True(await reader.ReadPixelsAsync(pixels, Cancellation));
        Assert.Equal("abcdef", Encoding.ASCII.GetString(pixels));
        Assert.True(await reader.BeginFrameAsync(Cancellation));
        Assert.True(await reader.ReadPixelsAsync(pixels, Cancellation));
        Assert.Equal("ghijkl", Encoding.ASCII.GetString(pixels));
        Assert.False(await reader.BeginFrameAsync(Cancellation));
    }

    [Fact]
    public async Task ReadPixelsAsync_StreamEndsWithinAFrame_IsFalse()
    {
        var reader = Reader("YUV4MPEG2 W2 H2 F5:1\nFRAME\nabc");

        Assert.True(await reader.BeginFrameAsync(Cancellation));
        Assert.False(await reader.ReadPixelsAsync(new byte[6], Cancellation));
    }

    [Theory]
    [InlineData("")]
    [InlineData("YUV4MPEG2 W2 H2 F5:1\n")]
    public async Task BeginFrameAsync_NoFrame_IsTheEnd(string stream) =>
        Assert.False(await Reader(stream).BeginFrameAsync(Cancellation));

    [Theory]
    [InlineData("<html>\n")]
    [InlineData("YUV4MPEG2 W0 H2 F5:1\nFRAME\n")]
    [InlineData("YUV4MPEG2 W2 F5:1\nFRAME\n")]
    [InlineData("YUV4MPEG2 W2 H2 F5:1\nFLAME\n")]
    [InlineData("YUV4MPEG2 W2")]
    public async Task BeginFrameAsync_SomethingElse_IsRefused(string stream) =>
        await Assert.ThrowsAsync<SourceException>(async () => await Reader(stream).BeginFrameAsync(Cancellation));

    [Fact]
    public async Task BeginFrameAsync_EndlessLine_IsRefused() =>
        await Assert.ThrowsAsync<SourceException>(async () => await Reader(new string('x', 100_000)).BeginFrameAsync(Cancellation));

    private static Y4mReader Reader(string stream) => new(new MemoryStream(Encoding.ASCII.GetBytes(stream)));
}

using Ambianic.Media.Sources.Ffmpeg;

namespace Ambianic.Tests.Media.Sources.Ffmpeg;

public sealed class FfmpegFailureTests
{
    [Fact]
    public void Explain_SeveralErrors_PrefersTheTellingOne() => Assert.Equal(
        "the user name or password is wrong or missing; check those in the uri (ffmpeg: method DESCRIBE failed: 401 Unauthorized)",
        FfmpegFailure.Explain(["method DESCRIBE failed: 401 Unauthorized", "Invalid data found when processing input"], 1));

    [Fact]
    public void Explain_UnknownError_RepeatsTheLast() =>
        Assert.Equal("ffmpeg: second", FfmpegFailure.Explain(["first", "second"], 1));

    [Theory]
    [InlineData(137, "ffmpeg was ended by signal 9")]
    [InlineData(3, "ffmpeg ended with exit code 3")]
    [InlineData(null, "ffmpeg closed its output and did not end")]
    public void Explain_NoError_TellsHowItEnded(int? exitCode, string expected) =>
        Assert.Equal(expected, FfmpegFailure.Explain([], exitCode));
}

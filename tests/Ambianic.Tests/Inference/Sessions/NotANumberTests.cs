using Ambianic.Core.Frames;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Decoders;
using Ambianic.Inference.Models;
using Ambianic.Inference.Sessions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Tests.Inference.Sessions;

/// <summary>A model that overflows says what is no number, and would otherwise find nothing for ever.</summary>
public sealed class NotANumberTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    [Theory]
    [InlineData(float.NaN, 0)]
    [InlineData(float.NaN, 11)]
    [InlineData(float.PositiveInfinity, 4)]
    [InlineData(float.NegativeInfinity, 5)]
    public async Task Ready_AnyElementIsNoNumber_IsALastingFault(float value, int element)
    {
        var values = new float[] { 8, 8, 24, 24, 0.9f, 0, 0, 0, 0, 0, 0, 0 };
        values[element] = value;
        var path = new TinyOnnx(1, 3, 32, 32).Output("output0", [1, 2, 6], values).Write(_folder.FullName);

        var error = await Assert.ThrowsAsync<InferenceException>(() => LookAsync(path, white: false));

        Assert.True(error.IsLasting);
        Assert.Contains("own", error.Message, StringComparison.Ordinal);
        Assert.Contains("not numbers ('output0' holds NaN or infinity)", error.Message, StringComparison.Ordinal);
        Assert.Contains("export it in single precision", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Detect_OverflowsOnSomePictures_FailsOnThoseAlone()
    {
        var path = new TinyOnnx(1, 3, 32, 32).Output("output0", [1, 1, 6], [8, 8, 24, 24, 0.9f, 0]).OverflowsOnWhite("output0").Write(_folder.FullName);

        Assert.Single(await LookAsync(path, white: false));
        Assert.True((await Assert.ThrowsAsync<InferenceException>(() => LookAsync(path, white: true))).IsLasting);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(37)]
    [InlineData(1000)]
    public void AreFinite_AnyLengthAndPlace_IsSeen(int length)
    {
        var values = Enumerable.Range(0, length).Select(index => index % 3 == 0 ? float.MaxValue : -1e-45f * index).ToArray();
        Assert.True(FiniteNumbers.AreFinite(values));
        for (var place = 0; place < length; place++)
        {
            var before = values[place];
            foreach (var odd in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
            {
                values[place] = odd;
                Assert.False(FiniteNumbers.AreFinite(values));
            }

            values[place] = before;
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task<IReadOnlyList<Detection>> LookAsync(string path, bool white)
    {
        using var pool = new DetectorPool(
            (_, _, _, _) => Task.FromResult(new ResolvedModel("own", path, null, null, ["thing"])), TimeProvider.System, NullLogger<DetectorPool>.Instance);
        using var frame = new FramePool().Rent(32, 32, PixelFormat.I420);
        frame.Buffer.Span.Fill(128); // colourless
        frame.Buffer.Span[..(32 * 32)].Fill((byte)(white ? 255 : 0));
        return await pool.Create(ModelRole.Objects, new ModelOptions(), null).DetectAsync(frame, null, 0.6f, TestContext.Current.CancellationToken);
    }
}

using Ambianic.Core.Frames;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;
using Ambianic.Core.Vision.Falls.Rules;

namespace Ambianic.Tests.Core.Vision.Falls;

/// <summary>Somebody who lay near somebody else was lost; a look from near finds something.</summary>
public sealed class PersonSearchTests : IPoseEstimator
{
    private static readonly Box Lost = new(0.4f, 0.8f, 0.61f, 0.93f);

    private Box _standing = new(0.4f, 0.1f, 0.6f, 0.9f);
    private Box _found;

    [Fact]
    public async Task ObserveAsync_LegsOfWhoStandsThereLookLikeSomebody_FindsOne()
    {
        _found = new Box(0.42f, 0.65f, 0.58f, 0.88f);

        Assert.Single(await SeenAsync());
    }

    [Fact]
    public async Task ObserveAsync_LiesAtTheFeetOfWhoStandsThere_FindsBoth()
    {
        _found = new Box(0.35f, 0.75f, 0.65f, 0.95f);

        Assert.Equal([_standing, _found], (await SeenAsync()));
    }

    [Fact]
    public async Task ObserveAsync_LiesInFrontOfWhoLiesThere_FindsBoth()
    {
        _standing = new Box(0.1f, 0.6f, 0.7f, 0.95f);
        _found = new Box(0.42f, 0.65f, 0.58f, 0.88f);

        Assert.Equal(2, (await SeenAsync()).Count);
    }

    ValueTask<IReadOnlyList<Detection>> IPoseEstimator.EstimateAsync(Frame frame, Box region, int quarters, CancellationToken cancellation) =>
        new((frame.Sequence, region == Box.Whole) switch
        {
            (0, true) => [Person(_standing), Person(Lost)],
            (_, true) => [Person(_standing)],
            _ => [Person(_found)],
        });

    private static Detection Person(Box box) => new("person", 0.6f, box);

    /// <summary>Everybody seen in the second of two samples.</summary>
    private async Task<List<Box>> SeenAsync()
    {
        var pool = new FramePool();
        var scene = new FallScene(this, new FallRule(), []);
        for (var sample = 0; sample < 2; sample++)
        {
            using var frame = pool.Rent(90, 90, PixelFormat.I420, sample, default, TimeSpan.FromSeconds(0.2 * sample));
            await scene.ObserveAsync(frame, [], TestContext.Current.CancellationToken);
        }

        return [.. scene.Tracks.Where(track => track.IsSeen).Select(track => track.Body.Box)];
    }
}

using Ambianic.Core.Configuration;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Zones;
using CsCheck;

namespace Ambianic.Tests.Core.Vision.Zones;

public sealed class ZoneMapTests
{
    /// <summary>The lower left triangle of the picture.</summary>
    private static readonly IReadOnlyList<IReadOnlyList<double>> Triangle = [[0, 0], [1, 1], [0, 1]];

    [Theory]
    [InlineData(0.1f, 0.2f, 0.3f, 0.9f, true)] // stands at 0.2, 0.9
    [InlineData(0.1f, 0.2f, 0.3f, 1, true)] // feet below the picture
    [InlineData(0.6f, 0.2f, 0.8f, 0.5f, false)] // stands at 0.7, 0.5
    [InlineData(0.2f, 0.2f, 0.8f, 0.4f, false)] // half of it, but its foot at 0.5, 0.4
    public void Of_FootPoint_DecidesWhereSomethingStands(float left, float top, float right, float bottom, bool isInside)
    {
        var zones = Map(new ZoneOptions { Points = Triangle });

        Assert.Equal(isInside ? ["garden"] : [], zones.Of("person", new Box(left, top, right, bottom)));
    }

    [Theory]
    [InlineData(0.1f, 0.5f, 0.3f, 0.9f, true)]
    [InlineData(0.4f, 0.41f, 0.6f, 0.61f, true)] // somewhat more than half of it
    [InlineData(0.4f, 0.35f, 0.6f, 0.55f, false)]
    [InlineData(0.7f, 0.2f, 0.9f, 0.4f, false)]
    public void Of_Overlap_NeedsHalfOfTheBox(float left, float top, float right, float bottom, bool isInside)
    {
        var zones = Map(new ZoneOptions { Points = Triangle, Test = ZoneTest.Overlap });

        Assert.Equal(isInside, zones.Of("person", new Box(left, top, right, bottom)).Count == 1);
    }

    [Fact]
    public void Ignores_OtherLabel_IsNotIgnored()
    {
        var zones = Map(new ZoneOptions { Points = Triangle, Kind = ZoneKind.Ignore, Labels = ["car"] });
        var box = new Box(0.1f, 0.2f, 0.3f, 0.9f);

        Assert.True(zones.Ignores("car", box));
        Assert.False(zones.Ignores("person", box));
        Assert.Empty(zones.Of("car", box)); // only what is watched has a name
    }

    [Fact]
    public void Of_SeveralZones_AreNamedInTheirOrder()
    {
        var all = new ZoneOptions { Points = [[0, 0], [1, 0], [1, 1], [0, 1]] };
        var zones = new ZoneMap(new Dictionary<string, ZoneOptions> { ["b"] = all, ["a"] = all with { Points = Triangle }, ["c"] = all with { Labels = ["dog"] } });

        Assert.Equal(["b", "a"], zones.Of("person", new Box(0.1f, 0.2f, 0.3f, 0.9f)));
    }

    [Fact]
    public void Polygon_AnyConvexOne_HoldsWhatEachOfItsEdgesHasOnItsInnerSide()
    {
        var point = Gen.Select(Gen.Float[0, 1], Gen.Float[0, 1]);
        var circle = Gen.Float[0, 6.28f].Array[3, 9].Select(angles => angles.Order().Select(angle => (X: 0.5f + (0.4f * MathF.Cos(angle)), Y: 0.5f + (0.4f * MathF.Sin(angle)))).ToArray());

        Gen.Select(circle, point).Sample((corners, at) =>
        {
            var sides = corners.Zip(corners.Skip(1).Append(corners[0]), (one, next) => ((next.X - one.X) * (at.Item2 - one.Y)) - ((next.Y - one.Y) * (at.Item1 - one.X))).ToList();
            if (sides.TrueForAll(side => MathF.Abs(side) > 1e-4f)) // on an edge either answer is right
            {
                Assert.Equal(sides.TrueForAll(side => side > 0), new Polygon(corners).Contains(at.Item1, at.Item2));
            }
        });
    }

    private static ZoneMap Map(ZoneOptions zone) => new(new Dictionary<string, ZoneOptions> { ["garden"] = zone });
}

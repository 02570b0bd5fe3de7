using Ambianic.Core.Frames;
using Ambianic.Core.Vision.Falls.Rules;
using Ambianic.Core.Vision.Tracking;

namespace Ambianic.Core.Vision.Falls;

/// <summary>
/// Finds everybody in a frame, and searches again where somebody was lost a moment ago: nearer, and turned by a quarter to either
/// side, because pose models know people mostly upright.
/// </summary>
internal sealed class PersonSearch(IPoseEstimator poses, FallRule rule)
{
    private static readonly int[] Quarters = [0, 1, 3];

    /// <summary>Finds people.</summary>
    /// <param name="frame">Borrowed until the call completes.</param>
    /// <param name="boxes">Persons that an object detector found, relative to the frame; they help where the pose model finds nobody.</param>
    /// <param name="tracks">Who is being followed.</param>
    /// <param name="time">Of the frame.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async ValueTask<List<Body>> FindAsync(
        Frame frame, IReadOnlyList<Detection> boxes, IReadOnlyList<Track> tracks, TimeSpan time, CancellationToken cancellation)
    {
        var aspect = (float)frame.Width / frame.Height;
        var bodies = await EstimateAsync(frame, Box.Whole, 0, aspect, cancellation);
        bodies.AddRange(boxes
            .Select(box => Body.From(box with { Keypoints = [] }, aspect))
            .Where(box => !bodies.Any(body => IsNear(body, box)))
            .ToList());
        var lost = tracks
            .Where(track => time - track.LastSeen < TimeSpan.FromSeconds(rule.Search.Seconds)
                && !bodies.Any(body => IsNear(body, track.Body) && MayBe(track, body, tracks)))
            .MaxBy(track => track.LastSeen);
        if (lost is not null && await SearchAsync(frame, lost.Body, bodies, aspect, cancellation) is { } found)
        {
            bodies.Add(found);
        }

        return bodies;
    }

    private async ValueTask<Body?> SearchAsync(
        Frame frame, Body lost, List<Body> others, float aspect, CancellationToken cancellation)
    {
        var region = Around(lost, aspect);
        foreach (var quarters in Quarters)
        {
            var seen = await EstimateAsync(frame, region, quarters, aspect, cancellation);
            if (seen.FirstOrDefault(body => IsNear(body, lost) && !others.Any(other => IsPartOf(other, body))) is { } found)
            {
                // Found by searching: good enough to follow somebody, not to start with somebody new.
                return found with { Score = MathF.Min(found.Score, rule.Tracking.StartScore - rule.Search.ScoreMargin) };
            }
        }

        return null;
    }

    private async ValueTask<List<Body>> EstimateAsync(
        Frame frame, Box region, int quarters, float aspect, CancellationToken cancellation)
    {
        var seen = await poses.EstimateAsync(frame, region, quarters, cancellation);
        return [.. seen.Where(detection => detection.Confidence >= rule.LeastScore).Select(detection => Body.From(detection, aspect))];
    }

    /// <summary>A square around where somebody was, large enough for where they may have fallen; on a coarse grid, so that the same place is the same region.</summary>
    private Box Around(Body body, float aspect)
    {
        var grid = rule.Search.RegionGrid;
        var (x, y) = ((body.Box.XMin + body.Box.XMax) / 2, (body.Box.YMin + body.Box.YMax) / 2);
        var half = rule.Search.RegionReach * MathF.Max(body.Box.Width, body.Box.Height);
        return new Box(
            MathF.Floor((x - half) / aspect * grid) / grid,
            MathF.Floor((y - half) * grid) / grid,
            MathF.Ceiling((x + half) / aspect * grid) / grid,
            MathF.Ceiling((y + half) * grid) / grid).Clip();
    }

    /// <summary>False when a person lies and a body beside it is nearer to where somebody else was: a helper is not the one who fell.</summary>
    private static bool MayBe(Track track, Body body, IReadOnlyList<Track> tracks) =>
        !track.IsLying || tracks.MinBy(other => body.DistanceTo(other.Body)) == track;

    /// <summary>True when what was found is another person, or a part of them.</summary>
    private bool IsPartOf(Body other, Body found) => found.Box.IoU(other.Box) > rule.Search.SameOverlap
        || (!other.IsWide && other.Score >= rule.Tracking.StartScore && found.Box.ShareWithin(other.Box) > rule.Search.PartOverlap);

    private bool IsNear(Body a, Body b) => a.DistanceTo(b) < rule.Search.Distance * MathF.Max(a.Size, b.Size);
}

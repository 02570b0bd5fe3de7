using Ambianic.Frames;
using Ambianic.Vision.Tracking;

namespace Ambianic.Vision.Falls;

/// <summary>
/// Finds everybody in a frame, and looks again where somebody was lost a moment ago: nearer, and turned by a quarter to either
/// side, because pose models know people mostly upright.
/// </summary>
internal sealed class PersonSearch(IPoseLook look, float leastScore)
{
    /// <summary>Longer than this, somebody lost is left to chance.</summary>
    private static readonly TimeSpan Worry = TimeSpan.FromSeconds(2);

    /// <summary>Who overlaps somebody else by more than this is that other person, found twice.</summary>
    private const float SameOverlap = 0.3f;

    /// <summary>Who lies by more than this within somebody who stands there is a part of that person: from near, legs look like a body.</summary>
    private const float PartOverlap = 0.9f;

    private static readonly int[] Quarters = [0, 1, 3];

    /// <summary>Finds people.</summary>
    /// <param name="frame">Borrowed until the call completes.</param>
    /// <param name="boxes">Persons that an object detector found, relative to the frame; they help where the pose model is blind.</param>
    /// <param name="tracks">Who is being followed.</param>
    /// <param name="time">Of the frame.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public async ValueTask<List<Body>> FindAsync(
        Frame frame, IReadOnlyList<Detection> boxes, IReadOnlyList<Track> tracks, TimeSpan time, CancellationToken cancellation)
    {
        var aspect = (float)frame.Width / frame.Height;
        var bodies = await LookAsync(frame, Box.Whole, 0, aspect, cancellation);
        bodies.AddRange(boxes
            .Select(box => Body.From(box with { Keypoints = [] }, aspect))
            .Where(box => !bodies.Any(body => IsNear(body, box)))
            .ToList());
        var lost = tracks
            .Where(track => time - track.LastSeen < Worry && !bodies.Any(body => IsNear(body, track.Body) && MayBe(track, body, tracks)))
            .MaxBy(track => track.LastSeen);
        if (lost is not null && await LookAgainAsync(frame, lost.Body, bodies, aspect, cancellation) is { } found)
        {
            bodies.Add(found);
        }

        return bodies;
    }

    private async ValueTask<Body?> LookAgainAsync(
        Frame frame, Body lost, List<Body> others, float aspect, CancellationToken cancellation)
    {
        var region = Around(lost, aspect);
        foreach (var quarters in Quarters)
        {
            var seen = await LookAsync(frame, region, quarters, aspect, cancellation);
            if (seen.FirstOrDefault(body => IsNear(body, lost) && !others.Any(other => IsOf(other, body))) is { } found)
            {
                // Found by looking for it: good enough to follow somebody, not to believe in somebody new.
                return found with { Score = MathF.Min(found.Score, PersonTracker.StartScore - 0.01f) };
            }
        }

        return null;
    }

    private async ValueTask<List<Body>> LookAsync(Frame frame, Box region, int quarters, float aspect, CancellationToken cancellation)
    {
        var seen = await look.LookAsync(frame, region, quarters, cancellation);
        return [.. seen.Where(detection => detection.Confidence >= leastScore).Select(detection => Body.From(detection, aspect))];
    }

    /// <summary>A square around where somebody was, large enough for where he may have fallen; on a coarse grid, so that the same place is the same region.</summary>
    private static Box Around(Body body, float aspect)
    {
        const float grid = 16;
        var (x, y) = ((body.Box.XMin + body.Box.XMax) / 2, (body.Box.YMin + body.Box.YMax) / 2);
        var half = 0.75f * MathF.Max(body.Box.Width, body.Box.Height);
        return new Box(
            MathF.Floor((x - half) / aspect * grid) / grid,
            MathF.Floor((y - half) * grid) / grid,
            MathF.Ceiling((x + half) / aspect * grid) / grid,
            MathF.Ceiling((y + half) * grid) / grid).Clip();
    }

    /// <summary>False when a person lies and a body beside it is nearer to where somebody else was: a helper is not the one who fell.</summary>
    private static bool MayBe(Track track, Body body, IReadOnlyList<Track> tracks) =>
        !track.IsLying || tracks.MinBy(other => body.DistanceTo(other.Body)) == track;

    private static bool IsOf(Body other, Body found) => found.Box.IoU(other.Box) > SameOverlap
        || (other is { IsWide: false, Score: >= PersonTracker.StartScore } && found.Box.ShareWithin(other.Box) > PartOverlap);

    private static bool IsNear(Body a, Body b) => a.DistanceTo(b) < 0.8f * MathF.Max(a.Size, b.Size);
}

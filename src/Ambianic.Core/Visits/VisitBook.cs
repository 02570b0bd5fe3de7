using Ambianic.Core.Frames;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Tracking;

namespace Ambianic.Core.Visits;

/// <summary>
/// The visits of one pipeline as they develop, and which of their pictures are to be stored: the first, the last, the best of each
/// minute. Something that stands still gets none in between.
/// </summary>
/// <remarks>One call at a time.</remarks>
/// <param name="pipeline">Its name.</param>
/// <param name="source">Id of its source.</param>
/// <param name="store">Where visits are stored.</param>
/// <param name="pool">Lends the pixels of pictures that are kept.</param>
/// <param name="choosesPictures">False when somebody else decides which pictures are stored.</param>
internal sealed class VisitBook(string pipeline, string source, IVisitStore store, FramePool pool, bool choosesPictures) : IDisposable
{
    /// <summary>Pictures that wait for a disk; when there are more, the oldest go.</summary>
    private const int MostWaiting = 16;

    /// <summary>A picture so much better than those that are stored is stored too.</summary>
    private const float Better = 1.15f;

    private static readonly TimeSpan BetweenPictures = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenCopies = TimeSpan.FromSeconds(1);

    /// <summary>A last picture says nothing new when the one before it is so young.</summary>
    private static readonly TimeSpan LastAfter = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan StoredEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StationaryStoredEvery = TimeSpan.FromMinutes(1);

    private readonly List<OpenVisit> _visits = [];
    private readonly Queue<KeptPicture> _waiting = [];

    /// <summary>The next picture to store: it stays the next one until <see cref="Settle"/>. Null when there is none.</summary>
    public KeptPicture? Next => _waiting.TryPeek(out var picture) ? picture : null;

    /// <summary>Takes a sample whose tracks are followed.</summary>
    public void Observe(Sample sample)
    {
        if (sample.Tracks is not { } tracks)
        {
            return;
        }

        var isClear = sample.Frame.Damage != PictureDamage.Damaged;
        if (isClear)
        {
            Begin(sample, tracks);
        }

        KeptPicture? copy = null;
        foreach (var visit in _visits)
        {
            if (visit.IsOver)
            {
                continue;
            }

            if (Find(tracks, visit.TrackId) is not { } track)
            {
                End(visit);
            }
            else if (track.IsSeen)
            {
                visit.See();
                if (choosesPictures && isClear && Detected(sample, visit.TrackId) is { } detection)
                {
                    Picture(visit, track, sample, detection, ref copy);
                }
            }
        }

        Store();
    }

    /// <summary>A sample was stored as an event: it is a picture of the visits of the objects that it shows.</summary>
    public void Link(Sample sample, string eventId)
    {
        foreach (var visit in _visits)
        {
            if (!visit.IsOver && Detected(sample, visit.TrackId) is { } detection)
            {
                visit.Add(Describe(sample, detection) with { EventId = eventId });
            }
        }

        Store();
    }

    /// <summary>The next picture was stored as an event, or given up.</summary>
    public void Settle(string? eventId)
    {
        var picture = _waiting.Dequeue();
        picture.Settle(eventId);
        picture.Release();
        Store();
    }

    /// <summary>Ends all visits: nobody looks on. Their last pictures then wait to be stored.</summary>
    public void EndAll()
    {
        foreach (var visit in _visits.Where(visit => !visit.IsOver))
        {
            End(visit);
        }

        Store();
    }

    /// <summary>Gives all pictures back.</summary>
    public void Dispose()
    {
        while (_waiting.Count > 0)
        {
            Settle(null);
        }

        foreach (var visit in _visits)
        {
            visit.Best?.Kept.Release();
            visit.Latest?.Kept.Release();
        }

        _visits.Clear();
    }

    private static ObjectTrack? Find(IReadOnlyList<ObjectTrack> tracks, int id)
    {
        for (var i = 0; i < tracks.Count; i++)
        {
            if (tracks[i].Id == id)
            {
                return tracks[i];
            }
        }

        return null;
    }

    private static Detection? Detected(Sample sample, int id)
    {
        for (var i = 0; i < sample.Detections.Count; i++)
        {
            if (sample.Detections[i].TrackId == id)
            {
                return sample.Detections[i];
            }
        }

        return null;
    }

    /// <summary>Certain, large and whole is good: an object at the edge is mostly cut off, and a damaged picture shows what is not there.</summary>
    private static VisitPicture Describe(Sample sample, Detection detection)
    {
        const float Edge = 0.005f;
        var box = detection.Box;
        var isWhole = box.XMin > Edge && box.YMin > Edge && box.XMax < 1 - Edge && box.YMax < 1 - Edge;
        var score = detection.Confidence * MathF.Sqrt(box.Area) * (isWhole ? 1 : 0.6f) * (sample.Frame.Damage == PictureDamage.None ? 1 : 0.1f);
        return new VisitPicture("", sample.Frame.CapturedAt, box, score);
    }

    private void Begin(Sample sample, IReadOnlyList<ObjectTrack> tracks)
    {
        for (var i = 0; i < sample.Detections.Count; i++)
        {
            if (sample.Detections[i].TrackId is { } id && !IsOpen(id) && Find(tracks, id) is { } track)
            {
                _visits.Add(new OpenVisit(pipeline, source, track, sample.Frame.CapturedAt));
            }
        }
    }

    private bool IsOpen(int id)
    {
        foreach (var visit in _visits)
        {
            if (visit.TrackId == id)
            {
                return true;
            }
        }

        return false;
    }

    private void Picture(OpenVisit visit, ObjectTrack track, Sample sample, Detection detection, ref KeptPicture? copy)
    {
        var time = track.LastSeen;
        var picture = Describe(sample, detection);
        var isFirst = visit.Latest is null;
        var isBetter = !track.IsStationary && picture.Score > (visit.Best?.Picture.Score ?? 0);
        if (!isFirst && !isBetter && time - visit.Latest!.Time < BetweenCopies)
        {
            return;
        }

        copy ??= new KeptPicture(sample, pool);
        var candidate = new OpenVisit.Candidate(copy, picture, time);
        visit.Latest = Replace(visit.Latest, candidate);
        if (isFirst)
        {
            Want(visit, candidate, isTold: true);
            return;
        }

        if (isBetter)
        {
            visit.Best = Replace(visit.Best, candidate);
        }

        var since = visit.StoodAt > visit.PicturedAt ? visit.StoodAt : visit.PicturedAt; // one that leaves gets its last picture soon
        if (!track.IsStationary && time - since >= BetweenPictures && visit.Best is { } best)
        {
            Want(visit, best, isTold: true);
            visit.PicturedAt = time;
            best.Kept.Release();
            visit.Best = null;
        }
    }

    private void End(OpenVisit visit)
    {
        visit.End();
        if (visit.Best is { } best)
        {
            if (!visit.WasStationary && best.Picture.Score > Better * visit.BestScore && best.Kept != visit.Latest?.Kept)
            {
                Want(visit, best, isTold: false);
            }

            best.Kept.Release();
        }

        if (visit.Latest is { } latest)
        {
            if (latest.Time - visit.PicturedAt >= LastAfter)
            {
                Want(visit, latest, isTold: false);
            }

            latest.Kept.Release();
        }

        visit.Best = visit.Latest = null;
    }

    private void Want(OpenVisit visit, OpenVisit.Candidate candidate, bool isTold)
    {
        visit.PicturedAt = candidate.Time > visit.PicturedAt ? candidate.Time : visit.PicturedAt;
        visit.BestScore = MathF.Max(visit.BestScore, candidate.Picture.Score);
        var isWaiting = candidate.Kept.IsWanted;
        candidate.Kept.Want(visit, candidate.Picture, isTold);
        if (isWaiting || candidate.Kept.EventId is not null)
        {
            return;
        }

        _waiting.Enqueue(candidate.Kept.Hold());
        if (_waiting.Count > MostWaiting)
        {
            Settle(null);
        }
    }

    private static OpenVisit.Candidate Replace(OpenVisit.Candidate? old, OpenVisit.Candidate candidate)
    {
        candidate.Kept.Hold();
        old?.Kept.Release();
        return candidate;
    }

    /// <summary>Hands over what has changed; those that go on not with each sample.</summary>
    private void Store()
    {
        for (var i = _visits.Count - 1; i >= 0; i--)
        {
            var visit = _visits[i];
            if (visit.TakeChange(StoredEvery, StationaryStoredEvery) is { } change)
            {
                store.Put(change);
            }

            if (visit.IsOver && visit.Waiting == 0)
            {
                _visits.RemoveAt(i);
            }
        }
    }
}

using Ambianic.Core.Frames;
using Ambianic.Core.Pipelines;

namespace Ambianic.Core.Visits;

/// <summary>A copy of a sample that may be stored later, shared by the visits that it shows. Its pixels go back when nobody holds it any more.</summary>
internal sealed class KeptPicture
{
    private readonly List<(OpenVisit Visit, VisitPicture Picture)> _wanted = [];
    private int _holders;

    /// <summary>Copies the pixels of a sample.</summary>
    public KeptPicture(Sample sample, FramePool pool)
    {
        var frame = sample.Frame;
        var copy = pool.Rent(frame.Width, frame.Height, frame.Format, frame.Sequence, frame.CapturedAt, frame.Position, frame.Damage);
        frame.Buffer.CopyTo(copy.Buffer);
        Sample = new Sample(copy) { Detections = sample.Detections, Display = sample.Display };
    }

    /// <summary>What was seen; its frame is borrowed from here.</summary>
    public Sample Sample { get; }

    /// <summary>The event that it was stored as; null before.</summary>
    public string? EventId { get; private set; }

    /// <summary>True when it waits to be stored.</summary>
    public bool IsWanted => _wanted.Count > 0;

    /// <summary>True when it shows the beginning of a visit, of which people are told.</summary>
    public bool IsTold { get; private set; }

    /// <summary>One more holds it.</summary>
    public KeptPicture Hold()
    {
        _holders++;
        return this;
    }

    /// <summary>One less does.</summary>
    public void Release()
    {
        if (--_holders == 0)
        {
            Sample.Frame.Dispose();
        }
    }

    /// <summary>A visit wants it to be stored.</summary>
    /// <param name="visit">The visit.</param>
    /// <param name="picture">Its place in it; the id of the event follows.</param>
    /// <param name="isTold">See <see cref="IsTold"/>.</param>
    public void Want(OpenVisit visit, VisitPicture picture, bool isTold)
    {
        IsTold |= isTold;
        if (EventId is { } id)
        {
            visit.Add(picture with { EventId = id });
        }
        else
        {
            visit.Waiting++;
            _wanted.Add((visit, picture));
        }
    }

    /// <summary>It was stored, or given up.</summary>
    public void Settle(string? eventId)
    {
        EventId = eventId;
        foreach (var (visit, picture) in _wanted)
        {
            visit.Settle();
            if (eventId is not null)
            {
                visit.Add(picture with { EventId = eventId });
            }
        }

        _wanted.Clear();
    }
}

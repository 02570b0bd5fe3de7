using Ambianic.Core.Timeline;
using Microsoft.Extensions.Logging;

namespace Ambianic.Core.Alerts;

/// <summary>Follows the timeline and raises alerts of its events, also of those that were stored while nobody followed. Used by the desk's loop.</summary>
/// <param name="timeline">Where events are read.</param>
/// <param name="book">Gets the triggers.</param>
/// <param name="ledger">Gets the position, with what came of the events before it.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Receives why the timeline cannot be read.</param>
internal sealed class TimelineReader(IEventFollower timeline, AlertBook book, AlertLedger ledger, TimeProvider time, ILogger logger)
{
    private const int MostEvents = 256;

    private static readonly TimeSpan Late = TimeSpan.FromHours(1);
    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(5);

    private DateTimeOffset _next = DateTimeOffset.MinValue;
    private readonly List<AlertTrigger> _late = []; // read, and told together with what follows
    private readonly HashSet<string> _unstored = new(StringComparer.Ordinal); // ids of events that were told before they were stored
    private HashSet<string>? _seenBeforeLoad = []; // ids; null once they cannot come again

    /// <summary>Behind the event that was read last; null before the first look.</summary>
    public EventCursor? Cursor { get; private set; }

    /// <summary>There are new events, or the clock was set.</summary>
    public void Hurry() => _next = DateTimeOffset.MinValue;

    /// <summary>Goes on where an earlier run ended.</summary>
    public void Resume(EventCursor? cursor)
    {
        _seenBeforeLoad = Cursor is null || cursor is null ? null : _seenBeforeLoad;
        Cursor = cursor ?? Cursor;
    }

    /// <summary>Reads what is new, if that is due.</summary>
    /// <param name="isEnabled">False: events are passed over.</param>
    /// <param name="save">Stores what came of the events so far.</param>
    public void Read(bool isEnabled, Action save)
    {
        var now = time.GetUtcNow();
        if (now < _next)
        {
            return;
        }

        try
        {
            Cursor ??= NewCursor(now);
            Cursor = Cursor.At > now ? Cursor with { At = now } : Cursor; // the clock was set back: what comes now is not old
            ReadAll(isEnabled, save, now);
        }
        catch (IOException error)
        {
            logger.TimelineNotReadForAlerts(error.Message); // the timeline tells of its own faults
        }

        _next = now + ReadEvery;
    }

    private EventCursor NewCursor(DateTimeOffset now)
    {
        var end = timeline.End();
        return end with { At = end.At > now ? end.At : now };
    }

    /// <summary>Tells an event that could not be stored; it is passed over when it is read after all.</summary>
    public void Take(DetectionEvent unstored, bool isEnabled)
    {
        if (isEnabled && _unstored.Add(unstored.Id))
        {
            book.Trigger([.. AlertRules.Of(unstored, book.Settings)], time.GetUtcNow());
        }
    }

    /// <summary>What is read again after a failure begins behind what was taken; nothing that waits to be told together is lost by it.</summary>
    private void ReadAll(bool isEnabled, Action save, DateTimeOffset now)
    {
        for (var isMore = true; isMore;)
        {
            var batch = timeline.ReadAfter(Cursor!, MostEvents);
            if (isEnabled)
            {
                Take(batch, now);
            }

            Cursor = batch.Cursor;
            isMore = batch.Events.Count == MostEvents;
            if (!isMore || _late.Count == 0) // what is told together is stored together
            {
                book.Trigger([.. AlertRules.Missed(_late)], now);
                _late.Clear();
                ledger.Add(new AlertChanges { Cursor = Cursor });
                save();
            }
        }
    }

    /// <summary>Triggers what is new, and adds what is to be told late.</summary>
    private void Take(EventBatch batch, DateTimeOffset now)
    {
        foreach (var seen in batch.Events)
        {
            var isKnown = batch.WasRebuilt && (seen.At < Cursor!.At - EventCursor.Overlap || IsAlerted(seen.Id)); // imported, or read before
            if (isKnown || _unstored.Remove(seen.Id) || !IsNew(seen.Id))
            {
                continue;
            }

            var triggers = AlertRules.Of(seen, book.Settings).ToList();
            var isLate = now - seen.At > Late;
            _late.AddRange(triggers.Where(IsToldLate));
            book.Trigger([.. triggers.Where(trigger => !IsToldLate(trigger))], now);

            // That it is over ends an alert whenever it is read, and an outage is told as it is now.
            bool IsToldLate(AlertTrigger trigger) => isLate && !trigger.Resolves && trigger.Kind != AlertKind.Outage;
        }
    }

    /// <summary>False for an event that was taken in before the earlier run's position could be read, and comes again.</summary>
    private bool IsNew(string eventId) => _seenBeforeLoad is not { } seen || (ledger.IsLoaded ? !seen.Contains(eventId) : seen.Add(eventId));

    /// <summary>When the store cannot tell, an event counts as new: twice is better than never.</summary>
    private bool IsAlerted(string eventId) =>
        ledger.Unstored.Events.Any(known => known.EventId == eventId) || ledger.Read(store => store.IsAlerted(eventId), unread: false);
}

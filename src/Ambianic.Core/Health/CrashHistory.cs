namespace Ambianic.Core.Health;

/// <summary>Decides how soon something that crashed is started again: at once while that is rare, then ever more slowly.</summary>
internal sealed class CrashHistory(TimeProvider time)
{
    private const int AnsweredAtOnce = 5;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(0.5);
    private static readonly Backoff Later = new(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5));

    private readonly Queue<long> _recent = [];
    private long _startedAt = time.GetTimestamp();
    private int _late;

    /// <summary>Remembers a crash: up to five within 60 s are answered after 0.5 s, further ones after 5 to 10 s and then ever longer. A run of 60 s makes good for all.</summary>
    /// <returns>How long to wait before the restart.</returns>
    public TimeSpan Add(Random random)
    {
        var now = time.GetTimestamp();
        if (time.GetElapsedTime(_startedAt, now) >= Window)
        {
            _recent.Clear();
            _late = 0;
        }

        _recent.Enqueue(now);
        while (time.GetElapsedTime(_recent.Peek(), now) >= Window)
        {
            _recent.Dequeue();
        }

        _late = _late > 0 || _recent.Count > AnsweredAtOnce ? _late + 1 : 0;
        var wait = _late == 0 ? AtOnce : Later.After(_late, random);
        _startedAt = now + (long)(wait.TotalSeconds * time.TimestampFrequency);
        return wait;
    }
}

namespace Ambianic.Server.Live;

/// <summary>Counts who looks at live pictures, so that there are never so many that the pipelines lose the processor to them.</summary>
internal sealed class LiveListeners
{
    /// <summary>At one time, of all pipelines together.</summary>
    public const int Most = 16;

    private int _count;

    /// <summary>Lets another in; false when there are too many.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _count) <= Most)
        {
            return true;
        }

        Leave();
        return false;
    }

    /// <summary>One has gone.</summary>
    public void Leave() => Interlocked.Decrement(ref _count);
}

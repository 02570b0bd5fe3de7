using System.Runtime.CompilerServices;
using Ambianic.Core.Health;

namespace Ambianic.Core.Pipelines;

/// <summary>
/// Elements linked to each other, and a mark of where in them the one sample is. A chain can be given up with the sample in
/// it: the call goes on as long as it likes, and passes nothing on any more.
/// </summary>
internal sealed class ElementChain : IDisposable
{
    private const int Free = 0;
    private const int Busy = 1;
    private const int GivenUp = 2;

    private readonly TimeProvider _time;
    private readonly Scene? _scene;
    private readonly SampleMeasures? _measures;
    private readonly SampleHandler _first;
    private readonly CancellationTokenSource _cancellation;
    private readonly TaskCompletionSource _givenUp = new();
    private int _use;
    private volatile int _place;
    private volatile int _deepest;
    private long _since;
    private readonly int _replaced;
    private int _unprepared;
    private volatile bool _isPreparing;

    /// <summary>Links the elements.</summary>
    /// <param name="slots">In order; place 1 is the first of them, place 0 is the source.</param>
    /// <param name="arrive">What follows the last element.</param>
    /// <param name="time">Measures how long a place has had the sample.</param>
    /// <param name="cancellation">Ends whatever the elements do.</param>
    /// <param name="unprepared">The place of an element that replaced another and has to be prepared; 0 when there is none.</param>
    /// <param name="scene">Told of every sample on its way; null when nobody shows it.</param>
    /// <param name="measures">Told how long each element has the sample; null when nobody measures.</param>
    public ElementChain(
        IReadOnlyList<ElementSlot> slots, SampleHandler arrive, TimeProvider time, CancellationToken cancellation, int unprepared = 0, Scene? scene = null,
        SampleMeasures? measures = null)
    {
        (_scene, _measures) = (scene, measures);
        (_replaced, _unprepared, _isPreparing) = (unprepared, unprepared, unprepared > 0);
        Slots = slots;
        _time = time;
        _since = time.GetTimestamp();
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        SampleHandler next = (sample, token) =>
        {
            _deepest = 0;
            scene?.Arrive(sample, slots.Count + 1);
            measures?.Arrive(sample.Frame);
            return arrive(sample, token);
        };
        for (var place = slots.Count; place > 0; place--)
        {
            next = Link(place, slots[place - 1].Element, next);
        }

        _first = next;
    }

    public IReadOnlyList<ElementSlot> Slots { get; }

    /// <summary>Completes when the chain is given up with a sample in it.</summary>
    public Task WhenGivenUp => _givenUp.Task;

    /// <summary>How long the sample has been where it is; for place 0, how long none has come.</summary>
    public TimeSpan BusyFor(int place) => _place == place ? _time.GetElapsedTime(Interlocked.Read(ref _since)) : TimeSpan.Zero;

    /// <summary>
    /// The place to blame for silence: the one that is being prepared, or has been busy for long; else the deepest that samples came to since one
    /// last arrived, because there they end.
    /// </summary>
    public int Stuck(HealthPolicy policy)
    {
        var place = _place;
        return _isPreparing ? _replaced : BusyFor(place) >= policy.StuckAfter ? place : _deepest;
    }

    /// <summary>What a place is called: <c>source</c>, or as the configuration calls the element.</summary>
    public string NameOf(int place) => place == 0 ? "source" : Slots[place - 1].Name;

    /// <summary>Sends a sample through.</summary>
    /// <returns>False when the chain was given up meanwhile and must not be used any more.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> TryInvokeAsync(Sample sample)
    {
        if (Interlocked.CompareExchange(ref _use, Busy, Free) != Free)
        {
            return false;
        }

        using var span = _measures?.Begin(sample.Frame);
        try
        {
            await _first(sample, _cancellation.Token);
        }
        catch when (Volatile.Read(ref _use) == GivenUp)
        {
            return false; // whatever it says now, it was said that it is stuck
        }
        finally
        {
            if (Interlocked.CompareExchange(ref _use, Free, Busy) == Busy)
            {
                _measures?.End();
            }
        }

        return Volatile.Read(ref _use) == Free;
    }

    /// <summary>True while an element that replaced another gets what it needs.</summary>
    public bool IsPreparing => _isPreparing;

    /// <summary>Prepares the element that replaced another; does nothing when there is none or it was prepared before.</summary>
    /// <returns>Why it could not be prepared; null when it is ready.</returns>
    public async ValueTask<Exception?> PrepareAsync()
    {
        if (Interlocked.Exchange(ref _unprepared, 0) is not (> 0 and var place))
        {
            return null;
        }

        try
        {
            await Slots[place - 1].Element.PrepareAsync(_cancellation.Token);
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
        finally
        {
            _isPreparing = false;
        }
    }

    /// <summary>Gives the chain up if a sample is in it; what works on it is asked to stop.</summary>
    public void GiveUp()
    {
        if (Interlocked.CompareExchange(ref _use, GivenUp, Busy) == Busy)
        {
            _ = Beside.Cancel(_cancellation);
            _ = Beside.Run(_givenUp.SetResult);
        }
    }

    /// <summary>To be called when no sample is in it.</summary>
    public void Dispose() => _cancellation.Dispose();

    private SampleHandler Link(int place, IPipelineElement element, SampleHandler next)
    {
        return PassAsync;

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
        async ValueTask PassAsync(Sample sample, CancellationToken cancellation)
        {
            if (Volatile.Read(ref _use) == GivenUp)
            {
                throw new OperationCanceledException("the element before was given up as stuck");
            }

            Mark(place);
            _deepest = Math.Max(_deepest, place);
            _scene?.Pass(sample, place);
            using var span = _measures?.Enter(place);
            try
            {
                await element.InvokeAsync(sample, next, cancellation);
            }
            finally
            {
                Mark(place - 1);
            }
        }
    }

    private void Mark(int place)
    {
        var now = _time.GetTimestamp();
        var before = Interlocked.Exchange(ref _since, now);
        _measures?.Spend(_place, now - before);
        _place = place;
    }
}

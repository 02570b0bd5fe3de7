using System.Runtime.CompilerServices;
using Ambianic.Core.Frames;
using Ambianic.Core.Health;
using Ambianic.Core.Vision;
using Microsoft.Extensions.Logging;

namespace Ambianic.Core.Pipelines;

/// <summary>
/// The one reader of a pipeline's frames: shows each to the chain of elements and gives it back. Owns the elements, is the one
/// place that catches what they throw, and goes on with a new element where one is stuck.
/// </summary>
internal sealed class FrameReader : IAsyncDisposable
{
    private static readonly TimeSpan RepeatedFailureInterval = TimeSpan.FromSeconds(1);

    private readonly string _pipeline;
    private readonly SampleHandler _arrive;
    private readonly Action<Exception> _onFailure;
    private readonly HealthPolicySource _policy;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationToken _stop;
    private readonly Scene? _scene;
    private readonly SampleMetrics? _metrics;
    private readonly FrozenFrameDetector _picture;
    private readonly Task _overdue;
    private readonly Lock _gate = new();
    private volatile ElementChain _chain;
    private ElementChain _lookingWith;
    private Task _looking = Task.CompletedTask;
    private bool _isEnded; // guarded by _gate
    private long _failed;
    private long _failuresUnlogged;
    private long _failureLoggedAt;

    /// <param name="pipeline">Name of the pipeline.</param>
    /// <param name="elements">In order; owned from now on.</param>
    /// <param name="arrive">What follows the last element.</param>
    /// <param name="onFailure">Told why samples fail, once a second at most.</param>
    /// <param name="policy">Says what is stuck.</param>
    /// <param name="patience">What was told to stop has this long.</param>
    /// <param name="time">Every clock.</param>
    /// <param name="logger">Told what goes wrong.</param>
    /// <param name="stop">The pipeline is to stop.</param>
    /// <param name="scene">Told of what is seen; null when nobody shows it.</param>
    /// <param name="metrics">Told how long samples take; null when nobody measures.</param>
    public FrameReader(
        string pipeline,
        IReadOnlyList<ElementSlot> elements,
        SampleHandler arrive,
        Action<Exception> onFailure,
        HealthPolicySource policy,
        TimeSpan patience,
        TimeProvider time,
        ILogger logger,
        CancellationToken stop,
        Scene? scene = null,
        SampleMetrics? metrics = null)
    {
        (_scene, _metrics) = (scene, metrics);
        _pipeline = pipeline;
        _arrive = arrive;
        _onFailure = onFailure;
        _policy = policy;
        _patience = patience;
        _time = time;
        _logger = logger;
        _stop = stop;
        _picture = new FrozenFrameDetector(time);
        _chain = _lookingWith = MakeChain(elements);
        _overdue = OverdueAsync(stop);
    }

    /// <summary>The elements as they are now.</summary>
    public ElementChain Chain => _chain;

    /// <summary>What the frames look like.</summary>
    public PictureState Picture => _picture.State;

    /// <inheritdoc cref="FrozenFrameDetector.Lasts"/>
    public TimeSpan PictureLasts => _picture.Lasts;

    /// <summary>Samples that an element failed on.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Prepares every element.</summary>
    /// <returns>Why the last that could not be prepared could not; null when all are ready.</returns>
    public async Task<string?> PrepareAsync(CancellationToken cancellation)
    {
        string? fault = null;
        foreach (var slot in _chain.Slots)
        {
            try
            {
                await slot.Element.PrepareAsync(cancellation);
            }
            catch (Exception error) when (!cancellation.IsCancellationRequested)
            {
                fault = error.Message; // the first sample meets it again, and that is reported
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        return fault;
    }

    /// <summary>Reads a connection's mailbox until it ends; what hangs in an element is abandoned once that has been replaced.</summary>
    public async Task ReadAsync(FrameMailbox mailbox, CancellationToken cancellation)
    {
        _picture.Connect();
        while (true)
        {
            var (chain, looking) = Look(mailbox, cancellation);
            await Task.WhenAny(looking, chain.WhenGivenUp, _overdue);
            if (_overdue.IsCompleted && !looking.IsCompleted)
            {
                _logger.PartAbandoned(_pipeline, chain.NameOf(chain.Stuck(_policy())), _patience.TotalSeconds);
                chain.GiveUp(); // the elements after it are disposed soon, so nothing may be passed on to them
                return;
            }

            if (!chain.WhenGivenUp.IsCompleted)
            {
                await looking;
            }

            if (_chain == chain)
            {
                return;
            }
        }
    }

    /// <summary>
    /// Puts a new element into a place and leaves the others as they are; the call that the old one works on is abandoned. The new
    /// one is prepared in the background; frames wait for it.
    /// </summary>
    /// <param name="place">From 1.</param>
    /// <returns>False when the elements are being disposed: it comes too late.</returns>
    /// <remarks>What the element's constructor throws passes through; the old one stays.</remarks>
    public bool TryReplace(int place)
    {
        ElementChain former, lookingWith;
        Task looking;
        lock (_gate)
        {
            if (_isEnded)
            {
                return false; // nobody would dispose the new one
            }

            (former, lookingWith, looking) = (_chain, _lookingWith, _looking);
            _chain = MakeChain([.. former.Slots.Select((slot, index) => index == place - 1 ? slot.Replace() : slot)], place);
        }

        lookingWith.GiveUp(); // an older one when a healing before this one met it without a sample
        _ = RetireAsync(former.Slots[place - 1], former, looking);
        return true;
    }

    /// <summary>Disposes the elements; an element that fails or hangs at it is logged and does not keep the others.</summary>
    public async ValueTask DisposeAsync()
    {
        ElementChain chain;
        lock (_gate)
        {
            _isEnded = true; // a healing may be under way
            chain = _chain;
        }

        foreach (var slot in chain.Slots)
        {
            await DisposeAsync(slot);
        }

        chain.Dispose();
        _scene?.Clear();
    }

    private ElementChain MakeChain(IReadOnlyList<ElementSlot> elements, int unprepared = 0) =>
        new(elements, _arrive, _time, _stop, unprepared, _scene, _metrics is null ? null : new SampleMeasures(_metrics, _pipeline, elements, _time));

    private (ElementChain Chain, Task Looking) Look(FrameMailbox mailbox, CancellationToken cancellation)
    {
        lock (_gate)
        {
            var chain = _lookingWith = _chain;
            _looking = Beside.Run(() => LookAsync(mailbox, chain, cancellation));
            return (chain, _looking);
        }
    }

    /// <returns>When the source has ended, or the chain was replaced.</returns>
    private async Task LookAsync(FrameMailbox mailbox, ElementChain chain, CancellationToken cancellation)
    {
        if (await chain.PrepareAsync() is { } error && !cancellation.IsCancellationRequested)
        {
            _onFailure(error); // the next sample meets it again, and that is reported
        }

        await foreach (var frame in mailbox.ReadAllAsync(cancellation))
        {
            using (frame)
            {
                _picture.See(frame);
                if (!await TryHandleAsync(frame, chain, cancellation) || _chain != chain)
                {
                    return;
                }
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TryHandleAsync(Frame frame, ElementChain chain, CancellationToken cancellation)
    {
        try
        {
            _scene?.Begin();
            var since = _time.GetTimestamp();
            var isUsable = await chain.TryInvokeAsync(new Sample(frame));
            _scene?.End(_time.GetElapsedTime(since));
            return isUsable;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception error)
        {
            Interlocked.Increment(ref _failed);
            LogFailureOncePerInterval(error);
            return true;
        }
    }

    /// <summary>Disposes the element that was replaced, once its last call has ended; if that never happens, it is abandoned.</summary>
    private async Task RetireAsync(ElementSlot replaced, ElementChain chain, Task looking)
    {
        await looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await DisposeAsync(replaced);
        chain.Dispose();
    }

    private async ValueTask DisposeAsync(ElementSlot slot)
    {
        try
        {
            await Beside.Run(() => slot.DisposeAsync().AsTask()).WaitAsync(_patience, _time);
        }
        catch (Exception error)
        {
            _logger.ElementNotDisposed(error, _pipeline, slot.Name);
        }
    }

    /// <summary>Completes when a stop was asked for and has taken too long.</summary>
    private async Task OverdueAsync(CancellationToken stop)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await Task.Delay(_patience, _time, CancellationToken.None);
    }

    private void LogFailureOncePerInterval(Exception error)
    {
        _failuresUnlogged++;
        if (_failureLoggedAt != 0 && _time.GetElapsedTime(_failureLoggedAt) < RepeatedFailureInterval)
        {
            return;
        }

        _onFailure(error);
        _logger.SamplesDropped(error is InferenceException ? null : error, _pipeline, _failuresUnlogged, error.Message);
        _failuresUnlogged = 0;
        _failureLoggedAt = _time.GetTimestamp();
    }
}

using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Core.Pipelines.Interleavings;

/// <summary>
/// Runs one piece of work at a time. A seed decides which comes next, and at which calls of <see cref="MayYield"/> the one that
/// runs is held up while others go on: the same seed gives the same order again. Time passes when nothing is left to do, and
/// now and then a little while something is.
/// </summary>
/// <remarks>
/// What runs has the baton. It is handed from thread to thread, because what is held up keeps its stack; no two threads
/// run at once. Calls of <see cref="MayYield"/> must not be made inside a lock.
/// </remarks>
internal sealed class SeededScheduler(int seed, FakeTimeProvider time) : TaskScheduler, IDisposable
{
    private const int MostHeldUp = 6;
    private static readonly TimeSpan ALittle = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RealLimit = TimeSpan.FromMinutes(3);
    private static readonly ConcurrentBag<Worker> Parked = [];

    private readonly Random _random = new(seed);
    private readonly Preference _preference = (Preference)(seed % 3);
    private readonly Lock _gate = new();
    private readonly List<Task> _ready = [];
    private readonly List<Worker> _heldUp = [];
    private readonly SemaphoreSlim _isDone = new(0);
    private Func<bool> _condition = () => true;
    private DateTimeOffset _until;
    private volatile Worker? _holder;
    private bool _isInTime;
    private int _timesHeldUp;

    private enum Preference
    {
        None,
        Newest,
        Oldest,
    }

    /// <summary>The stack of the first work that came from a thread without the baton, whose order no seed decides; null when there was none.</summary>
    public string? Escape { get; private set; }

    /// <summary>Decisions made so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Begins work on this scheduler.</summary>
    public Task Start(Func<Task> work) => Task.Factory
        .StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <summary>Runs what there is until nothing is left to do and <paramref name="condition"/> holds.</summary>
    /// <param name="condition">Asked between two steps of time.</param>
    /// <param name="limit">Of fake time.</param>
    /// <returns>False when it did not come true.</returns>
    public bool RunUntil(Func<bool> condition, TimeSpan limit)
    {
        (_condition, _until, _isInTime) = (condition, time.GetUtcNow() + limit, true);
        Worker.Take().Continue(this);
        Assert.True(_isDone.Wait(RealLimit, CancellationToken.None), $"seed {seed}: a thread waits for a lock that another holds");
        return _isInTime;
    }

    /// <summary>To be called where the caller may be held up.</summary>
    public void MayYield()
    {
        if (_timesHeldUp >= MostHeldUp || Worker.Current is not { Nesting: 0 } me || me != _holder || _random.Next(8) > 0)
        {
            return;
        }

        _timesHeldUp++;
        _heldUp.Add(me);
        Worker.Take().Continue(this);
        me.Wait();
        _holder = me;
    }

    public void Dispose() => _isDone.Dispose();

    protected override void QueueTask(Task task)
    {
        if (_holder is { } holder && Worker.Current != holder)
        {
            Escape ??= Environment.StackTrace;
        }

        lock (_gate)
        {
            _ready.Add(task);
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued)
    {
        if (taskWasPreviouslyQueued || Worker.Current is not { } me || me != _holder || _random.Next(4) > 0)
        {
            return false;
        }

        me.Nesting++;
        try
        {
            return TryExecuteTask(task);
        }
        finally
        {
            me.Nesting--;
        }
    }

    protected override IEnumerable<Task> GetScheduledTasks() => _ready;

    /// <summary>Has the baton until it hands it on.</summary>
    private void Run(Worker me)
    {
        _holder = me;
        while (true)
        {
            switch (Next())
            {
                case Task task:
                    TryExecuteTask(task);
                    break;
                case Worker heldUp:
                    heldUp.Resume();
                    return;
                default:
                    _holder = null;
                    _isDone.Release();
                    return;
            }
        }
    }

    /// <returns>Work that is ready, or the thread of work that was held up; null when the run is over.</returns>
    private object? Next()
    {
        Steps++;
        while (_ready.Count + _heldUp.Count == 0)
        {
            if (_condition())
            {
                return null;
            }

            if (time.GetUtcNow() >= _until)
            {
                _isInTime = false;
                return null;
            }

            time.Advance(TimeSpan.FromMilliseconds(250 * (1 + _random.Next(4))));
        }

        if (_random.Next(60) == 0)
        {
            time.Advance(ALittle);
        }

        lock (_gate)
        {
            // what is held up stands where the preference leaves it for long
            var choices = _ready.Count + _heldUp.Count;
            var choice = _preference == Preference.None || _random.Next(5) == 0 ? _random.Next(choices)
                : _preference == Preference.Newest ? choices - 1
                : 0;
            if (_preference == Preference.Newest)
            {
                return choice < _heldUp.Count ? Take(_heldUp, choice) : Take(_ready, choice - _heldUp.Count);
            }

            return choice < _ready.Count ? Take(_ready, choice) : Take(_heldUp, choice - _ready.Count);
        }
    }

    private static T Take<T>(List<T> from, int index)
    {
        var one = from[index];
        from.RemoveAt(index);
        return one;
    }

    /// <summary>A thread that can have the baton.</summary>
    [SuppressMessage("Design", "CA1001", Justification = "lives as long as the process")]
    private sealed class Worker
    {
        [ThreadStatic]
        private static Worker? _current;

        private readonly SemaphoreSlim _go = new(0);
        private SeededScheduler? _scheduler;

        private Worker() => new Thread(Live) { IsBackground = true }.Start();

        public static Worker? Current => _current;

        /// <summary>Above 0 while work runs inside of other work.</summary>
        public int Nesting { get; set; }

        public static Worker Take() => Parked.TryTake(out var worker) ? worker : new Worker();

        public void Continue(SeededScheduler scheduler)
        {
            _scheduler = scheduler;
            _go.Release();
        }

        public void Resume() => _go.Release();

        public void Wait() => _go.Wait(CancellationToken.None);

        private void Live()
        {
            _current = this;
            while (true)
            {
                Wait();
                _scheduler!.Run(this);
                Parked.Add(this);
            }
        }
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Health;
using Ambianic.Core.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Core.Pipelines;

/// <summary>A day of cameras that break in every way, in simulated time. Alone: it measures the process.</summary>
[Collection(Alone.Name)]
public sealed class LongRunTests
{
    private const int Cameras = 8;
    /// <summary>Other tests keep the threads of the pool busy meanwhile; what hangs hangs for ever.</summary>
    private static readonly TimeSpan Patience = 6 * Eventually.Patience;

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(2); // a few of the supervisor's rounds at once, as on a busy machine
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);
    private const int ThreadsThatComeAndGo = 8; // the pool's, when the processor is wanted by others
    private const long BytesThatComeAndGo = 256 << 10;
    private readonly FramePool _pool = new();
    private readonly CountedTime _time = new();
    private readonly Round _round = new();
    private readonly LogRecorder<PipelineSupervisor> _log = new();
    private int _elements;

    [Fact(Timeout = 300_000)]
    [Slow]
    public async Task RunAsync_ADayOfBreakingCameras_HoldsNothingBackAndWatchesInTheEnd()
    {
        var cameras = Enumerable.Range(0, Cameras).Select(number => new BreakingCamera($"camera {number}", _pool, _time, number)).ToList();
        var registry = new ElementRegistry();
        registry.Add<NoOptions>("holds", (_, _) =>
        {
            Interlocked.Increment(ref _elements);
            return new Holder(() => Interlocked.Decrement(ref _elements));
        });
        using var services = new ServiceCollection().AddSingleton<ILogger<Pipeline>>(NullLogger<Pipeline>.Instance).BuildServiceProvider();
        var builder = new PipelineBuilder(registry, options => cameras.Single(camera => camera.Id == options.Id), services, _time);
        var supervisor = new PipelineSupervisor(builder, () => HealthPolicy.Default, _round, _time, _log);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = supervisor.RunAsync([.. cameras.Select(camera => Configure(camera.Id))], stop.Token);
        await Eventually.TrueAsync(() => supervisor.Observe().Pipelines is { Count: Cameras } all && all.All(status => status.Processed > 0 || status.LastError is not null)); // before time runs
        List<(long Bytes, int Threads)> held = []; // hour by hour
        for (var passed = TimeSpan.Zero; passed < Day; passed += Step)
        {
            await PassAsync(cameras, supervisor);
            if (passed.Ticks % TimeSpan.TicksPerMinute == 0)
            {
                Assert.All(cameras, camera => Assert.InRange(camera.Open, 0, 2)); // one, and one that is being given up
                Assert.InRange(Volatile.Read(ref _elements), 0, Cameras * 2);
                Assert.InRange(_time.Timers, 1, 1 + (Cameras * 8));
            }

            if (passed.Ticks % TimeSpan.TicksPerHour == 0)
            {
                _log.Clear();
                held.Add(Hold());
            }
        }

        // The least of several hours: what is held only for a moment is in none of it, what is never let go in all.
        var (early, late) = (held[2..8], held[^6..]);
        Assert.InRange(late.Min(hour => hour.Bytes) - early.Min(hour => hour.Bytes), long.MinValue, BytesThatComeAndGo);
        Assert.InRange(late.Min(hour => hour.Threads) - early.Min(hour => hour.Threads), int.MinValue, ThreadsThatComeAndGo);

        Assert.All(cameras, camera => Assert.InRange(camera.Broken, 24, int.MaxValue));
        Assert.All(supervisor.Observe().Pipelines, status => Assert.InRange(status.Processed, 1000, long.MaxValue));
        cameras.ForEach(camera => camera.IsRepaired = true);
        for (var rounds = 0; !supervisor.Observe().Pipelines.All(status => status is { State: PipelineState.Running }); rounds++)
        {
            Assert.True(rounds < 2 * 1200, string.Join('\n', supervisor.Observe().Pipelines)); // the longest back-off is ten minutes
            await PassAsync(cameras, supervisor);
        }

        await stop.CancelAsync();
        await running.WaitAsync(Eventually.Patience, CancellationToken.None);
        await Eventually.TrueAsync(() => _pool.Outstanding == 0 && Volatile.Read(ref _elements) == 0 && cameras.All(camera => camera.Open == 0));
    }

    /// <summary>What the process holds when all is collected that can be.</summary>
    private static (long Bytes, int Threads) Hold()
    {
        using var process = Process.GetCurrentProcess();
        return (GC.GetTotalMemory(forceFullCollection: true), process.Threads.Count);
    }

    private static PipelineConfiguration Configure(string name) =>
        new(name, new SourceOptions { Id = name, Uri = name }, [new ElementConfiguration("holds", new NoOptions())]);

    /// <summary>Lets time pass, and waits until everybody has done what was due.</summary>
    private async Task PassAsync(List<BreakingCamera> cameras, PipelineSupervisor supervisor)
    {
        var next = _round.Next;
        var began = TimeProvider.System.GetTimestamp();
        _time.Advance(Step);
        while (!SpinWait.SpinUntil(() => next.IsCompleted && _pool.Outstanding == 0 && cameras.All(camera => camera.IsIdle), 20))
        {
            Assert.True(
                TimeProvider.System.GetElapsedTime(began) < Patience,
                $"nothing goes on: round {next.IsCompleted}, frames out {_pool.Outstanding}, not idle {string.Join(", ", cameras.Where(camera => !camera.IsIdle).Select(camera => $"{camera.Id} open {camera.Open}"))}\n{string.Join('\n', supervisor.Observe().Pipelines)}\n{string.Join('\n', _log.Lines.TakeLast(40))}");
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
            _time.Advance(TimeSpan.Zero); // the fake clock forgets to wake somebody when a timer is set at the same moment
        }
    }

    private sealed record NoOptions;

    /// <summary>Knows how many timers wait.</summary>
    private sealed class CountedTime : FakeTimeProvider
    {
        private int _timers;

        public int Timers => Volatile.Read(ref _timers);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Increment(ref _timers);
            return new Counted(base.CreateTimer(callback, state, dueTime, period), this);
        }

        private sealed class Counted(ITimer timer, CountedTime time) : ITimer
        {
            private int _isDisposed;

            public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

            public void Dispose()
            {
                if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
                {
                    Interlocked.Decrement(ref time._timers);
                }

                timer.Dispose();
            }

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }

    /// <summary>Says when the supervisor has looked once more.</summary>
    private sealed class Round : IWatchdog
    {
        private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Next => Volatile.Read(ref _next).Task;

        public void Feed(string status) =>
            Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

        public void Stopping()
        {
        }
    }

    /// <summary>Gives a frame in five seconds, and after a while breaks: with an error, with silence, or without a reason.</summary>
    private sealed class BreakingCamera(string id, FramePool pool, TimeProvider time, int seed) : IFrameSource
    {
        private readonly Random _random = new(seed);
        private long _sequence;
        private readonly ConcurrentDictionary<object, long> _due = new(); // of each connection: when it goes on, by the clock

        public string Id => id;

        public bool IsLive => true;

        public bool IsRepaired { get; set; }

        public int Broken { get; private set; }

        /// <summary>True when nothing is to be expected from it before time passes.</summary>
        public bool IsIdle => _due.Values.All(due => time.GetTimestamp() < due);

        public int Open => _due.Count;

        public async IAsyncEnumerable<Frame> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
        {
            var connection = new object();
            _due[connection] = 0;
            try
            {
                for (var left = _random.Next(400); left > 0 || IsRepaired; left--)
                {
                    yield return pool.Rent(4, 2, PixelFormat.I420, _sequence++, time.GetUtcNow());
                    var waiting = Task.Delay(TimeSpan.FromSeconds(5), time, cancellation);
                    _due[connection] = time.GetTimestamp() + (5 * time.TimestampFrequency);
                    await waiting;
                }

                Broken++;
                _due[connection] = long.MaxValue;
                switch (_random.Next(4))
                {
                    case 0:
                        throw new SourceException("the connection broke");
                    case 1:
                        throw new InvalidOperationException("a defect");
                    case 2:
                        await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation);
                        break;
                }
            }
            finally
            {
                _due.TryRemove(connection, out _);
            }
        }
    }
}

using System.Runtime.CompilerServices;
using Ambianic.Configuration;
using Ambianic.Frames;
using Ambianic.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Pipelines;

/// <summary>A day of cameras that break in every way, in simulated time.</summary>
public sealed class LongRunTests
{
    private const int Cameras = 8;
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(2); // a few of the supervisor's rounds at once, as on a busy machine
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);
    private readonly FramePool _pool = new();
    private readonly CountedTime _time = new();
    private readonly Round _round = new();
    private int _elements;

    [Fact(Timeout = 300_000)]
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
        var supervisor = new PipelineSupervisor(builder, () => HealthPolicy.Default, _round, _time, NullLogger<PipelineSupervisor>.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = supervisor.RunAsync([.. cameras.Select(camera => Configure(camera.Id))], stop.Token);
        for (var passed = TimeSpan.Zero; passed < Day; passed += Step)
        {
            await PassAsync(cameras);
            if (passed.Ticks % TimeSpan.TicksPerMinute == 0)
            {
                Assert.All(cameras, camera => Assert.InRange(camera.Open, 0, 2)); // one, and one that is being given up
                Assert.InRange(Volatile.Read(ref _elements), 0, Cameras * 2);
                Assert.InRange(_time.Timers, 1, 1 + (Cameras * 8));
            }
        }

        Assert.All(cameras, camera => Assert.InRange(camera.Broken, 24, int.MaxValue));
        Assert.All(supervisor.Statuses, status => Assert.InRange(status.Processed, 1000, long.MaxValue));
        cameras.ForEach(camera => camera.IsRepaired = true);
        for (var rounds = 0; !supervisor.Statuses.All(status => status is { State: PipelineState.Watching, Health: HealthState.Healthy }); rounds++)
        {
            Assert.True(rounds < 2 * 1200, string.Join('\n', supervisor.Statuses)); // the longest back-off is ten minutes
            await PassAsync(cameras);
        }

        await stop.CancelAsync();
        await running.WaitAsync(Eventually.Patience, CancellationToken.None);
        await Eventually.TrueAsync(() => _pool.Outstanding == 0 && Volatile.Read(ref _elements) == 0 && cameras.All(camera => camera.Open == 0));
    }

    private static PipelineConfiguration Configure(string name) =>
        new(name, new SourceOptions { Id = name, Uri = name }, [new ElementConfiguration("holds", new NoOptions())]);

    /// <summary>Lets time pass, and waits until everybody has done what was due.</summary>
    private async Task PassAsync(List<BreakingCamera> cameras)
    {
        var next = _round.Next;
        _time.Advance(Step);
        while (!SpinWait.SpinUntil(() => next.IsCompleted && _pool.Outstanding == 0 && cameras.All(camera => camera.IsIdle), 20))
        {
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
    }

    /// <summary>Gives a frame in five seconds, and after a while breaks: with an error, with silence, or without a reason.</summary>
    private sealed class BreakingCamera(string id, FramePool pool, TimeProvider time, int seed) : IFrameSource
    {
        private readonly Random _random = new(seed);
        private long _sequence;
        private long _due;
        private int _open;

        public string Id => id;

        public bool IsLive => true;

        public bool IsRepaired { get; set; }

        public int Broken { get; private set; }

        /// <summary>True when nothing is to be expected from it before time passes.</summary>
        public bool IsIdle => Open == 0 || time.GetTimestamp() < Interlocked.Read(ref _due);

        public int Open => Volatile.Read(ref _open);

        public async IAsyncEnumerable<Frame> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
        {
            Interlocked.Increment(ref _open);
            try
            {
                for (var left = _random.Next(400); left > 0 || IsRepaired; left--)
                {
                    yield return pool.Rent(4, 2, PixelFormat.I420, _sequence++, time.GetUtcNow());
                    var waiting = Task.Delay(TimeSpan.FromSeconds(5), time, cancellation);
                    Interlocked.Exchange(ref _due, time.GetTimestamp() + (5 * time.TimestampFrequency));
                    await waiting;
                }

                Broken++;
                Interlocked.Exchange(ref _due, long.MaxValue);
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
                Interlocked.Decrement(ref _open);
                Interlocked.Exchange(ref _due, 0);
            }
        }
    }
}

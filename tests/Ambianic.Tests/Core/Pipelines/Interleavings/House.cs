using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Health;
using Ambianic.Core.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Core.Pipelines.Interleavings;

/// <summary>
/// Three cameras and a supervisor. For the first seconds cameras fall silent, break and let go late, and elements fail, hang and
/// ignore that they are told to stop; meanwhile the configuration is edited, and the program is stopped. A seed decides all of it.
/// </summary>
internal sealed class House : IDisposable
{
    private static readonly string[] Names = ["door", "yard", "hall"];
    private static readonly TimeSpan FaultsLast = TimeSpan.FromSeconds(10);

    /// <summary>Longer than anything that was told to stop may take.</summary>
    private static readonly TimeSpan Stopping = TimeSpan.FromMinutes(2);

    private readonly FakeTimeProvider _time = new();
    private readonly Random _random;
    private readonly PipelineSupervisor _supervisor;
    private readonly CancellationTokenSource _stop = new();
    private readonly DateTimeOffset _begun;
    private IReadOnlyList<PipelineConfiguration> _wanted = [];
    private DateTimeOffset _lastLook;
    private bool _isOver;

    public House(int seed)
    {
        _random = new Random(seed);
        _begun = _time.GetUtcNow();
        Scheduler = new SeededScheduler(seed, _time);
        var registry = new ElementRegistry();
        registry.Add<Nothing>("first", (_, context) => new FaultyElement(this, context));
        registry.Add<Nothing>("second", (_, context) => new FaultyElement(this, context));
        var services = new ServiceCollection().AddSingleton<ILogger<Pipeline>>(new Logger<Pipeline>(this)).BuildServiceProvider();
        var builder = new PipelineBuilder(registry, options => new FaultyCamera(this, options), services, _time) { Jitter = _random };
        _supervisor = new PipelineSupervisor(builder, Policy, new Watchdog(this), _time, new Logger<PipelineSupervisor>(this));
    }

    public SeededScheduler Scheduler { get; }

    public TimeProvider Time => _time;

    public FramePool Pool { get; } = new();

    /// <summary>What must never be.</summary>
    public List<string> Wrongs { get; } = [];

    /// <summary>Every connection that was ever made.</summary>
    public List<FaultyCamera.Connection> Connections { get; } = [];

    /// <summary>Every element that was ever made.</summary>
    public List<FaultyElement> Elements { get; } = [];

    private bool IsFaulty => _time.GetUtcNow() - _begun < FaultsLast;

    /// <summary>Runs it to its end.</summary>
    /// <returns>What went wrong; empty when all is well.</returns>
    public IReadOnlyList<string> Run()
    {
        var stopsEarly = _random.Next(3) > 0;
        var at = TimeSpan.FromMilliseconds(500 * _random.Next(30));
        var program = Scheduler.Start(async () =>
        {
            _wanted = Draw();
            var running = _supervisor.RunAsync(_wanted, _stop.Token);
            await Task.WhenAll(EditAsync(at), EditAsync(_random.Next(2) == 0 ? at : 2 * at), StopAsync(stopsEarly ? at : Timeout.InfiniteTimeSpan), EndAsync(running));
        });

        if (!stopsEarly)
        {
            if (!Scheduler.RunUntil(() => program.IsCompleted || IsAsConfigured, TimeSpan.FromMinutes(10)))
            {
                Wrongs.Add($"what runs is not what was configured: {string.Join(", ", OpenConnections)} instead of {string.Join(", ", WantedSources)}");
            }

            Scheduler.Start(StopAsync);
        }

        if (!Scheduler.RunUntil(() => program.IsCompleted, Stopping))
        {
            Wrongs.Add("the program does not end");
        }

        Scheduler.RunUntil(() => false, Stopping); // nothing may come after the end, and what was abandoned ends as well
        LookAfterTheEnd(program);
        return Wrongs;
    }

    public void Dispose()
    {
        _supervisor.Dispose();
        _stop.Dispose();
        Scheduler.Dispose();
    }

    /// <summary>True in one of <paramref name="times"/>, while there are faults at all.</summary>
    public bool Fails(int times) => IsFaulty && _random.Next(times) == 0;

    /// <summary>A number below <paramref name="limit"/>.</summary>
    public int Any(int limit) => _random.Next(limit);

    /// <summary>To be told of everything new.</summary>
    public void Begin(string what)
    {
        if (_isOver)
        {
            Wrongs.Add($"{what} after the end");
        }
    }

    private IEnumerable<string> WantedSources => _wanted.Where(pipeline => pipeline.IsEnabled).Select(pipeline => pipeline.Source!.Id).Order(StringComparer.Ordinal);

    private IEnumerable<string> OpenConnections =>
        Connections.Where(connection => connection.IsOpen).Select(connection => connection.Source).Order(StringComparer.Ordinal);

    private bool IsAsConfigured => !IsFaulty && WantedSources.SequenceEqual(OpenConnections)
        && _supervisor.Observe().Pipelines.All(pipeline => pipeline.State is PipelineState.Running or PipelineState.Disabled);

    /// <summary>Each pipeline is as it was, changed, with another's camera, disabled or gone.</summary>
    private List<PipelineConfiguration> Draw()
    {
        var shift = _random.Next(2);
        List<PipelineConfiguration> drawn = [];
        for (var i = 0; i < Names.Length; i++)
        {
            var (version, camera, kind) = (_random.Next(2), (i + shift) % Names.Length, _random.Next(8));
            if (kind > 0)
            {
                drawn.Add(new PipelineConfiguration(
                    Names[i],
                    new SourceOptions { Id = $"{Names[i]}/{version}/{camera}", Uri = $"camera {camera}" },
                    [new ElementConfiguration("first", new Nothing()), new ElementConfiguration("second", new Nothing())])
                {
                    Fingerprint = $"{version}/{camera}",
                    Problems = kind == 1 ? [new ConfigurationProblem("config.yaml", 1, 1, Names[i], "wrong")] : [],
                });
            }
        }

        return drawn;
    }

    private async Task EditAsync(TimeSpan at)
    {
        await Task.Delay(at, _time, CancellationToken.None);
        var next = Draw();
        if (!_stop.IsCancellationRequested)
        {
            _wanted = next;
        }

        await _supervisor.ApplyAsync(next, CancellationToken.None);
    }

    private async Task StopAsync(TimeSpan at)
    {
        await Task.Delay(at, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await StopAsync();
    }

    private Task StopAsync()
    {
        if (!_stop.IsCancellationRequested)
        {
            if (_time.GetUtcNow() - _lastLook > TimeSpan.FromSeconds(4))
            {
                Wrongs.Add("the supervisor does not look any more");
            }

            _stop.Cancel();
        }

        return Task.CompletedTask;
    }

    private async Task EndAsync(Task running)
    {
        await running;
        if (!_stop.IsCancellationRequested)
        {
            Wrongs.Add("the supervisor ended though nobody stopped it");
        }

        _isOver = true;
    }

    private void LookAfterTheEnd(Task program)
    {
        if (program.Exception is { } error)
        {
            Wrongs.Add($"it failed: {error}");
        }

        if (OpenConnections.ToList() is { Count: > 0 } open)
        {
            Wrongs.Add($"still connected: {string.Join(", ", open)}");
        }

        if (Pool.Outstanding != 0)
        {
            Wrongs.Add($"{Pool.Outstanding} frame(s) were not given back");
        }

        foreach (var element in Elements.Where(element => element.Disposed != 1))
        {
            Wrongs.Add($"an element of {element.Pipeline} was disposed {element.Disposed} times");
        }

        if (Scheduler.Escape is { } escape)
        {
            Wrongs.Add($"work left the scheduler, so the seed does not repeat it: {escape}");
        }
    }

    private HealthPolicy Policy()
    {
        Scheduler.MayYield();
        return new HealthPolicy(TimeSpan.FromSeconds(4));
    }

    private sealed record Nothing;

    private sealed class Watchdog(House house) : IWatchdog
    {
        public void Feed(string status)
        {
            house.Begin("a look");
            house._lastLook = house._time.GetUtcNow();
            house.Scheduler.MayYield();
        }

        public void Stopping() => house.Scheduler.MayYield();
    }

    private sealed class Logger<T>(House house) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name == nameof(Ambianic.Core.Log.SupervisionFailed) || exception is ObjectDisposedException or NullReferenceException)
            {
                house.Wrongs.Add($"{formatter(state, exception)} {exception}");
            }

            house.Scheduler.MayYield();
        }
    }
}

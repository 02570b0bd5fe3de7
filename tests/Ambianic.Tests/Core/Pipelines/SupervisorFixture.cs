using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Health;
using Ambianic.Core.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Core.Pipelines;

/// <summary>A supervisor on a fake clock that looks after scripted sources.</summary>
public abstract class SupervisorFixture
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected FramePool Pool { get; } = new();

    protected FakeTimeProvider Time { get; } = new();

    private protected LogRecorder<PipelineSupervisor> Log { get; } = new();

    private protected LogRecorder<Pipeline> PipelineLog { get; } = new();

    protected ElementRegistry Registry { get; } = new();

    protected Watchdog Dog { get; } = new();

    protected HealthPolicy Policy { get; set; } = HealthPolicy.Default;

    protected static PipelineConfiguration Configure(string name, params string[] elements) => new(
        name,
        new SourceOptions { Id = name, Uri = name },
        [.. elements.Select(element => new ElementConfiguration(element, new NoOptions()))]);

    protected Running Run(params PipelineConfiguration[] configurations) =>
        Run(_ => new ScriptedSource(Pool, live: false, ScriptedSource.Gives(3)), configurations);

    protected Running Run(IFrameSource source, params PipelineConfiguration[] configurations) => Run(_ => source, configurations);

    protected Running Run(Func<SourceOptions, IFrameSource> source, params PipelineConfiguration[] configurations) =>
        new(Create(source), configurations);

    /// <summary>A supervisor that does not look after anybody by itself.</summary>
    protected PipelineSupervisor Create(Func<SourceOptions, IFrameSource> source)
    {
        var services = new ServiceCollection()
            .AddSingleton<ILogger<Pipeline>>(PipelineLog)
            .BuildServiceProvider();
        return new PipelineSupervisor(new PipelineBuilder(Registry, options => source(options), services, Time), () => Policy, Dog, Time, Log);
    }

    /// <summary>Registers an element whose first instance does not listen when it is asked to stop; others pass on what comes.</summary>
    /// <returns>True when that one hangs.</returns>
    protected Func<bool> AddElementThatHangsOnce(string name, SemaphoreSlim never)
    {
        var made = 0;
        var isHanging = false;
        Registry.Add<NoOptions>(name, (_, _) =>
        {
            var isFirst = Interlocked.Increment(ref made) == 1;
            return new Element(async (sample, next, cancellation) =>
            {
                if (isFirst)
                {
                    Volatile.Write(ref isHanging, true);
                    await never.WaitAsync(CancellationToken.None);
                }

                await next(sample, cancellation);
            });
        });
        return () => Volatile.Read(ref isHanging);
    }

    /// <summary>Lets time pass in the supervisor's own rhythm: it looks once a second.</summary>
    /// <returns>How much time.</returns>
    protected async Task<TimeSpan> AdvanceUntilAsync(Func<bool> condition)
    {
        var start = Time.GetUtcNow();
        await Eventually.TrueAsync(() =>
        {
            if (condition())
            {
                return true;
            }

            var rounds = Dog.Heard.Count;
            Time.Advance(TimeSpan.FromSeconds(1));
            return !SpinWait.SpinUntil(() => Dog.Heard.Count > rounds, Eventually.Patience);
        });
        return Time.GetUtcNow() - start;
    }

    protected sealed record NoOptions;

    protected sealed class Watchdog : IWatchdog
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Heard { get; } = new();

        public bool HasHeardOfTheEnd { get; private set; }

        public void Feed(string status) => Heard.Enqueue(status);

        public void Stopping() => HasHeardOfTheEnd = true;
    }

    protected sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        private readonly Task _task;

        public Running(PipelineSupervisor supervisor, IReadOnlyList<PipelineConfiguration> configurations)
        {
            Supervisor = supervisor;
            _task = supervisor.RunAsync(configurations, _stop.Token);
        }

        public PipelineSupervisor Supervisor { get; }

        /// <summary>How the pipelines are at this moment, without waiting for the supervisor's next look.</summary>
        public IReadOnlyList<PipelineHealth> Now => Supervisor.Observe().Pipelines;

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _task.WaitAsync(Eventually.Patience, CancellationToken.None);
        }
    }
}

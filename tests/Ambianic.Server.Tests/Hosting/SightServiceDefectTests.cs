using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Health;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Timeline;
using Ambianic.Server.Visibility;
using Ambianic.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Server.Tests.Hosting;

/// <summary>What the service does when a report cannot be put on the timeline by a defect.</summary>
public sealed class SightServiceDefectTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ExecuteAsync_OneReportCannotBeStoredByADefect_TheOthersAreTold()
    {
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var (time, log, store) = (new FakeTimeProvider(), new LogRecorder<SightService>(), new Store());
        HealthPolicySource policy = () => HealthPolicy.Default;
        using var supervisor = new PipelineSupervisor(
            new PipelineBuilder(new ElementRegistry(), options => new Silent(options.Id), services, time), policy, new NoWatchdog(), time, new LogRecorder<PipelineSupervisor>());
        await supervisor.ApplyAsync([Configure("door"), Configure("yard")], Cancellation);
        using var service = new SightService(supervisor, store, policy, time, log);
        await service.StartAsync(Cancellation);

        await Eventually.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return store.Told.Contains("yard");
        });

        Assert.Single(log.Lines, line => line.StartsWith("Error: That pipeline door is blind", StringComparison.Ordinal));
        await service.StopAsync(Cancellation);
        await supervisor.ApplyAsync([], Cancellation);
    }

    private static PipelineConfiguration Configure(string name) => new(name, new SourceOptions { Id = name, Uri = name }, []);

    private sealed class NoWatchdog : IWatchdog
    {
        public void Feed(string status)
        {
        }

        public void Stopping()
        {
        }
    }

    /// <summary>A camera that never gives a picture.</summary>
    private sealed class Silent(string id) : IFrameSource
    {
        public string Id => id;

        public bool IsLive => true;

        public async IAsyncEnumerable<Frame> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            yield break;
        }
    }

    /// <summary>Cannot remember anything of the door.</summary>
    private sealed class Store : IEventStore
    {
        public ConcurrentQueue<string> Told { get; } = new();

        public string? Fault => null;

        public ValueTask<string> StartFolderAsync(DateTimeOffset startedAt, CancellationToken cancellation) => ValueTask.FromResult("folder");

        public ValueTask AppendAsync(DetectionEvent detectionEvent, EventPicture? picture, CancellationToken cancellation)
        {
            if (detectionEvent.Pipeline == "door")
            {
                throw new InvalidOperationException("a defect");
            }

            Told.Enqueue(detectionEvent.Pipeline);
            return ValueTask.CompletedTask;
        }

        public ValueTask<bool> PinAsync(string id, bool isPinned, CancellationToken cancellation) => ValueTask.FromResult(false);

        public IAsyncEnumerable<DetectionEvent> QueryAsync(EventQuery query, CancellationToken cancellation) => AsyncEnumerable.Empty<DetectionEvent>();

        public ValueTask<long> CountAsync(EventQuery query, CancellationToken cancellation) => ValueTask.FromResult(0L);
    }
}

using System.Collections.Concurrent;
using Ambianic.Core.Health;
using Ambianic.Core.Timeline;
using Ambianic.Server.Visibility;
using Ambianic.Tests;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Server.Tests.Hosting;

/// <summary>What the service does when a report cannot be put on the timeline by a defect.</summary>
public sealed class OutageServiceDefectTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ExecuteAsync_OneReportCannotBeStoredByADefect_TheOthersAreTold()
    {
        var (time, log, store, feed) = (new FakeTimeProvider(), new LogRecorder<OutageService>(), new Store(), new HealthFeed());
        using var service = new OutageService(feed, store, () => HealthPolicy.Default, time, log);
        await service.StartAsync(Cancellation);

        await Eventually.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            feed.Publish(new HealthSnapshot(time.GetUtcNow(), time.GetTimestamp(), [NoVideo("door"), NoVideo("yard")], null));
            return store.Told.Contains("yard");
        });

        Assert.Single(log.Lines, line => line.StartsWith("Error: Pipeline door: its outage is not put on the timeline", StringComparison.Ordinal));
        await service.StopAsync(Cancellation);

        PipelineHealth NoVideo(string name) =>
            PipelineHealth.Of(new PipelineFacts(name, name, PipelinePhase.Waiting) { LastError = "nothing answers" }, HealthPolicy.Default, time.GetUtcNow(), null);
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

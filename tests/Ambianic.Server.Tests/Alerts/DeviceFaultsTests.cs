using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Core.Timeline;
using Ambianic.Server.Alerts;
using Ambianic.Server.Hosting;
using Ambianic.Tests;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Server.Tests.Alerts;

/// <summary>What is wrong with the device itself, and from when on somebody is told.</summary>
public sealed class DeviceFaultsTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FaultyStore _store = new();
    private readonly TemporaryDirectory _directory = new();
    private readonly CurrentConfiguration _configuration;
    private readonly DeviceFaults _faults;

    public DeviceFaultsTests()
    {
        _configuration = new CurrentConfiguration(Configured());
        _faults = new DeviceFaults(_store, _configuration, _time);
    }

    public async ValueTask DisposeAsync()
    {
        await _faults.StopAsync(CancellationToken.None);
        _faults.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Storage_FailsForAMinute_IsAFaultUntilItIsWellAgain()
    {
        await StartAsync();
        _store.Fault = "the disk is read-only";
        await PassUntilAsync(() => _faults.Now.ContainsKey(AlertKind.Storage));
        Assert.Equal("the disk is read-only", _faults.Now[AlertKind.Storage]);

        _store.Fault = null;
        await PassUntilAsync(() => _faults.Now.Count == 0);
    }

    [Fact]
    public async Task Storage_FailsForAMoment_IsNone()
    {
        await StartAsync();
        await PassUntilAsync(() => _store.Looks > 0); // its timer runs
        for (var round = 0; round < 20; round++)
        {
            _store.Fault = round % 3 == 2 ? null : "busy";
            await LookAsync();
            Assert.Empty(_faults.Now);
        }
    }

    [Fact]
    public async Task Configuration_AnEditIsWrong_IsAFaultUntilItIsCorrected()
    {
        await StartAsync();
        _configuration.Reject(Configured() with { Problems = [new ConfigurationProblem("config.yaml", 3, 1, "sorces", "unknown key 'sorces'")] });
        await PassUntilAsync(() => _faults.Now.ContainsKey(AlertKind.Configuration));
        Assert.Contains("unknown key 'sorces'", _faults.Now[AlertKind.Configuration], StringComparison.Ordinal);

        _configuration.Accept(Configured());
        await PassUntilAsync(() => _faults.Now.Count == 0);
    }

    private ConfigurationResult Configured() => new(new AmbianicConfiguration { DataDir = _directory.Path }, [], []);

    private Task StartAsync() => _faults.StartAsync(TestContext.Current.CancellationToken);

    private Task PassUntilAsync(Func<bool> condition) => Eventually.TrueAsync(() =>
    {
        _time.Advance(TimeSpan.FromSeconds(10));
        return condition();
    });

    /// <summary>Ten seconds pass, and it has looked.</summary>
    private async Task LookAsync()
    {
        var looks = _store.Looks;
        _time.Advance(TimeSpan.FromSeconds(10));
        await Eventually.TrueAsync(() => _store.Looks > looks);
    }

    private sealed class FaultyStore : IEventStore
    {
        private int _looks;
        private volatile string? _fault;

        public int Looks => Volatile.Read(ref _looks);

        public string? Fault
        {
            get
            {
                var fault = _fault;
                Interlocked.Increment(ref _looks);
                return fault;
            }
            set => _fault = value;
        }

        public ValueTask<string> StartFolderAsync(DateTimeOffset startedAt, CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask AppendAsync(DetectionEvent detectionEvent, EventPicture? picture, CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask<bool> PinAsync(string id, bool isPinned, CancellationToken cancellation) => throw new NotSupportedException();

        public IAsyncEnumerable<DetectionEvent> QueryAsync(EventQuery query, CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask<long> CountAsync(EventQuery query, CancellationToken cancellation) => throw new NotSupportedException();
    }
}

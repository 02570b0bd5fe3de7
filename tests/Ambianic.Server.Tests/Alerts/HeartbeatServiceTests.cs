using System.Net;
using Ambianic.Core.Configuration;
using Ambianic.Core.Health;
using Ambianic.Server.Alerts;
using Ambianic.Server.Hosting;
using Ambianic.Tests;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Server.Tests.Alerts;

public sealed class HeartbeatServiceTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly HealthFeed _health = new();
    private readonly Monitor _monitor = new();
    private readonly FakeAlertDesk _alerts = new(TimeProvider.System);
    private readonly LogRecorder<HeartbeatService> _log = new();
    private readonly HeartbeatService _service;

    private readonly CurrentConfiguration _configuration = new(Configured(new HeartbeatOptions { Url = "https://monitor.example.org/push/Wren9Owl77" }));

    public HeartbeatServiceTests() => _service = new HeartbeatService(_configuration, _health, _alerts, _monitor, _time, _log);

    public async ValueTask DisposeAsync()
    {
        await _service.StopAsync(CancellationToken.None);
        _service.Dispose();
        _monitor.Dispose();
    }

    [Fact]
    public async Task AllIsWell_Beats()
    {
        await StartAsync(VisibilityState.Visible, VisibilityState.Off);
        await PassAsync(minutes: 3);

        Assert.True(_monitor.Beats >= 3);
    }

    [Theory]
    [InlineData(VisibilityState.NoVideo)]
    [InlineData(VisibilityState.Frozen)]
    public async Task OnePipelineIsOut_IsSilentUntilItIsBack(VisibilityState visibility)
    {
        await StartAsync(VisibilityState.Visible, visibility);
        await PassAsync(minutes: 3);
        Assert.Equal(0, _monitor.Beats);

        _visibilities = [VisibilityState.Visible, VisibilityState.Visible];
        await Eventually.TrueAsync(() => Beaten(1));
    }

    [Fact]
    public async Task AlertingHangs_IsSilentUntilItGoesOn()
    {
        _alerts.IsAlive = false;
        await StartAsync(VisibilityState.Visible);
        await PassMinutesAsync(10);
        Assert.Equal(0, _monitor.Beats);

        _alerts.IsAlive = true;
        await Eventually.TrueAsync(() => Beaten(1));
    }

    [Fact]
    public async Task SupervisorIsSilent_IsSilentToo()
    {
        await StartAsync(VisibilityState.Visible);
        await Eventually.TrueAsync(() => Beaten(1));
        var beats = _monitor.Beats;
        _time.Advance(TimeSpan.FromMinutes(1));
        for (var minute = 0; minute < 10; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1)); // and nobody publishes
        }

        Assert.InRange(_monitor.Beats, beats, beats + 1);
    }

    [Fact]
    public async Task MonitorDoesNotTakeIt_IsLoggedOnceWithoutTheAddress()
    {
        _monitor.Status = HttpStatusCode.NotFound;
        await StartAsync(VisibilityState.Visible);
        await Eventually.TrueAsync(() => Beaten(4));

        var line = Assert.Single(_log.Lines);
        Assert.Contains("404", line, StringComparison.Ordinal);
        Assert.DoesNotContain("Wren9Owl77", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Configuration_IsEdited_IsInForceAtOnce()
    {
        _configuration.Accept(Configured(new HeartbeatOptions { Url = "https://monitor.example.org/a", Every = TimeSpan.FromHours(20) }));
        await StartAsync(VisibilityState.Visible);
        await Eventually.TrueAsync(() => Beaten(1));
        await PassMinutesAsync(10);
        Assert.Equal(1, _monitor.Beats);

        _configuration.Accept(Configured(new HeartbeatOptions { Url = "https://monitor.example.org/b", Every = TimeSpan.FromHours(20) }));
        await Eventually.TrueAsync(() => Beaten(2));

        Assert.Equal("https://monitor.example.org/b", _monitor.Last?.ToString());
    }

    private static ConfigurationResult Configured(HeartbeatOptions heartbeat) => new(new AmbianicConfiguration { Heartbeat = heartbeat }, [], []);

    private VisibilityState[] _visibilities = [];

    private Task StartAsync(params VisibilityState[] visibilities)
    {
        _visibilities = visibilities;
        Publish();
        return _service.StartAsync(TestContext.Current.CancellationToken);
    }

    private async Task PassMinutesAsync(int minutes)
    {
        for (var second = 0; second < minutes * 60; second += 10)
        {
            Publish();
            _time.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }
    }

    private async Task PassAsync(int minutes)
    {
        await PassMinutesAsync(minutes);
        Publish();
        await Eventually.TrueAsync(() => _visibilities.Any(visibility => visibility is not (VisibilityState.Visible or VisibilityState.Off)) || Beaten(minutes));
    }

    private bool Beaten(int count)
    {
        Publish();
        _time.Advance(TimeSpan.FromSeconds(10));
        return _monitor.Beats >= count;
    }

    private void Publish() => _health.Publish(new HealthSnapshot(
        _time.GetUtcNow(),
        _time.GetTimestamp(),
        [.. _visibilities.Select((visibility, index) => new PipelineHealth
        {
            Name = $"p{index}", SourceId = "s", State = PipelineState.Running, Since = _time.GetUtcNow(), Visibility = visibility, VisibilitySince = _time.GetUtcNow(), Reason = null,
        })],
        SystemicFault: null));

    private sealed class Monitor : HttpMessageHandler, IHttpClientFactory
    {
        private int _beats;

        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        public int Beats => Volatile.Read(ref _beats);

        public Uri? Last { get; private set; }

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Last = request.RequestUri;
            Interlocked.Increment(ref _beats);
            return Task.FromResult(new HttpResponseMessage(Status));
        }
    }
}

using Ambianic.Core.Configuration;
using Ambianic.Core.Health;
using Ambianic.Core.Mqtt;
using Ambianic.Core.Pipelines;
using Ambianic.Inference.Sessions;
using Ambianic.Server.Hosting;

namespace Ambianic.Server.Metrics;

/// <summary>Measures and tells as the configuration says, also after an edit.</summary>
internal sealed class MetricsService : BackgroundService
{
    private readonly CurrentConfiguration _current;
    private readonly MetricsCollector _collector;
    private readonly SampleMetrics _samples;
    private readonly ILogger _logger;
    private OtlpExport? _export;
    private HashSet<string> _exported = [];

    /// <param name="current">The configuration.</param>
    /// <param name="collector">Adds up for <c>/metrics</c>.</param>
    /// <param name="samples">Leave traces.</param>
    /// <param name="instruments">Those that nobody else asks for: they are there once this is.</param>
    /// <param name="logger">Told whether the collector of OpenTelemetry answers.</param>
    public MetricsService(CurrentConfiguration current, MetricsCollector collector, SampleMetrics samples, OwnInstruments instruments, ILogger<MetricsService> logger)
    {
        (_current, _collector, _samples, _logger) = (current, collector, samples, logger);
        _ = instruments;
        Apply();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var edit = _current.NextEdit;
                Apply();
                await edit.WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            await OtlpExport.EndAsync(Interlocked.Exchange(ref _export, null)); // what is new goes out
        }
    }

    private void Apply()
    {
        var configuration = _current.Result.Configuration;
        _collector.IsOn = configuration.Metrics.Enabled;
        Export(configuration);
        _samples.TraceEvery = _export is null ? 0 : configuration.Metrics.Otlp.TraceEvery;
    }

    /// <summary>The library never forgets a series: another export begins when a pipeline or a source is gone.</summary>
    private void Export(AmbianicConfiguration configuration)
    {
        var otlp = configuration.Metrics.Otlp;
        HashSet<string> names = [.. configuration.Pipelines.SelectMany(pipeline => (string[])[pipeline.Name, pipeline.Source?.Id ?? ""])];
        if (_export is null ? otlp.Endpoint.Length > 0 : !_export.IsOf(otlp) || !_exported.IsSubsetOf(names))
        {
            _ = OtlpExport.EndAsync(_export);
            _export = OtlpExport.TryStart(otlp, _logger);
        }

        _exported = names;
    }

    /// <summary>Instruments that nobody works with: they only tell.</summary>
    internal sealed record OwnInstruments(HealthMetrics Health, MqttMetrics Mqtt, DeviceMetrics Device, InferenceMetrics Inference);
}

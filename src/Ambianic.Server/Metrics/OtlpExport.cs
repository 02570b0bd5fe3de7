using Ambianic.Core.Configuration;
using Ambianic.Core.Metrics;
using Ambianic.Server.Api;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Ambianic.Server.Metrics;

/// <summary>Sends measurements and traces to a collector of OpenTelemetry. Nothing waits for it; what the collector does not take is lost.</summary>
internal sealed class OtlpExport : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly OtlpOptions _options;
    private readonly Uri _collector;
    private readonly CollectorConnection _connection;
    private readonly MeterProvider _metrics;
    private readonly TracerProvider? _traces;

    private OtlpExport(OtlpOptions options, Uri collector, ILogger logger)
    {
        _options = options;
        _collector = collector;
        _connection = new CollectorConnection(collector, logger);
        _metrics = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(Describe)
            .AddMeter([.. WantedInstruments.Meters])
            .AddView(instrument => WantedInstruments.Includes(instrument) ? null : MetricStreamConfiguration.Drop)
            .SetExemplarFilter(ExemplarFilterType.TraceBased)
            .AddReader(new PeriodicExportingMetricReader(new OtlpMetricExporter(Signal("metrics")), (int)options.Every.TotalMilliseconds, (int)Patience.TotalMilliseconds))
            .Build();
        _traces = options.TraceEvery == 0 ? null : Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(Describe)
            .AddSource(Instruments.Name)
            .SetSampler(new AlwaysOnSampler()) // who begins a trace has chosen
            .AddProcessor(new BatchActivityExportProcessor(new OtlpTraceExporter(Signal("traces")), exporterTimeoutMilliseconds: (int)Patience.TotalMilliseconds))
            .Build();
    }

    /// <summary>Begins to send.</summary>
    /// <returns>Null when there is no collector to send to.</returns>
    public static OtlpExport? TryStart(OtlpOptions options, ILogger logger) =>
        Uri.TryCreate(options.Endpoint, UriKind.Absolute, out var collector) && collector.Scheme is "http" or "https" ? new OtlpExport(options, collector!, logger) : null;

    /// <summary>Sends what is new and ends; a collector that hangs is not waited for.</summary>
    /// <param name="export">Null does nothing.</param>
    public static Task EndAsync(OtlpExport? export) => export is null
        ? Task.CompletedTask
        : Task.WhenAny(Task.Run(export.Dispose), Task.Delay(Farewell, TimeProvider.System));

    /// <summary>True when these options would send the same to the same.</summary>
    public bool IsOf(OtlpOptions options) =>
        _options with { Headers = options.Headers } == options && _options.Headers.OrderBy(header => header.Key).SequenceEqual(options.Headers.OrderBy(header => header.Key));

    /// <inheritdoc/>
    public void Dispose()
    {
        _traces?.Dispose();
        _metrics.Dispose();
        _connection.Dispose();
    }

    private static void Describe(ResourceBuilder resource) =>
        resource.AddService("ambianic", serviceVersion: DeviceApi.Version, autoGenerateServiceInstanceId: false, serviceInstanceId: Environment.MachineName);

    private OtlpExporterOptions Signal(string name) => new()
    {
        Protocol = OtlpExportProtocol.HttpProtobuf,
        Endpoint = new Uri($"{_collector.GetLeftPart(UriPartial.Path).TrimEnd('/')}/v1/{name}{_collector.Query}"),
        TimeoutMilliseconds = (int)Patience.TotalMilliseconds,
        HttpClientFactory = () =>
        {
            var client = new HttpClient(_connection, disposeHandler: false) { Timeout = Patience };
            foreach (var (header, value) in _options.Headers)
            {
                client.DefaultRequestHeaders.Add(header, value);
            }

            return client;
        },
    };
}

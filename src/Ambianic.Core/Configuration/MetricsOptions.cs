using System.ComponentModel.DataAnnotations;

namespace Ambianic.Core.Configuration;

/// <summary>The section <c>metrics</c>: measurements for Prometheus and for collectors of OpenTelemetry.</summary>
public sealed record MetricsOptions
{
    /// <summary><c>false</c> turns <c>/metrics</c> off. The default is true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>True lets anybody who reaches this device read <c>/metrics</c> without the role <c>viewer</c>: the names of cameras, and when they see something. The default is false.</summary>
    public bool Anonymous { get; init; }

    /// <summary>A collector that is sent measurements and traces.</summary>
    public OtlpOptions Otlp { get; init; } = new();
}

/// <summary>The key <c>metrics.otlp</c>: a collector of OpenTelemetry, spoken to by OTLP over HTTP.</summary>
public sealed record OtlpOptions
{
    /// <summary>Its address, <c>http</c> or <c>https</c>, for example <c>http://collector:4318</c>; <c>/v1/metrics</c> and <c>/v1/traces</c> are added. Empty is none.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>Headers of each request by name, for example <c>Authorization</c>; their values are secrets.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>How often measurements are sent. The default is 1m.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>One of so many samples of a pipeline leaves a trace of its way through the elements; 0 sends no traces. The default is 100.</summary>
    [Range(0, int.MaxValue)]
    public int TraceEvery { get; init; } = 100;
}

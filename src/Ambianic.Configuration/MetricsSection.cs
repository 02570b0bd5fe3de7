using Ambianic.Core.Configuration;

namespace Ambianic.Configuration;

/// <summary>Finds what keeps the section <c>metrics</c> from working, and what was probably meant otherwise.</summary>
/// <param name="document">The merged document.</param>
/// <param name="options">The section, bound.</param>
/// <param name="problems">Receives what is found.</param>
internal sealed class MetricsSection(MappingNode document, MetricsOptions options, ProblemList problems)
{
    private const string Section = "metrics";

    /// <summary>Adds all errors and warnings.</summary>
    public void Report()
    {
        var otlp = options.Otlp;
        if (otlp.Endpoint.Length > 0 && !(Uri.TryCreate(otlp.Endpoint, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
        {
            problems.Add(PlaceOf("otlp", "endpoint"), $"{Section}.otlp.endpoint", "must be an address such as http://collector:4318");
        }

        foreach (var header in otlp.Headers.Where(header => !IsHeader(header.Key, header.Value)))
        {
            problems.Add(PlaceOf("otlp", "headers", header.Key), $"{Section}.otlp.headers.{header.Key}", "is not a header that can be sent: its name must be one word, and its value one line");
        }

        if (otlp.Endpoint.Length == 0 && otlp.Headers.Count > 0)
        {
            Warn("are sent to nobody: otlp.endpoint is not set", "otlp", "headers");
        }

        if (options is { Enabled: false, Anonymous: true })
        {
            Warn("has no effect: metrics.enabled is false", "anonymous");
        }
    }

    private static bool IsHeader(string name, string value)
    {
        using var request = new HttpRequestMessage();
        try
        {
            request.Headers.Add(name, value);
            return true;
        }
        catch (Exception error) when (error is FormatException or ArgumentException or InvalidOperationException)
        {
            return false; // also a header of content, such as Content-Type
        }
    }

    private Place PlaceOf(params ReadOnlySpan<string> path)
    {
        var (place, node) = (document.Find(Section)?.KeyPlace ?? document.Place, document.Find(Section)?.Value);
        foreach (var key in path)
        {
            if ((node as MappingNode)?.Find(key) is not { } entry)
            {
                break;
            }

            (place, node) = (entry.Value is MappingNode ? entry.KeyPlace : entry.Value.Place, entry.Value);
        }

        return place;
    }

    private void Warn(string message, params ReadOnlySpan<string> path)
    {
        var place = PlaceOf(path);
        problems.Add(new ConfigurationProblem(place.File, place.Line, place.Column, $"{Section}.{string.Join('.', path)}", message, null) { IsWarning = true });
    }
}

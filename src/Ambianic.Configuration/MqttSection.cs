using Ambianic.Core.Configuration;
using Ambianic.Core.Mqtt;

namespace Ambianic.Configuration;

/// <summary>Finds what keeps the section <c>mqtt</c> from working, and what was probably meant otherwise.</summary>
/// <param name="document">The merged document.</param>
/// <param name="configuration">The same, bound.</param>
/// <param name="problems">Receives what is found.</param>
internal sealed class MqttSection(MappingNode document, AmbianicConfiguration configuration, ProblemList problems)
{
    private const string Section = "mqtt";

    /// <summary>Adds all errors and warnings.</summary>
    public void Report()
    {
        var options = configuration.Mqtt;
        foreach (var (key, problem) in MqttCheck.Of(options))
        {
            problems.Add(PlaceOf(key), $"{Section}.{key}", problem);
        }

        foreach (var (key, file) in ((string, string?)[])[("ca_file", options.CaFile), ("certificate_file", options.CertificateFile), ("key_file", options.KeyFile)])
        {
            if (file is { Length: > 0 } && !File.Exists(file))
            {
                Warn(key, $"the file {Credentials.Mask(file)} is not there; put it there or correct the path");
            }
            else if (file is { Length: > 0 } && options.Uri.StartsWith("mqtt://", StringComparison.OrdinalIgnoreCase))
            {
                Warn(key, "is not used: mqtt.uri does not begin with mqtts://");
            }
        }

        foreach (var source in options.Discovery.Areas.Keys.Where(source => !configuration.Sources.ContainsKey(source)))
        {
            Warn($"discovery.areas.{source}", "there is no source of this name", Suggestions.Nearest(source, configuration.Sources.Keys));
        }

        if (options.Uri.Length > 0 && options.Broker.Enabled)
        {
            Warn("broker.enabled", "the broker within Ambianic runs, and is told nothing: mqtt.uri names another one");
        }
    }

    private Place PlaceOf(string path)
    {
        var (place, node) = (document.Find(Section)?.KeyPlace ?? document.Place, document.Find(Section)?.Value);
        foreach (var key in path.Split('.'))
        {
            if ((node as MappingNode)?.Find(key) is not { } entry)
            {
                break;
            }

            (place, node) = (entry.Value is MappingNode ? entry.KeyPlace : entry.Value.Place, entry.Value);
        }

        return place;
    }

    private void Warn(string key, string message, string? suggestion = null)
    {
        var place = PlaceOf(key);
        problems.Add(new ConfigurationProblem(place.File, place.Line, place.Column, $"{Section}.{key}", message, suggestion) { IsWarning = true });
    }
}

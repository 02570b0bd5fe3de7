using System.Text.Json.Nodes;
using Ambianic.Core.Configuration;

namespace Ambianic.Server.Hosting;

/// <summary>What a configuration that comes from the API may not change, unless <c>api.allow_local_sources</c> allows it: what reads or writes files of this computer, and who decides about that.</summary>
internal static class ComputerReach
{
    private static readonly string[] Kept = ["data_dir", "logging.file", "timeline.event_log", "ui.tls", "ui.trusted_proxies", "api"];

    /// <summary>Why a configuration may not be set through the API; empty when it may.</summary>
    /// <param name="now">What is in force.</param>
    /// <param name="next">What is to be.</param>
    public static IReadOnlyList<ConfigurationProblem> Problems(ConfigurationResult now, ConfigurationResult next)
    {
        if (now.Configuration.Api.AllowLocalSources)
        {
            return [];
        }

        var known = Sources(now.Configuration).Select(source => (source.Source.Uri, source.Source.Format)).ToHashSet();
        return
        [
            .. Kept.Where(key => !JsonNode.DeepEquals(At(now.Effective, key), At(next.Effective, key)))
                .Select(key => Problem(key, "is changed in the file by hand")),
            .. Sources(next.Configuration).Where(source => !IsNetwork(source.Source) && !known.Contains((source.Source.Uri, source.Source.Format)))
                .Select(source => Problem(source.Path, "names a file, a device or a program of this computer, or a format; such a source is written into the file by hand"))
                .Distinct(),
        ];
    }

    /// <summary>A decoder reads what a format says, so a format may lead from a stream to files.</summary>
    private static bool IsNetwork(SourceOptions source) =>
        source.Format is null && SourceAddress.SchemeOf(source.Uri) is { } scheme && SourceAddress.Networks.Contains(scheme, StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<(string Path, SourceOptions Source)> Sources(AmbianicConfiguration configuration) =>
        configuration.Sources.Select(source => ($"sources.{Credentials.MaskName(source.Key)}", source.Value))
            .Concat(configuration.Pipelines.Where(pipeline => pipeline.Source is not null).Select(pipeline => ($"pipelines.{Credentials.MaskName(pipeline.Name)}", pipeline.Source!)));

    private static JsonNode? At(JsonNode effective, string path) => path.Split('.').Aggregate((JsonNode?)effective, (node, key) => node?[key]);

    private static ConfigurationProblem Problem(string path, string message) => new("configuration", 0, 0, path, $"{message}, or the configuration has to say 'api: {{allow_local_sources: true}}' first");
}

using System.Text.Json;
using System.Text.RegularExpressions;
using Ambianic.Tests;

namespace Ambianic.Server.Tests;

/// <summary>Names that documents put in code font, and whether there is something of that name.</summary>
internal static partial class DocumentedNames
{
    /// <summary>Names that belong to others: programs, models, and the reader's own choice in examples.</summary>
    private static readonly HashSet<string> Foreign =
    [
        "--help", "--project", "--system", "--home-dir", "--shell", "--now", "--bg", "--set-path", // of every command, dotnet, useradd, systemctl and tailscale
        "front_uri", "front_door_camera", "living_room_camera", "from_the_first_edge", "mine_edgetpu", "front_door_7279998f", // of examples
        "http_proxy", "low_delay", "codec_name", "ReadWritePaths", "reverse_proxy", "PushManager", "mosquitto_sub", // of the environment, ffmpeg, systemd, Caddy, browsers and mosquitto
        "StatefulPartitionedCall", "det_scores", "num_dets", "num_predictions", "pred_scores", "shape_signature", // of models
        "face_landmark_with_attention", "face_mesh",
        "GstService", "HealingThread", "HealthChecker", "ObjectDetector", "PipelineServer", "PipelineServerJob", // of Ambianic Edge
        "SaveDetectionEvents", "get_event_log", "get_pipelines", "parse_ai_model_config", "parse_source_config",
    ];

    private static readonly string[] SourceFolders = ["src", "bench", "scripts", "samples"];

    private static readonly HashSet<string> Known = Read();

    /// <summary>Keys with an underscore, types of several words, options, and variables of ours that are in no source file.</summary>
    public static IEnumerable<string> Missing(string document)
    {
        var text = File.ReadAllText(document);
        return Code().Matches(text)
            .SelectMany(code => Name().Matches(code.Value).Select(name => name.Value))
            .Distinct()
            .Where(name => !Known.Contains(name) && !Foreign.Contains(name));
    }

    private static HashSet<string> Read()
    {
        var texts = SourceFolders
            .SelectMany(folder => Directory.EnumerateFiles(ProjectFiles.Locate(folder), "*", SearchOption.AllDirectories))
            .Where(file => !file.Contains("/bin/", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal))
            .Where(file => Path.GetExtension(file) is ".cs" or ".js" or ".sh" or ".py" or ".yaml" or ".service")
            .Append(ProjectFiles.Locate("test.sh"))
            .Select(File.ReadAllText)
            .ToList();
        var metrics = texts.SelectMany(text => Instrument().Matches(text)).Select(name => name.Groups[1].Value.Replace('.', '_'));
        var tests = Directory.EnumerateFiles(ProjectFiles.Locate("tests"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText);
        return
        [
            .. texts.SelectMany(text => Word().Matches(text)).SelectMany(word => (string[])[word.Value, JsonNamingPolicy.SnakeCaseLower.ConvertName(word.Value)]),
            .. metrics.SelectMany(name => (string[])[name, $"{name}_seconds", $"{name}_seconds_total", $"{name}_bytes", $"{name}_bytes_total", $"{name}_ratio", $"{name}_total"]),
            .. tests.SelectMany(text => Variable().Matches(text)).Select(variable => variable.Value),
        ];
    }

    [GeneratedRegex(@"```.*?```|`[^`\n]+`", RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"(?<![\w.-])[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?!\w)|\bAMBIANIC_\w+|(?<![\w-])--[a-z][a-z-]+|\b[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+\b")]
    private static partial Regex Name();

    [GeneratedRegex(@"--[a-z][a-z-]+|\w+")]
    private static partial Regex Word();

    /// <summary>A name that OpenTelemetry would give an instrument.</summary>
    [GeneratedRegex(@"""((?:ambianic|dotnet|http)(?:\.[a-z_]+)+)""")]
    private static partial Regex Instrument();

    [GeneratedRegex(@"\bAMBIANIC_\w+")]
    private static partial Regex Variable();
}

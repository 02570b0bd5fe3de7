using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ambianic.Core.Frames;
using Ambianic.Media.Processes;

namespace Ambianic.Server.Doctor;

/// <summary>The decoder program, and what it was built with.</summary>
internal static partial class FfmpegExam
{
    public const string Check = "ffmpeg";

    /// <summary>What cameras need, by the list that ffmpeg prints it in.</summary>
    private static readonly (string List, string[] Needed)[] Needs =
    [
        ("-decoders", ["h264", "hevc", "mjpeg"]),
        ("-demuxers", ["rtsp"]),
        ("-protocols", ["tcp", "udp", "rtp", "tls", "http"]),
        ("-filters", ["showinfo", "scale", "select"]),
    ];

    public static async Task<IReadOnlyList<Finding>> RunAsync(TimeProvider time, CancellationToken cancellation)
    {
        string path;
        try
        {
            path = Executables.OfThisProcess.Ffmpeg;
        }
        catch (SourceException error)
        {
            return [Finding.Problem(Check, error.Message, "sudo apt-get install ffmpeg; without it only cameras that give pictures over HTTP can be read")];
        }

        if (await ToolOutput.ReadAsync(path, ["-hide_banner", "-version"], time, cancellation) is not { } text)
        {
            return [Finding.Problem(Check, $"{path} does not run", "install ffmpeg again, or name another one with AMBIANIC_FFMPEG")];
        }

        var version = VersionRegex().Match(text).Groups["version"].Value;
        List<string> missing = [];
        foreach (var (list, needed) in Needs)
        {
            var words = (await ToolOutput.ReadAsync(path, ["-hide_banner", list], time, cancellation) ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToHashSet();
            missing.AddRange(needed.Where(name => !words.Contains(name)).Select(name => $"{name} ({list[1..]})"));
        }

        var values = new JsonObject { ["path"] = path, ["version"] = version, ["missing"] = new JsonArray([.. missing.Select(name => JsonValue.Create(name))]) };
        var finding = missing.Count > 0
            ? Finding.Problem(Check, $"{version} at {path} lacks {string.Join(", ", missing)}", "install the whole ffmpeg of your distribution, not a reduced one, or name another with AMBIANIC_FFMPEG")
            : IsOld(version) ? Finding.Warning(Check, $"{version} at {path} is older than 4.4, the oldest that is supported", "upgrade ffmpeg")
            : Finding.Ok(Check, $"{version} at {path}; h264, hevc, mjpeg; rtsp, tls");
        return [finding with { Values = values }];
    }

    private static bool IsOld(string version) => NumbersRegex().Match(version) is { Success: true } numbers
        && Version.TryParse(numbers.Value, out var parsed) && parsed < new Version(4, 4);

    [GeneratedRegex(@"ffmpeg version (?<version>\S+)")]
    private static partial Regex VersionRegex();

    [GeneratedRegex(@"^\d+\.\d+")]
    private static partial Regex NumbersRegex();
}

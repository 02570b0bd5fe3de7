using Ambianic.Core.Configuration;

namespace Ambianic.Media.Sources.Ffmpeg;

/// <summary>
/// An address that ffmpeg reads from its standard input, as a list of ffmpeg's <c>concat</c> with one entry: every user of a computer may
/// read the command lines of all processes, and a camera's address holds its password.
/// </summary>
internal static class InputList
{
    /// <summary>How ffmpeg calls it in its messages.</summary>
    public const string Name = "pipe:0";

    /// <summary>True for an address that is to be handed over so: of RTSP, which was measured, with something in it that is masked.</summary>
    public static bool IsFor(SourceOptions options) =>
        options.Uri.StartsWith("rtsp", StringComparison.OrdinalIgnoreCase)
        && options.Format is null
        && !options.Uri.Any(char.IsControl) // a line of the list ends there
        && Credentials.Mask(options.Uri) != options.Uri;

    /// <summary>Arguments that read it; the demuxer's own stand in the list.</summary>
    /// <param name="protocols">What the address may lead to.</param>
    /// <param name="probe">See <see cref="FfmpegArguments"/>.</param>
    public static string[] Arguments(string protocols, string probe) =>
        ["-probesize", probe, "-fpsprobesize", "0", "-f", "concat", "-safe", "0", "-protocol_whitelist", $"pipe,{protocols}", "-i", Name];

    /// <summary>The list.</summary>
    /// <param name="uri">The address.</param>
    /// <param name="options">Of its demuxer, in pairs as on a command line: <c>-rtsp_transport</c>, <c>tcp</c>.</param>
    public static string Text(string uri, IEnumerable<string> options) =>
        $"ffconcat version 1.0\nfile '{uri.Replace("'", @"'\''", StringComparison.Ordinal)}'\n"
        + string.Concat(options.Chunk(2).Select(pair => $"option {pair[0].TrimStart('-')} {pair[1]}\n"))
        + "option fpsprobesize 0\n";
}

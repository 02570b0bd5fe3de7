namespace Ambianic.Media.Sources.Ffmpeg;

/// <summary>Turns ffmpeg's last words into a sentence for the person who has to act.</summary>
internal static class FfmpegFailure
{
    /// <summary>Words of ffmpeg about data that should be there and is not.</summary>
    private static readonly string[] Damage = ["partial file", "File ended prematurely", "corrupt input packet"];

    /// <summary>
    /// Words of ffmpeg about what is missing, and where. Those that some cameras cause all the time though their pictures are whole
    /// (about PPS, SEI, co-located pictures, the end marker of JPEG) are not among them.
    /// </summary>
    private static readonly (string Words, Loss Loss)[] Losses =
    [
        ("corrupt decoded frame", Loss.InNextPicture),
        ("corrupt input packet", Loss.BetweenPackets),
        ("RTP: missed", Loss.BetweenPackets),
        ("error while decoding", Loss.InNewestPacket),
        ("concealing", Loss.InNewestPacket),
        ("Could not find ref with POC", Loss.InNewestPacket),
        ("error y=", Loss.InNewestPacket),
        ("error dc", Loss.InNewestPacket),
    ];

    /// <summary>Second lines of ffmpeg's warnings, about options that are chosen on purpose.</summary>
    private static readonly string[] Advice = ["Consider increasing", "Please consider"];

    /// <summary>Words of ffmpeg when the next picture is not like the one before.</summary>
    private const string Change = "Changing video frame properties on the fly";

    /// <summary>Words of ffmpeg, the telling ones first, and what they mean.</summary>
    private static readonly (string Words, string Meaning)[] Meanings =
    [
        ("401 Unauthorized", "the user name or password is wrong or missing; check those in the uri"),
        ("403 Forbidden", "the server forbids access to this user or address"),
        ("404 Not Found", "the server has no such stream; check the path in the uri"),
        ("Connection refused", "nothing answers at this address and port; is the camera on, and the port right?"),
        ("Failed to resolve hostname", "the host name is not known; check the uri, or use the camera's IP address"),
        ("No route to host", "the host cannot be reached; is the camera on and in this network?"),
        ("Network is unreachable", "there is no network to reach the host through"),
        ("Connection timed out", "the host does not answer; is the camera on?"),
        ("Connection reset by peer", "the other side cut the connection"),
        ("moov atom not found", "it is not a video, or a recording that was not finished: its index, written last, is missing"),
        ("Permission denied", "this program may not read it; check the file's permissions, for a camera the group \"video\""),
        ("Device or resource busy", "another program uses the camera"),
        ("No such device", "the camera is not plugged in"),
        ("No such file or directory", "there is no such file or device"),
        ("Unknown input format", "ffmpeg does not know the format that is set for this source"),
        ("does not contain any stream", "it holds no pictures"),
        ("Invalid data found", "it is not a video, or a damaged one"),
    ];

    private const int LastSignal = 64; // signal(7)

    /// <summary>True when a line says that the input is cut short or damaged.</summary>
    public static bool TellsOfDamage(string line) => Damage.Any(words => line.Contains(words, StringComparison.OrdinalIgnoreCase));

    /// <summary>Where a line says that something is missing; null when it says no such thing.</summary>
    public static Loss? LossIn(string line)
    {
        foreach (var (words, loss) in Losses)
        {
            if (line.Contains(words, StringComparison.Ordinal))
            {
                return loss;
            }
        }

        return null;
    }

    /// <summary>True when a line only says what else could be set.</summary>
    public static bool IsAdvice(string line) => Advice.Any(words => line.StartsWith(words, StringComparison.Ordinal));

    /// <summary>True when a line says that the pictures have another size or format from now on.</summary>
    public static bool TellsOfChange(string line) => line.Contains(Change, StringComparison.OrdinalIgnoreCase);

    /// <summary>Explains <paramref name="errors"/>, oldest first; without any, the exit code has to do.</summary>
    public static string Explain(IReadOnlyList<string> errors, int? exitCode)
    {
        foreach (var (words, meaning) in Meanings)
        {
            if (errors.LastOrDefault(line => line.Contains(words, StringComparison.OrdinalIgnoreCase)) is { } said)
            {
                return $"{meaning} (ffmpeg: {said})";
            }
        }

        return exitCode switch
        {
            > 128 and <= 128 + LastSignal => $"ffmpeg was ended by signal {exitCode - 128}",
            _ when errors.Count > 0 => $"ffmpeg: {errors[^1]}",
            null => "ffmpeg closed its output and did not end",
            _ => $"ffmpeg ended with exit code {exitCode}",
        };
    }
}

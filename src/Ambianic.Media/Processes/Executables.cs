using Ambianic.Core.Frames;

namespace Ambianic.Media.Processes;

/// <summary>Finds the programs that we start.</summary>
/// <param name="environment">Reads an environment variable; null when it is not set.</param>
public sealed class Executables(Func<string, string?> environment)
{
    /// <summary>As the environment of this process says.</summary>
    public static Executables OfThisProcess { get; } = new(Environment.GetEnvironmentVariable);

    /// <summary>Path of ffmpeg: <c>AMBIANIC_FFMPEG</c>, else the first one in <c>PATH</c>.</summary>
    /// <exception cref="SourceException">There is none; the message says how to get it.</exception>
    public string Ffmpeg => environment("AMBIANIC_FFMPEG") is { Length: > 0 } chosen
        ? File.Exists(chosen) ? chosen : throw new SourceException($"AMBIANIC_FFMPEG names {chosen}, and there is no such file")
        : Find("ffmpeg") ?? throw new SourceException("ffmpeg is not installed: run \"apt-get install ffmpeg\", or set AMBIANIC_FFMPEG to its path");

    /// <summary>Path of the program that reads a Raspberry Pi camera, under its present or its former name.</summary>
    /// <exception cref="SourceException">There is none; the message says how to get it.</exception>
    public string RaspberryPiCamera => Find("rpicam-vid") ?? Find("libcamera-vid")
        ?? throw new SourceException("picamera needs the program rpicam-vid: on Raspberry Pi OS run \"apt-get install rpicam-apps\"");

    /// <summary>Path of <paramref name="program"/> in <c>PATH</c>, or null.</summary>
    public string? Find(string program) => (environment("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);
}

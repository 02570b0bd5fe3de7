using System.ComponentModel;
using Ambianic.Core.Frames;

namespace Ambianic.Media.Processes;

/// <summary>Asks ffmpeg what it is.</summary>
public static class FfmpegVersion
{
    private const string Begin = "ffmpeg version ";

    /// <summary>Its version as it says itself, for example <c>5.1.6-0+deb12u1</c>.</summary>
    /// <exception cref="SourceException">There is none, or it cannot be run; the message says what to do.</exception>
    public static async Task<string> ReadAsync(Executables executables, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            await using var ffmpeg = await ChildProcess.StartAsync(executables, executables.Ffmpeg, ["-version"], withInput: false, _ => { }, time);
            using var reader = new StreamReader(ffmpeg.Output, leaveOpen: true);
            var line = await reader.ReadLineAsync(cancellation) ?? "";
            return line.StartsWith(Begin, StringComparison.Ordinal) ? line[Begin.Length..].Split(' ')[0]
                : throw new SourceException($"{executables.Ffmpeg} does not say its version; is it ffmpeg?");
        }
        catch (Win32Exception error)
        {
            throw new SourceException($"ffmpeg could not be started: {error.Message}", error);
        }
    }
}

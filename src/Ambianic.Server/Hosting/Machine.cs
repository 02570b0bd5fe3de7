using System.Globalization;
using Ambianic.Core.Frames;
using Ambianic.Media.Processes;

namespace Ambianic.Server.Hosting;

/// <summary>The computer that runs this program, and the program on it. What a system does not tell is null.</summary>
/// <param name="time">Clock; the program started when this is made.</param>
internal sealed class Machine(TimeProvider time)
{
    private static readonly TimeSpan LongestQuestion = TimeSpan.FromSeconds(5);

    private readonly long _startedAt = time.GetTimestamp();
    private volatile string? _ffmpeg;

    /// <summary>How long the program has run.</summary>
    public TimeSpan Uptime => time.GetElapsedTime(_startedAt);

    /// <summary>Bytes of memory of the computer, and those that programs could still get; Linux only.</summary>
    public static (long? Total, long? Available) Memory => (MemoryOf("MemTotal"), MemoryOf("MemAvailable"));

    /// <summary>Processes that ran or waited to run, on average of the last 1, 5 and 15 minutes; Linux only.</summary>
    public static IReadOnlyList<double>? Load => Read("/proc/loadavg") is { } text
        ? [.. text.Split(' ').Take(3).Select(number => double.Parse(number, CultureInfo.InvariantCulture))]
        : null;

    /// <summary>Version of ffmpeg, and why there is none.</summary>
    public async Task<(string? Version, string? Fault)> FfmpegAsync(CancellationToken cancellation)
    {
        if (_ffmpeg is { } known)
        {
            return (known, null);
        }

        using var limit = new CancellationTokenSource(LongestQuestion, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            return (_ffmpeg = await FfmpegVersion.ReadAsync(Executables.OfThisProcess, time, either.Token), null);
        }
        catch (SourceException error)
        {
            return (null, error.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, $"ffmpeg -version does not answer within {LongestQuestion.TotalSeconds:0} s");
        }
    }

    private static long? MemoryOf(string key) => Read("/proc/meminfo")?.Split('\n').FirstOrDefault(line => line.StartsWith($"{key}:", StringComparison.Ordinal)) is { } line
        ? long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024
        : null;

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

using System.Collections.Concurrent;
using System.ComponentModel;
using System.Text.RegularExpressions;
using Ambianic.Media.Processes;

namespace Ambianic.Media.Sources.Ffmpeg;

/// <summary>What the ffmpeg of this computer can do. It is asked once.</summary>
internal static partial class FfmpegBuild
{
    private static readonly Version ListsWithOptions = new(5, 1); // tested; 4.4 knows no options in lists
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly ConcurrentDictionary<string, Task<bool>> Known = new();

    /// <summary>True when an <see cref="InputList"/> can be read; false also when nobody knows.</summary>
    /// <param name="executables">Where programs are found.</param>
    /// <param name="path">Of ffmpeg.</param>
    /// <param name="time">Clock.</param>
    public static Task<bool> ReadsListsAsync(Executables executables, string path, TimeProvider time) => Known.GetOrAdd(path, _ => AskAsync(executables, path, time));

    /// <summary>Reads what <c>ffmpeg -version</c> says.</summary>
    internal static bool ReadsLists(string said) =>
        VersionRegex().Match(said) is { Success: true } match && Version.TryParse(match.Groups["version"].Value, out var version) && version >= ListsWithOptions;

    private static async Task<bool> AskAsync(Executables executables, string path, TimeProvider time)
    {
        try
        {
            await using var process = await ChildProcess.StartAsync(executables, path, ["-version"], withInput: false, _ => { }, time);
            using var reader = new StreamReader(process.Output, leaveOpen: true);
            return await reader.ReadLineAsync().WaitAsync(Patience, time) is { } first && ReadsLists(first);
        }
        catch (Exception error) when (error is Win32Exception or IOException or TimeoutException or ObjectDisposedException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^ffmpeg version n?(?<version>\d+\.\d+)")]
    private static partial Regex VersionRegex();
}

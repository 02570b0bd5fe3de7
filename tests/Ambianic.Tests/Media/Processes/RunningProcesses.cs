using System.Runtime.InteropServices;

namespace Ambianic.Tests.Media.Processes;

/// <summary>Looks at, and signals, the processes that a test's source started, as Linux shows them in /proc.</summary>
internal static partial class RunningProcesses
{
    public const int Kill = 9;
    public const int User1 = 10;
    public const int User2 = 12;
    public const int Halt = 19;

    /// <summary>Running processes that were started with this argument.</summary>
    public static IReadOnlyList<int> WithArgument(string argument) =>
    [
        .. from folder in Directory.EnumerateDirectories("/proc")
           let id = int.TryParse(Path.GetFileName(folder), out var number) ? number : 0
           where id > 0 && Arguments(id).Contains(argument)
           select id,
    ];

    /// <summary>What a process has started, and what those have, so far as they run.</summary>
    public static IReadOnlyList<int> Descendants(int process)
    {
        var parents = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? (Id: id, Parent: Parent(id)) : default)
            .Where(one => one.Parent > 0)
            .ToLookup(one => one.Parent, one => one.Id);
        List<int> found = [process];
        for (var i = 0; i < found.Count; i++)
        {
            found.AddRange(parents[found[i]]);
        }

        return found[1..];
    }

    /// <summary>True also for one that has ended and was not reaped, a zombie.</summary>
    public static bool Exist(int process) => Directory.Exists($"/proc/{process}");

    /// <summary>True for one that has not ended, whether it was reaped or not.</summary>
    public static bool Run(int process) => Arguments(process) is [{ Length: > 0 }, ..];

    public static void Signal(IReadOnlyList<int> processes, int signal)
    {
        foreach (var process in processes)
        {
            _ = SendSignal(process, signal);
        }
    }

    private static int Parent(int process)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(status[(status.LastIndexOf(')') + 2)..].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // it has just ended
        }
    }

    private static string[] Arguments(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Split('\0');
        }
        catch (IOException)
        {
            return []; // it has just ended
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}

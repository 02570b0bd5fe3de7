using System.Runtime.InteropServices;

namespace Ambianic.Sources;

/// <summary>Looks at, and signals, the processes that a test's source started, as Linux shows them in /proc.</summary>
internal static partial class Processes
{
    public const int Kill = 9;
    public const int User1 = 10;
    public const int Halt = 19;

    /// <summary>Running processes that were started with this argument.</summary>
    public static IReadOnlyList<int> WithArgument(string argument) =>
    [
        .. from folder in Directory.EnumerateDirectories("/proc")
           let id = int.TryParse(Path.GetFileName(folder), out var number) ? number : 0
           where id > 0 && Arguments(id).Contains(argument)
           select id,
    ];

    /// <summary>True also for one that has ended and was not reaped, a zombie.</summary>
    public static bool Exist(int process) => Directory.Exists($"/proc/{process}");

    public static void Signal(IReadOnlyList<int> processes, int signal)
    {
        foreach (var process in processes)
        {
            _ = SendSignal(process, signal);
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

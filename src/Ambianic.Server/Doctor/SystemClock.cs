using System.Runtime.InteropServices;

namespace Ambianic.Server.Doctor;

/// <summary>What the kernel knows of its clock.</summary>
internal static partial class SystemClock
{
    private const int Unsynchronised = 5; // TIME_ERROR, adjtimex(2)
    private const int LargestTimex = 512; // bytes; struct timex has 208 on 64 bits

    /// <summary>Whether a time service keeps the clock right; null when the system does not say.</summary>
    public static bool? IsSynchronised()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var only = new byte[LargestTimex]; // all zero: reads, and changes nothing
        return AdjustTime(only) switch
        {
            < 0 => null,
            Unsynchronised => false,
            _ => true,
        };
    }

    [LibraryImport("libc", EntryPoint = "adjtimex")]
    private static partial int AdjustTime(Span<byte> timex);
}

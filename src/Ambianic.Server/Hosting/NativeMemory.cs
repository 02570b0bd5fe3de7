using System.Runtime.InteropServices;

namespace Ambianic.Server.Hosting;

/// <summary>Keeps the memory of native libraries together.</summary>
internal static partial class NativeMemory
{
    private const int ArenaMax = -8; // M_ARENA_MAX of mallopt(3)
    private const int Arenas = 2;

    /// <summary>
    /// glibc gives threads memory of their own, eight arenas for each core, and each keeps what its thread once needed: with
    /// many cameras that is tens of megabytes that fill up over hours. To be called before threads are started.
    /// </summary>
    public static void KeepTogether()
    {
        try
        {
            _ = MallOpt(ArenaMax, Arenas);
        }
        catch (Exception error) when (error is EntryPointNotFoundException or DllNotFoundException)
        {
            // another C library, which has no arenas
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int MallOpt(int parameter, int value);
}

using System.Diagnostics;

namespace Ambianic.Tests;

/// <summary>A file that blocks who opens it, until somebody opens its other end.</summary>
internal static class NamedPipe
{
    public static void Make(string path)
    {
        using var mkfifo = Process.Start("mkfifo", [path]);
        mkfifo.WaitForExit();
        Assert.Equal(0, mkfifo.ExitCode);
    }
}

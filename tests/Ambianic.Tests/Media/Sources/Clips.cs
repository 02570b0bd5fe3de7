using System.Diagnostics;
using Ambianic.Media.Processes;

namespace Ambianic.Tests.Media.Sources;

/// <summary>A temporary folder of small video files, made by ffmpeg.</summary>
public sealed class Clips : IDisposable
{
    public Clips() => Folder = Directory.CreateTempSubdirectory("ambianic-clips-").FullName;

    public string Folder { get; }

    /// <summary>Path of the ffmpeg of this machine; skips the test when there is none.</summary>
    public static string RequireFfmpeg()
    {
        if (Executables.OfThisProcess.Find("ffmpeg") is { } ffmpeg)
        {
            return ffmpeg;
        }

        Assert.Skip("ffmpeg is not installed");
        return "";
    }

    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Makes a file of a moving test picture.</summary>
    /// <param name="name">Name of the file; its extension decides the container.</param>
    /// <param name="picture">Parameters of ffmpeg's testsrc2, or a whole lavfi source.</param>
    /// <param name="output">How it is filtered and encoded, in ffmpeg's words.</param>
    public string Make(string name, string picture, string output) =>
        Run(name, $"-f lavfi -i {(picture.StartsWith('s') ? $"testsrc2={picture}" : picture)} {output}");

    /// <summary>Makes a file from arguments of ffmpeg that name everything but the output.</summary>
    public string Run(string name, string arguments)
    {
        var path = Path.Combine(Folder, name);
        string[] words = ["-hide_banner", "-nostdin", "-loglevel", "error", "-y", .. arguments.Split(' '), path];
        using var process = Process.Start(new ProcessStartInfo(RequireFfmpeg(), words))!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return path;
    }

    /// <summary>Makes a file of the first part of another.</summary>
    public string Cut(string path, string name, double part)
    {
        var bytes = File.ReadAllBytes(path);
        var cut = Path.Combine(Folder, name);
        File.WriteAllBytes(cut, bytes[..(int)(bytes.Length * part)]);
        return cut;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

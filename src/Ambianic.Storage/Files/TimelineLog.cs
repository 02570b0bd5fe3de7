using System.Text;
using Ambianic.Core.Timeline;

namespace Ambianic.Storage.Files;

/// <summary>
/// The timeline as a YAML list in a text file, for people and for programs that read that of the reference system. Used by
/// one thread at a time. Every failure leaves a file that the next call can go on with.
/// </summary>
internal sealed class TimelineLog(string path)
{
    private const int LongestFile = 100 * 1024; // as in the reference
    private const int KeptFiles = 100;
    private static readonly byte[] NewEntry = "\n-"u8.ToArray();
    private static readonly byte[] LastKey = "\n  priority: "u8.ToArray();

    private bool _isWhole;

    /// <summary>Adds an event; the operating system has it when this returns.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void Append(DetectionEvent detectionEvent)
    {
        var entry = Encoding.UTF8.GetBytes(EventYaml.Entry(detectionEvent));
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (!_isWhole)
        {
            Mend();
        }

        var length = LengthOf(path);
        if (length > 0 && length + entry.Length > LongestFile)
        {
            Rotate();
        }

        _isWhole = false;
        using (var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read))
        {
            file.Write(entry);
        }

        _isWhole = true;
    }

    /// <summary>Takes away an entry that a crash or a full disk cut off; what cannot be such an entry is kept under another name.</summary>
    private void Mend()
    {
        if (LengthOf(path) is 0 or > LongestFile)
        {
            return; // a long one is rotated away as it is
        }

        var text = File.ReadAllBytes(path).AsSpan();
        if (!text.StartsWith("-"u8))
        {
            Rotate();
            return;
        }

        var whole = text.TrimEnd((byte)0); // a lost tail, as some file systems leave it
        var start = whole.LastIndexOf(NewEntry) + 1;
        var isComplete = whole.EndsWith("\n"u8) && whole[start..].IndexOf(LastKey) >= 0;
        var length = isComplete ? whole.Length : start;
        if (length < text.Length)
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
            file.SetLength(length);
        }
    }

    private void Rotate()
    {
        for (var number = KeptFiles - 1; number > 0; number--)
        {
            if (File.Exists($"{path}.{number}"))
            {
                File.Move($"{path}.{number}", $"{path}.{number + 1}", overwrite: true);
            }
        }

        File.Move(path, $"{path}.1", overwrite: true);
    }

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}

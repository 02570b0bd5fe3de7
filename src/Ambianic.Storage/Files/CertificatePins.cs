using System.Text;
using Ambianic.Core.Frames;

namespace Ambianic.Storage.Files;

/// <summary>
/// What cameras showed when they were first seen, a fingerprint or that their certificate was trusted: a text file with a line for each
/// host and port. It is read at each connection, so that a line that is deleted by hand counts at once. Safe to use from several threads.
/// </summary>
/// <param name="path">Its full path; the file and its folder are created when they are needed.</param>
public sealed class CertificatePins(string path) : ICertificatePins
{
    private const string FileName = "camera-certificates.txt";
    private const string Header =
        "# SHA-256 fingerprints of the certificates of cameras, taken over when they were first seen. \"trusted\" is a camera\n"
        + "# whose certificate this computer trusts. To accept a new certificate, delete the line of its camera.\n";

    private readonly Lock _gate = new();

    /// <summary>The file within a data directory.</summary>
    /// <param name="dataDir">Absolute.</param>
    /// <param name="isReadOnly">See <see cref="IsReadOnly"/>.</param>
    public static CertificatePins In(string dataDir, bool isReadOnly = false) => new(System.IO.Path.Combine(dataDir, FileName)) { IsReadOnly = isReadOnly };

    /// <inheritdoc/>
    public string Path => path;

    /// <summary>True takes over a camera that is not known without storing it.</summary>
    public bool IsReadOnly { get; init; }

    /// <inheritdoc/>
    public string GetOrAdd(string camera, string fingerprint, DateOnly day, out bool isNew)
    {
        lock (_gate)
        {
            var text = File.Exists(path) ? File.ReadAllText(path) : Header;
            var known = text.Split('\n')
                .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                .FirstOrDefault(words => words is [var name, _, ..] && name.Equals(camera, StringComparison.OrdinalIgnoreCase));
            isNew = known is null;
            if (known is not null)
            {
                return known[1];
            }

            if (IsReadOnly)
            {
                return fingerprint;
            }

            var end = text.Length == 0 || text.EndsWith('\n') ? "" : "\n";
            var content = Encoding.UTF8.GetBytes($"{text}{end}{camera} {fingerprint} {day:yyyy-MM-dd}\n");
            DurableFiles.Replace(System.IO.Path.GetDirectoryName(path)!, new NewFile(System.IO.Path.GetFileName(path), content));
            return fingerprint;
        }
    }
}

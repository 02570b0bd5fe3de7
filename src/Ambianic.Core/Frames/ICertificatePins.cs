namespace Ambianic.Core.Frames;

/// <summary>The certificates of cameras that were accepted when they were first seen. Safe to use from several threads.</summary>
public interface ICertificatePins
{
    /// <summary>Where a person finds and deletes them.</summary>
    string Path { get; }

    /// <summary>The fingerprint that is known of a camera. When there is none, <paramref name="fingerprint"/> is stored and returned.</summary>
    /// <param name="camera">Host and port.</param>
    /// <param name="fingerprint">Of the certificate that it shows.</param>
    /// <param name="day">When it is first seen, for the person who reads the file.</param>
    /// <param name="isNew">True when it was stored.</param>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    string GetOrAdd(string camera, string fingerprint, DateOnly day, out bool isNew);
}

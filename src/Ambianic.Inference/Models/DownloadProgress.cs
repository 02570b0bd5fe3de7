namespace Ambianic.Inference.Models;

/// <summary>How far a download is.</summary>
/// <param name="What">The package or file.</param>
/// <param name="Received">Bytes so far.</param>
/// <param name="Total">Bytes in all, known beforehand.</param>
public readonly record struct DownloadProgress(string What, long Received, long Total);

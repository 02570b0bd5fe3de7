using Ambianic.Core.Frames;
using Ambianic.Core.Vision;
using Ambianic.Media.Pictures;

namespace Ambianic.Evaluation.Accuracy;

/// <summary>What was found in a picture file.</summary>
/// <param name="File">As it was named.</param>
/// <param name="Width">In pixels, upright.</param>
/// <param name="Height">In pixels, upright.</param>
/// <param name="Model">Name of the model.</param>
/// <param name="InferenceTime">Time of the detector, with preparation and decoding.</param>
/// <param name="Detections">Most confident first.</param>
public sealed record PictureDetections(
    string File, int Width, int Height, string Model, TimeSpan InferenceTime, IReadOnlyList<Detection> Detections);

/// <summary>Runs a detector on picture files, one by one.</summary>
public sealed class PictureDetector(IDetector detector, TimeProvider time)
{
    private const long LargestFile = 256L << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly FramePool _pool = new();

    /// <summary>Runs it on one file.</summary>
    /// <param name="path">JPEG, PNG, WebP, GIF or BMP; rotated as its EXIF orientation says.</param>
    /// <param name="threshold">Nothing less confident than this is returned, 0 to 1.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="InvalidDataException">The file is no picture or cannot be read; the message names it.</exception>
    /// <exception cref="InferenceException">The model could not be loaded or run.</exception>
    public async Task<PictureDetections> DetectAsync(string path, float threshold, CancellationToken cancellation)
    {
        using var frame = await LoadAsync(path, cancellation);
        await detector.ReadyAsync(cancellation);
        var start = time.GetTimestamp();
        var detections = await detector.DetectAsync(frame, null, threshold, cancellation);
        return new PictureDetections(path, frame.Width, frame.Height, detector.Model, time.GetElapsedTime(start), detections);
    }

    private async Task<Frame> LoadAsync(string path, CancellationToken cancellation)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
            {
                throw new FileNotFoundException(Directory.Exists(path) ? "it is a folder" : "there is no such file");
            }

            // A thread of its own: opening a pipe blocks until somebody writes to it, and cannot be cancelled.
            var content = await Task.Run(() => Read(file), cancellation).WaitAsync(Patience, time, cancellation);
            return PictureDecoder.Decode(content.GetBuffer().AsSpan(0, (int)content.Length), _pool);
        }
        catch (TimeoutException)
        {
            throw new InvalidDataException($"{path}: nothing could be read of it within {Patience.TotalSeconds:0} s; is it a pipe that nobody writes to?");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>Counts what it reads, because devices and pipes have no length.</summary>
    private static MemoryStream Read(FileInfo file)
    {
        using var stream = file.OpenRead();
        var content = new MemoryStream((int)Math.Min(file.Length, LargestFile));
        var part = new byte[1 << 16];
        for (int read; (read = stream.Read(part)) > 0;)
        {
            content.Write(part, 0, read);
            if (content.Length > LargestFile)
            {
                throw new InvalidDataException($"the file is larger than {LargestFile >> 20} MB");
            }
        }

        return content;
    }
}

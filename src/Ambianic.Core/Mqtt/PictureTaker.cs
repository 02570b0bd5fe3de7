using Ambianic.Core.Frames;
using Ambianic.Core.Health;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Timeline;

namespace Ambianic.Core.Mqtt;

/// <summary>Takes a picture of a pipeline now and then: when it has changed, and every few minutes in any case. One call at a time.</summary>
/// <param name="scene">What the pipeline sees.</param>
/// <param name="encoder">Encodes it.</param>
/// <param name="time">Clock.</param>
internal sealed class PictureTaker(Scene scene, IEventPictureEncoder encoder, TimeProvider time)
{
    /// <summary>A part of a 32 x 18 grid that differs by so many levels of 255 has changed; the noise of a sensor does less to its average.</summary>
    private const float LeastChange = 6;

    /// <summary>The light changes so slowly that no two looks differ.</summary>
    private static readonly TimeSpan InAnyCase = TimeSpan.FromMinutes(5);

    private readonly FrameFeatures _features = new();
    private long _number;
    private long? _lookedAt;
    private long? _takenAt;

    /// <summary>To be called about once a second.</summary>
    /// <param name="every">From one picture to the next, at least.</param>
    /// <returns>A JPEG that is to be shown; null when there is none.</returns>
    /// <exception cref="IOException">It cannot be encoded.</exception>
    public byte[]? Take(TimeSpan every)
    {
        var now = time.GetTimestamp();
        if (_lookedAt is { } looked && time.GetElapsedTime(looked, now) < every)
        {
            return null;
        }

        using var picture = scene.Newest(_number);
        if (picture is null)
        {
            return null;
        }

        (_number, _lookedAt) = (picture.Number, now);
        return IsWorthIt(picture.Frame, now) ? encoder.Encode(picture.Frame) : null;
    }

    private bool IsWorthIt(Frame frame, long now)
    {
        _features.At(frame);
        if (_takenAt is { } taken && _features.Change < LeastChange && time.GetElapsedTime(taken, now) < InAnyCase)
        {
            return false;
        }

        _takenAt = now;
        return true;
    }
}

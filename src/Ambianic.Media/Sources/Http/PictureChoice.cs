using Ambianic.Media.Sources.Ffmpeg;

namespace Ambianic.Media.Sources.Http;

/// <summary>
/// Chooses pictures of a camera by our clock: at most the asked rate, and one may come up to an interval early, so that a camera of
/// just this rate loses none when its pictures arrive unevenly. The same rule as <see cref="FfmpegArguments.Choose"/>.
/// </summary>
/// <param name="interval">From one picture to the next.</param>
internal sealed class PictureChoice(TimeSpan interval)
{
    private TimeSpan _due;

    /// <summary>True when the picture that has come is to be looked at.</summary>
    /// <param name="now">Time on a clock that only goes forward.</param>
    public bool Takes(TimeSpan now)
    {
        if (_due - now > interval)
        {
            return false;
        }

        _due = (now > _due ? now : _due) + interval;
        return true;
    }
}

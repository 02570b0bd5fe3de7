using Ambianic.Core.Frames;

namespace Ambianic.Media.Sources.Ffmpeg;

/// <summary>
/// Follows which pictures of one stream are damaged. Each picture is predicted from those before it, so one that is damaged spoils
/// all that follow up to the next whole key frame. A stream that has none for a minute draws its picture again bit by bit.
/// </summary>
internal sealed class DamageTracker
{
    /// <summary>How long an undamaged picture is waited for, before damaged ones are better than none.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>How long a loss counts at most; longer than any usual distance of key frames, for in a still scene nothing but a key frame mends a picture.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private bool _isDamaged;
    private bool _isNextBroken;
    private TimeSpan _now;
    private TimeSpan _since;
    private TimeSpan _lastLoss;

    /// <summary>Something was lost.</summary>
    /// <param name="isInNextPicture">True when it is missing in the picture that comes next; false when it may be another.</param>
    public void Notice(bool isInNextPicture)
    {
        if (!_isDamaged)
        {
            (_isDamaged, _since) = (true, _now);
        }

        _lastLoss = _now;
        _isNextBroken |= isInNextPicture;
    }

    /// <summary>Takes the next picture in the order in which they are shown.</summary>
    /// <param name="at">Its time.</param>
    /// <param name="isKeyFrame">True when it needs no other picture, and no packet of it or of a later one is missing.</param>
    public PictureDamage Decode(TimeSpan at, bool isKeyFrame)
    {
        if (at < _now)
        {
            _since = _lastLoss = at; // the medium started again
        }

        _now = at;
        _isDamaged &= (!isKeyFrame || _isNextBroken) && at - _lastLoss < Longest;
        _isNextBroken = false;
        return !_isDamaged ? PictureDamage.None : at - _since < Patience ? PictureDamage.Damaged : PictureDamage.Lasting;
    }
}

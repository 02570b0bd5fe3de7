using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;

namespace Ambianic.Core.Timeline;

/// <summary>
/// Chooses what of damaged pictures may be saved when there are no others: a label that was seen in several pictures in a row. That
/// drops what shows up for a moment; a smear that stays passes, so the event is marked, too.
/// </summary>
internal sealed class LastingLabels
{
    /// <summary>0.6 s at the default of 5 pictures a second.</summary>
    private const int PicturesInARow = 3;

    private readonly Dictionary<string, (long Picture, int InARow)> _seen = new(StringComparer.Ordinal);
    private long _picture = -1;
    private long _before = -1;

    /// <summary>An undamaged picture has come: what follows it is counted from one.</summary>
    public void Clear() => _seen.Clear();

    /// <summary>Takes what was found in a damaged picture, or in a part of it.</summary>
    /// <param name="detections">What was found.</param>
    /// <param name="picture">Number of the picture.</param>
    /// <returns>Those that may be saved: of a label that lasts, and reports of falls, which are confirmed by their own rule.</returns>
    public IReadOnlyList<Detection> Of(IReadOnlyList<Detection> detections, long picture)
    {
        if (picture != _picture)
        {
            (_before, _picture) = (_picture, picture);
        }

        foreach (var detection in detections)
        {
            var last = _seen.GetValueOrDefault(detection.Label, (Picture: -1, InARow: 0));
            if (last.Picture != picture)
            {
                _seen[detection.Label] = (picture, last.Picture == _before ? last.InARow + 1 : 1);
            }
        }

        return [.. detections.Where(detection => detection.Fall is not null || _seen[detection.Label].InARow >= PicturesInARow)];
    }
}

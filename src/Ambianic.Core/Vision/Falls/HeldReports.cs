using Ambianic.Core.Frames;
using Ambianic.Core.Vision.Falls.Rules;

namespace Ambianic.Core.Vision.Falls;

/// <summary>
/// Holds what was concluded from damaged pictures until undamaged ones confirm it: a smeared picture can look like somebody on the
/// floor. A source calls damage that goes on for ten seconds lasting, and then nothing more is held.
/// </summary>
/// <param name="rule">How long undamaged pictures have to confirm it.</param>
/// <param name="looksUp">Whether the person of a track is on their feet in the latest picture; null when they are not seen in it.</param>
internal sealed class HeldReports(ContinuityRule rule, Func<int, bool?> looksUp)
{
    private readonly List<PersonReport> _held = [];
    private readonly HashSet<int> _refuted = [];
    private TimeSpan? _wholeSince;

    /// <summary>Takes what there is to report of a picture.</summary>
    /// <param name="reports">What was concluded from it.</param>
    /// <param name="damage">Of the picture.</param>
    /// <param name="time">Of the picture.</param>
    /// <returns>What is to be reported now.</returns>
    public IReadOnlyList<PersonReport> Admit(IReadOnlyList<PersonReport> reports, PictureDamage damage, TimeSpan time)
    {
        if (reports.Count > 0 && _refuted.Count > 0)
        {
            reports = [.. reports.Where(IsNotOfRefuted)];
        }

        if (_held.Count == 0 && (reports.Count == 0 || damage != PictureDamage.Damaged))
        {
            return reports;
        }

        _held.AddRange(reports);
        if (damage == PictureDamage.Damaged)
        {
            return [];
        }

        _wholeSince = time < _wholeSince ? time : _wholeSince ?? time;
        if (time - _wholeSince < TimeSpan.FromSeconds(rule.ConfirmUndamagedSeconds))
        {
            return [];
        }

        List<PersonReport> confirmed = [.. _held.GroupBy(item => item.Details.Track).SelectMany(Confirm)];
        _held.Clear();
        _wholeSince = null;
        return confirmed;
    }

    private static bool IsRise(PersonReport report) => report.Kind is FallKind.Recovered or FallKind.GotUp;

    private IEnumerable<PersonReport> Confirm(IGrouping<int, PersonReport> ofPerson)
    {
        if (ofPerson.All(IsRise))
        {
            return ofPerson; // of a fall that was reported before
        }

        switch (looksUp(ofPerson.Key))
        {
            case true:
                if (!ofPerson.Any(IsRise))
                {
                    _refuted.Add(ofPerson.Key); // the scene still takes the person to be down
                }

                return [];
            case false:
                return ofPerson.Where(item => !IsRise(item));
            default:
                return ofPerson;
        }
    }

    /// <summary>What follows from a fall that was none is not reported either, unless the person is seen lying.</summary>
    private bool IsNotOfRefuted(PersonReport report)
    {
        if (!_refuted.Contains(report.Details.Track))
        {
            return true;
        }

        var lies = looksUp(report.Details.Track) == false && !IsRise(report);
        if (lies || IsRise(report))
        {
            _refuted.Remove(report.Details.Track);
        }

        return lies;
    }
}

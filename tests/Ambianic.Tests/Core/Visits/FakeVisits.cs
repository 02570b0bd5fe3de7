using Ambianic.Core.Visits;

namespace Ambianic.Tests.Core.Visits;

/// <summary>Keeps the latest state of each visit, in the order in which they began.</summary>
internal sealed class FakeVisits : IVisitStore
{
    private readonly List<Visit> _visits = [];

    public IReadOnlyList<Visit> All => _visits;

    /// <summary>How often a visit was stored.</summary>
    public int Puts { get; private set; }

    public void Put(Visit visit)
    {
        Puts++;
        var index = _visits.FindIndex(other => other.Id == visit.Id);
        if (index < 0)
        {
            _visits.Add(visit);
        }
        else
        {
            _visits[index] = visit;
        }
    }

    public Visit? Find(string id) => _visits.Find(visit => visit.Id == id);

    public IReadOnlyList<Visit> Query(VisitQuery query) => _visits;

    public IReadOnlySet<string> PicturesAmong(IReadOnlyCollection<string> eventIds) => new HashSet<string>();
}

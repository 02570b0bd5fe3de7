using System.Net;
using Ambianic.Storage.Access;

namespace Ambianic.Server.Access;

/// <summary>Log-ins that were refused since they were last written down, those of one name and address together: whoever goes on guessing must not wear out the disk. Safe to use from several threads.</summary>
internal sealed class RefusedLogIns(TimeProvider time)
{
    private const string What = "log-in refused";

    /// <summary>Names and addresses that are told apart at most.</summary>
    private const int Most = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Who, string From), AuditEntry> _entries = [];

    /// <summary>Counts one.</summary>
    /// <returns>True for the first one of its name and address.</returns>
    public bool Add(string who, IPAddress? address)
    {
        lock (_gate)
        {
            var key = (who, address?.ToString() ?? "");
            key = _entries.Count < Most || _entries.ContainsKey(key) ? key : ("several names", "several addresses");
            var isNew = !_entries.TryGetValue(key, out var entry);
            _entries[key] = isNew ? new AuditEntry(time.GetUtcNow(), key.Item1, What, "", key.Item2, AuditKind.Refusal) : entry! with { Count = entry.Count + 1 };
            return isNew;
        }
    }

    /// <summary>What was counted, the oldest first; counts anew from then on.</summary>
    public IReadOnlyList<AuditEntry> Take()
    {
        lock (_gate)
        {
            AuditEntry[] taken = [.. _entries.Values.OrderBy(entry => entry.At)];
            _entries.Clear();
            return taken;
        }
    }
}

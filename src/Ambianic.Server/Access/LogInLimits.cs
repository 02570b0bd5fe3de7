using System.Net;
using Ambianic.Storage.Access;

namespace Ambianic.Server.Access;

/// <summary>
/// How often a password may be tried: after some failures a name, and an address, has to wait, twice as long after each further one.
/// Names that do not exist are treated as others are. A device where the person has logged in before is counted on its own, so that
/// strangers cannot keep them out there. Kept in memory: nobody outside can restart the program. Safe to use from several threads.
/// </summary>
internal sealed class LogInLimits(TimeProvider time)
{
    private readonly Lock _gate = new();

    /// <summary>A person who is kept out by somebody else's guesses waits for a minute at most.</summary>
    private readonly FailureTable _names = new(new FailureLimit(5, TimeSpan.FromMinutes(1)), time);

    private readonly FailureTable _addresses = new(new FailureLimit(10, TimeSpan.FromMinutes(15)), time);
    private readonly FailureTable _devices = new(new FailureLimit(5, TimeSpan.FromMinutes(1)), time);

    /// <summary>How a try ended.</summary>
    public enum Outcome
    {
        /// <summary>No password was checked.</summary>
        NotMade,

        /// <summary>The password was wrong.</summary>
        Failed,

        /// <summary>The password was right.</summary>
        Succeeded,
    }

    /// <summary>Asks for a try.</summary>
    /// <param name="name">As it is stored; that of nobody, too.</param>
    /// <param name="address">Whence.</param>
    /// <param name="device">The device, when the person has logged in there before; else null.</param>
    /// <returns>How long to wait before it may be made; else what <see cref="End"/> has to be called with.</returns>
    public (TimeSpan Wait, IReadOnlyList<(FailureTable Table, string Counted)> Try) Begin(string name, IPAddress? address, KnownDevice? device)
    {
        lock (_gate)
        {
            var limits = LimitsOf(name, address, device);
            var wait = limits.Max(limit => limit.Table.Wait(limit.Key));
            return wait > TimeSpan.Zero ? (wait, []) : (TimeSpan.Zero, [.. limits.Select(limit => (limit.Table, limit.Table.Begin(limit.Key)))]);
        }
    }

    /// <summary>Ends a try. After a right one the failures of an address stay: one who knows a password may guess that of another.</summary>
    public void End(IReadOnlyList<(FailureTable Table, string Counted)> begun, Outcome outcome)
    {
        lock (_gate)
        {
            foreach (var (table, counted) in begun)
            {
                table.End(counted, outcome == Outcome.Failed, outcome == Outcome.Succeeded && table != _addresses);
            }
        }
    }

    private List<(FailureTable Table, string Key)> LimitsOf(string name, IPAddress? address, KnownDevice? device) =>
        device is not null ? [(_devices, $"{device.Hash} {device.User}")] : [(_names, name), (_addresses, AddressKey.Of(address))];
}

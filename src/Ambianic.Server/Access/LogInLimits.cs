using System.Net;
using System.Net.Sockets;

namespace Ambianic.Server.Access;

/// <summary>
/// How often a password may be tried: after some failures a name, and an address, has to wait, twice as long after each further one.
/// Names that do not exist are treated as others are. Kept in memory: nobody outside can restart the program. Safe to use from several
/// threads.
/// </summary>
internal sealed class LogInLimits(TimeProvider time)
{
    private const int Most = 10_000;

    /// <summary>A person who is kept out by somebody else's guesses waits for a minute at most.</summary>
    private static readonly Limit OfName = new(5, TimeSpan.FromMinutes(1));

    private static readonly Limit OfAddress = new(10, TimeSpan.FromMinutes(15));
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Failures> _failures = [];

    /// <summary>Asks for a try. It counts as a failure until it has succeeded, so that many at once count too.</summary>
    /// <returns>How long to wait before it may be made; zero when it may be made now.</returns>
    public TimeSpan Begin(string name, IPAddress? address)
    {
        lock (_gate)
        {
            var wait = Wait(KeyOf(name), OfName) is var one && Wait(KeyOf(address), OfAddress) is var other && one > other ? one : other;
            if (wait <= TimeSpan.Zero)
            {
                Count(KeyOf(name));
                Count(KeyOf(address));
                return TimeSpan.Zero;
            }

            return wait;
        }
    }

    /// <summary>The try was right. The failures of an address stay: one who knows a password may guess that of another.</summary>
    public void Succeeded(string name, IPAddress? address)
    {
        lock (_gate)
        {
            _failures.Remove(KeyOf(name));
            if (_failures.GetValueOrDefault(KeyOf(address)) is { Count: > 0 } known)
            {
                _failures[KeyOf(address)] = known with { Count = known.Count - 1 };
            }
        }
    }

    private static string KeyOf(string name) => $"name {name}";

    /// <summary>Whoever has one IPv6 address has all of its /64 (RFC 4291).</summary>
    private static string KeyOf(IPAddress? address) => address switch
    {
        null => "address",
        { IsIPv4MappedToIPv6: true } => $"address {address.MapToIPv4()}",
        { AddressFamily: AddressFamily.InterNetworkV6 } => $"address {Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))}",
        _ => $"address {address}",
    };

    private TimeSpan Wait(string key, Limit limit) =>
        _failures.TryGetValue(key, out var known) && known.Count >= limit.Free
            ? Pause(known.Count - limit.Free, limit.Longest) - time.GetElapsedTime(known.LastAt)
            : TimeSpan.Zero;

    private static TimeSpan Pause(int more, TimeSpan longest) => TimeSpan.FromSeconds(Math.Min(longest.TotalSeconds, Math.Pow(2, Math.Min(more, 20))));

    private void Count(string key)
    {
        if (_failures.Count >= Most && !_failures.ContainsKey(key))
        {
            MakeRoom();
        }

        var known = _failures.GetValueOrDefault(key);
        var isOld = known.Count > 0 && time.GetElapsedTime(known.LastAt) >= Memory;
        _failures[key] = new Failures(isOld ? 1 : known.Count + 1, time.GetTimestamp());
    }

    private void MakeRoom()
    {
        foreach (var (key, _) in _failures.OrderBy(known => known.Value.LastAt).Take(Most / 10).ToList())
        {
            _failures.Remove(key);
        }
    }

    private readonly record struct Failures(int Count, long LastAt);

    private sealed record Limit(int Free, TimeSpan Longest);
}

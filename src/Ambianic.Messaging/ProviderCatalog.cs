using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Messaging.Http;

namespace Ambianic.Messaging;

/// <summary>All kinds of providers. A new one is one file in <c>Providers</c> and one line here.</summary>
/// <param name="time">Clock of timeouts.</param>
public sealed class ProviderCatalog(TimeProvider time) : IProviderCatalog, IDisposable
{
    /// <summary>In the order of the documentation.</summary>
    internal static IReadOnlyList<KnownProvider> Known { get; } =
    [
    ];

    private static readonly Dictionary<string, KnownProvider> ByScheme =
        Known.SelectMany(known => known.Schemes.Select(scheme => (scheme, known))).ToDictionary();

    private readonly ProviderHttp _http = new(time);

    /// <inheritdoc/>
    public ProviderProblem? Check(string address)
    {
        try
        {
            var parsed = ProviderAddress.Parse(address);
            if (!ByScheme.TryGetValue(parsed.Scheme, out var known))
            {
                return new ProviderProblem(
                    $"has a scheme that no provider has; known are {string.Join(", ", ByScheme.Keys.Select(scheme => scheme + "://"))}",
                    Suggestions.Nearest(parsed.Scheme, ByScheme.Keys));
            }

            _ = Create(known, parsed); // holds nothing open before it is used
            return null;
        }
        catch (FormatException error)
        {
            return new ProviderProblem(error.Message);
        }
    }

    /// <inheritdoc/>
    public IAlertProvider Create(string address)
    {
        var parsed = ProviderAddress.Parse(address);
        return ByScheme.TryGetValue(parsed.Scheme, out var known)
            ? Create(known, parsed)
            : throw new FormatException("has a scheme that no provider has");
    }

    /// <inheritdoc/>
    public bool SendsLinks(string address) =>
        ByScheme.TryGetValue(address.Split(':', 2)[0].ToLowerInvariant(), out var known) && known.SendsLinks;

    /// <summary>Ends all connections.</summary>
    public void Dispose() => _http.Dispose();

    private IAlertProvider Create(KnownProvider known, ProviderAddress address)
    {
        try
        {
            return known.Create(address, new ProviderParts(_http, time));
        }
        catch (FormatException error)
        {
            throw new FormatException($"{error.Message}; the form is {known.Form}", error);
        }
    }
}

using System.Text.RegularExpressions;
using Ambianic.Core.Alerts;

namespace Ambianic.Messaging.Providers;

/// <summary>Headers that an address adds to requests: <c>+X-Api-Key=secret</c>.</summary>
internal sealed partial class ExtraHeaders
{
    /// <summary>They say where a request ends.</summary>
    private static readonly string[] Forbidden = ["Content-Length", "Transfer-Encoding"];

    private readonly IReadOnlyDictionary<string, string> _headers;

    /// <summary>Takes them from an address.</summary>
    /// <exception cref="FormatException">One is none.</exception>
    public ExtraHeaders(ProviderAddress address)
    {
        _headers = address.Marked('+');
        if (_headers.Any(header => !NameRegex().IsMatch(header.Key) || Forbidden.Contains(header.Key, StringComparer.OrdinalIgnoreCase) || header.Value.Any(char.IsControl)))
        {
            throw new FormatException("has a header that HTTP does not allow; write ?+Name=value, where the name has letters, digits and hyphens");
        }
    }

    /// <summary>Adds them; they replace what is there.</summary>
    public void AddTo(HttpRequestMessage request)
    {
        foreach (var (name, value) in _headers)
        {
            if (request.Headers.NonValidated.Contains(name))
            {
                request.Headers.Remove(name);
            }

            if (!request.Headers.TryAddWithoutValidation(name, value) && request.Content is { } content)
            {
                content.Headers.Remove(name);
                content.Headers.TryAddWithoutValidation(name, value);
            }
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9!#$%&'*+.^_`|~-]+\z")]
    private static partial Regex NameRegex();
}

/// <summary>What every request of a provider carries.</summary>
internal static class RequestIdentity
{
    /// <summary>Adds the key by which a receiver can tell a duplicate.</summary>
    public static void Identify(this HttpRequestMessage request, AlertMessage message) => request.Headers.Add("Idempotency-Key", message.IdempotencyKey);
}

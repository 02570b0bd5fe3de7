using Ambianic.Core.Alerts;

namespace Ambianic.Messaging.Providers;

/// <summary>
/// What Apprise's generic webhooks have in common (its pages "JSON", "XML" and "Form"): <c>?method=</c>, headers <c>+Name=value</c>,
/// parameters <c>-name=value</c> and changes of the payload <c>:name=value</c>.
/// </summary>
internal sealed class Webhook
{
    private static readonly string[] Methods = ["POST", "GET", "DELETE", "PUT", "HEAD", "PATCH", "UPDATE", "OPTIONS"];

    private readonly ProviderAddress _address;
    private readonly Uri _url;
    private readonly ExtraHeaders _headers;
    private readonly IReadOnlyDictionary<string, string> _changes;

    /// <summary>Makes one.</summary>
    /// <exception cref="FormatException">The address is wrong.</exception>
    public Webhook(ProviderAddress address)
    {
        _address = address;
        _url = address.Url(address.EndsInSlash ? [.. address.Path, ""] : address.Path);
        _headers = new ExtraHeaders(address);
        _changes = address.Marked(':');
        Method = new HttpMethod((address.Parameter("method") ?? "POST").ToUpperInvariant());
        if (!Methods.Contains(Method.Method))
        {
            throw new FormatException($"has a method that HTTP does not know; write one of {string.Join(", ", Methods)}");
        }
    }

    /// <summary>How it is called.</summary>
    public HttpMethod Method { get; }

    /// <summary>Its host, for people.</summary>
    public string Host => _address.Authority;

    /// <summary>Fields after the changes that the address asks for: an empty value removes one, another renames it, a new name adds one.</summary>
    public IEnumerable<KeyValuePair<string, T>> Changed<T>(IEnumerable<KeyValuePair<string, T>> fields, Func<string, T> added)
    {
        var names = new HashSet<string>();
        foreach (var (name, value) in fields)
        {
            names.Add(name);
            if (!_changes.TryGetValue(name, out var change))
            {
                yield return new(name, value);
            }
            else if (change.Length > 0)
            {
                yield return new(change, value);
            }
        }

        foreach (var (name, value) in _changes.Where(change => !names.Contains(change.Key)))
        {
            yield return new(name, added(value));
        }
    }

    /// <summary>A request.</summary>
    /// <param name="message">What it is about.</param>
    /// <param name="body">Its body; null for none.</param>
    /// <param name="query">Parameters beside those of the address.</param>
    public HttpRequestMessage Request(AlertMessage message, HttpContent? body, IEnumerable<KeyValuePair<string, string>>? query = null)
    {
        var parameters = string.Join('&', _address.Marked('-').Concat(query ?? []).Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
        var request = new HttpRequestMessage(Method, parameters.Length == 0 ? _url : new Uri($"{_url.AbsoluteUri}?{parameters}"))
        {
            Content = body,
            Headers = { Authorization = _address.BasicCredentials },
        };
        request.Identify(message);
        _headers.AddTo(request);
        return request;
    }
}

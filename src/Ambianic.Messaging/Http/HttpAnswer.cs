using System.Net;

namespace Ambianic.Messaging.Http;

/// <summary>The answer to a request.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Body">Its begin, 64 KB at most, as far as it came in time.</param>
/// <param name="RetryAfter">How long to wait, when it says so.</param>
/// <param name="Redirect">Where it sends on to, when it does.</param>
internal sealed record HttpAnswer(HttpStatusCode Status, string Body, TimeSpan? RetryAfter = null, Uri? Redirect = null)
{
    /// <summary>Where the request went.</summary>
    public Uri? Address { get; init; }

    /// <summary>True for a status of 200 to 299.</summary>
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>True for a page that is made for browsers.</summary>
    public bool IsPage => Body.AsSpan().TrimStart().StartsWith("<");
}

using Ambianic.Core.Alerts;
using Ambianic.Messaging.Providers;

namespace Ambianic.Messaging;

/// <summary>A kind of provider.</summary>
/// <param name="Schemes">How its addresses begin, in lower case.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Form">How its addresses look, for people.</param>
/// <param name="Create">Makes one; throws a <see cref="FormatException"/> whose message says what is wrong and repeats no secret.</param>
internal sealed record KnownProvider(
    IReadOnlyList<string> Schemes, string Name, string Form, Func<ProviderAddress, ProviderParts, IAlertProvider> Create)
{
    /// <summary>False when its messages carry no link that a person opens: a program that reads them does.</summary>
    public bool SendsLinks { get; init; } = true;

    /// <summary>False for one that sends otherwise than by the requests of <see cref="ProviderParts.Http"/>.</summary>
    public bool SendsByHttp { get; init; } = true;

    /// <summary>The host that one which does not send by HTTP sends to, and whether by TLS from the begin; null when there is none.</summary>
    public Func<ProviderAddress, (string Host, int Port, bool IsEncrypted)>? Host { get; init; }
}

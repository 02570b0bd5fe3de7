using Ambianic.Storage.Access;

namespace Ambianic.Server.Access;

/// <summary>Who may do anything, as it was when a request came.</summary>
/// <param name="Records">Everybody.</param>
/// <param name="Fault">Why nobody is known although there may be users; null when there is no reason.</param>
internal sealed record AccessState(AccessRecords Records, string? Fault)
{
    /// <summary>Nobody has to log in before there is an administrator; then everybody has to.</summary>
    public bool NeedsLogIn => Fault is not null || Records.Users.Count > 0;

    /// <summary>As it was found for this request.</summary>
    public static AccessState Of(HttpContext context) => context.Features.Get<AccessState>() ?? throw new InvalidOperationException("the request did not pass AccessBook");
}

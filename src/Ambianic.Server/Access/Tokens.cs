using Ambianic.Storage.Access;

namespace Ambianic.Server.Access;

/// <summary>Makes tokens of programs.</summary>
internal static class Tokens
{
    /// <summary>Days that a token may work, at most.</summary>
    public const int MostDays = 3650;

    /// <summary>A new token, which is shown once, and what is stored of it.</summary>
    /// <param name="name">For people.</param>
    /// <param name="role">What it may do.</param>
    /// <param name="life">How long it works; null is for ever.</param>
    /// <param name="time">Clock.</param>
    /// <param name="owner">The person who makes it; null on the computer itself.</param>
    public static (string Token, ApiToken Stored) New(string name, AccessRole role, TimeSpan? life, TimeProvider time, string? owner = null)
    {
        var (token, now) = (Secret.New(), time.GetUtcNow());
        return (token, new ApiToken(Guid.NewGuid().ToString("N")[..8], name, Secret.Hash(token), role, now, now + life, null, owner));
    }
}

using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Ambianic.Server.Access;

/// <summary>Hashes of passwords, by ASP.NET Core's PasswordHasher.</summary>
internal static class Passwords
{
    private const int Shortest = 10;

    /// <summary>A longer one only costs time.</summary>
    private const int Longest = 256;

    /// <summary>PBKDF2-HMAC-SHA512, as OWASP's Password Storage Cheat Sheet asks for.</summary>
    private const int Iterations = 210_000;

    private static readonly PasswordHasher<string> Hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));

    private static readonly Lazy<string> OfNobody = new(() => Hash(Secret.New()));

    /// <summary>What is stored of a password.</summary>
    public static string Hash(string password) => Hasher.HashPassword("", password);

    /// <summary>Why a password is not good enough, for people; null when it is.</summary>
    public static string? Problem(string? password) =>
        string.IsNullOrEmpty(password) ? "a password is missing"
        : password.Length < Shortest ? $"a password has at least {Shortest} characters; several words are easy to remember"
        : password.Length > Longest ? $"a password has at most {Longest} characters"
        : null;

    /// <summary>True when the password is right. Takes as long when there is no such user, so that nobody learns who there is.</summary>
    /// <param name="hash">What is stored; null for a user that does not exist.</param>
    /// <param name="password">What was typed.</param>
    /// <param name="better">A hash to store instead, by the method of today; null when the one stored is.</param>
    public static bool Verify(string? hash, string password, out string? better)
    {
        var result = password.Length > Longest ? PasswordVerificationResult.Failed : Hasher.VerifyHashedPassword("", hash ?? OfNobody.Value, password);
        better = hash is not null && result == PasswordVerificationResult.SuccessRehashNeeded ? Hash(password) : null;
        return hash is not null && result != PasswordVerificationResult.Failed;
    }
}

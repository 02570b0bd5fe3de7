using System.Text.RegularExpressions;

namespace Ambianic.Server.Access;

/// <summary>Names of users and tokens.</summary>
internal static partial class UserNames
{
    /// <summary>As it is stored and looked up: upper and lower case are the same.</summary>
    public static string Normalize(string? name) => (name ?? "").Trim().ToLowerInvariant();

    /// <summary>Why a name is none, for people; null when it is one.</summary>
    public static string? Problem(string name) =>
        NameRegex().IsMatch(name) ? null : "a name has 1 to 64 letters, digits and . _ @ - and begins with a letter or a digit";

    [GeneratedRegex(@"^[\p{L}\p{N}][\p{L}\p{N}._@\-]{0,63}\z")]
    private static partial Regex NameRegex();
}

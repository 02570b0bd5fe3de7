namespace Ambianic.Storage.Access;

/// <summary>A person who can log in.</summary>
/// <param name="Name">Lower case.</param>
/// <param name="PasswordHash">As ASP.NET Core's PasswordHasher writes it.</param>
/// <param name="Role">What they may do.</param>
/// <param name="CreatedAt">When they were added.</param>
public sealed record UserAccount(string Name, string PasswordHash, AccessRole Role, DateTimeOffset CreatedAt);

/// <summary>A program that can call the API.</summary>
/// <param name="Id">Names it in calls; no secret.</param>
/// <param name="Name">For people.</param>
/// <param name="Hash">SHA-256 of the token, hexadecimal.</param>
/// <param name="Role">What it may do.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From then on it is refused; null is never.</param>
/// <param name="UsedAt">When it was last used, at most an hour late; null is never.</param>
/// <param name="Owner">The person who made it; it may do no more than they may, and goes when they go. Null when it was made on the computer itself.</param>
public sealed record ApiToken(
    string Id, string Name, string Hash, AccessRole Role, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? UsedAt, string? Owner = null);

/// <summary>A browser in which a person has logged in.</summary>
/// <param name="Hash">SHA-256 of the cookie's value, hexadecimal.</param>
/// <param name="User">Name of the person.</param>
/// <param name="CreatedAt">When they logged in.</param>
/// <param name="UsedAt">When it was last used, at most an hour late.</param>
public sealed record LogInSession(string Hash, string User, DateTimeOffset CreatedAt, DateTimeOffset UsedAt);

/// <summary>A browser in which a person has logged in before. Attempts to log in as them there are counted on their own.</summary>
/// <param name="Hash">SHA-256 of the cookie's value, hexadecimal. One browser has the same one for all who log in there.</param>
/// <param name="User">Name of the person.</param>
public sealed record KnownDevice(string Hash, string User);

/// <summary>Everybody who may do anything, as it was at one moment. Immutable.</summary>
public sealed class AccessRecords(IReadOnlyList<UserAccount> users, IReadOnlyList<ApiToken> tokens, IReadOnlyList<LogInSession> sessions, IReadOnlyList<KnownDevice> devices)
{
    private readonly Dictionary<string, UserAccount> _users = users.ToDictionary(user => user.Name, StringComparer.Ordinal);
    private readonly Dictionary<string, ApiToken> _tokens = tokens.ToDictionary(token => token.Hash, StringComparer.Ordinal);
    private readonly Dictionary<string, LogInSession> _sessions = sessions.ToDictionary(session => session.Hash, StringComparer.Ordinal);
    private readonly HashSet<KnownDevice> _devices = [.. devices];
    private readonly HashSet<string> _deviceHashes = devices.Select(device => device.Hash).ToHashSet(StringComparer.Ordinal);

    /// <summary>Nobody.</summary>
    public static AccessRecords None { get; } = new([], [], [], []);

    /// <summary>By name.</summary>
    public IReadOnlyList<UserAccount> Users => users;

    /// <summary>By name.</summary>
    public IReadOnlyList<ApiToken> Tokens => tokens;

    /// <summary>In no order.</summary>
    public IReadOnlyList<LogInSession> Sessions => sessions;

    /// <summary>The person of this name; null when there is none.</summary>
    public UserAccount? FindUser(string name) => _users.GetValueOrDefault(name);

    /// <summary>The token with this hash; null when there is none.</summary>
    public ApiToken? FindToken(string hash) => _tokens.GetValueOrDefault(hash);

    /// <summary>The session with this hash; null when there is none.</summary>
    public LogInSession? FindSession(string hash) => _sessions.GetValueOrDefault(hash);

    /// <summary>True when this person has logged in with this device before.</summary>
    public bool Knows(KnownDevice device) => _devices.Contains(device);

    /// <summary>True when anybody has logged in with the device of this hash before.</summary>
    public bool KnowsDevice(string hash) => _deviceHashes.Contains(hash);

    /// <summary>What a token may do now: no more than its owner; null when its owner is gone.</summary>
    public AccessRole? RoleOf(ApiToken token) =>
        token.Owner is null ? token.Role
        : FindUser(token.Owner) is { } owner ? (AccessRole)Math.Min((int)token.Role, (int)owner.Role)
        : null;
}

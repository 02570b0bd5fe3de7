using System.Text.Json.Nodes;
using Ambianic.Core.Configuration;

namespace Ambianic.Server.Doctor;

/// <summary>How something is.</summary>
internal enum FindingLevel
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>It works, and may not for long or not well.</summary>
    Warning,

    /// <summary>Something does not work.</summary>
    Problem,
}

/// <summary>What an examination has found. All texts are masked.</summary>
internal sealed record Finding
{
    /// <param name="check">What was examined, one of the words of docs/reference/commands.md: programs rely on it.</param>
    /// <param name="level">How it is.</param>
    /// <param name="found">What was found, for people.</param>
    /// <param name="advice">What to do; null when there is nothing to do.</param>
    public Finding(string check, FindingLevel level, string found, string? advice = null)
    {
        (Check, Level) = (check, level);
        (Found, Advice) = (Credentials.Mask(found), advice is null ? null : Credentials.Mask(advice));
    }

    /// <summary>What was examined.</summary>
    public string Check { get; }

    /// <summary>How it is.</summary>
    public FindingLevel Level { get; }

    /// <summary>What was found.</summary>
    public string Found { get; }

    /// <summary>What to do; null when there is nothing to do.</summary>
    public string? Advice { get; }

    /// <summary>Which one of several, for example a source; null when there is only one.</summary>
    public string? Subject
    {
        get;
        init => field = value is null ? null : Credentials.MaskName(value);
    }

    /// <summary>What was measured, for programs; null when nothing was. Holds no secrets.</summary>
    public JsonObject? Values { get; init; }

    public static Finding Ok(string check, string found) => new(check, FindingLevel.Ok, found);

    public static Finding Warning(string check, string found, string advice) => new(check, FindingLevel.Warning, found, advice);

    public static Finding Problem(string check, string found, string advice) => new(check, FindingLevel.Problem, found, advice);
}

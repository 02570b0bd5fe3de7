using System.Text.RegularExpressions;

namespace Ambianic.Core.Configuration;

/// <summary>
/// The values that are secret in the configurations that this process has read. A library may repeat one in a form that no rule
/// foresees, so each is replaced wherever it stands, as it is written and percent-encoded or decoded. A value that the configuration
/// also uses as a name is not: it would be taken out of every message about what bears that name. Safe to use from several threads.
/// </summary>
internal static partial class KnownSecrets
{
    /// <summary>Shorter values are parts of ordinary words and numbers; only the rules mask them.</summary>
    private const int Shortest = 4;
    private const int ShortestNumber = 6;

    /// <summary>From this length on a value is replaced even within a longer word.</summary>
    private const int Unmistakable = 8;

    /// <summary>An edited configuration adds some; the oldest are forgotten.</summary>
    private const int Most = 1000;

    /// <summary>What everybody tries first is no secret, and would take words out of every message.</summary>
    private static readonly HashSet<string> OrdinaryWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "password", "passwort", "secret", "admin", "administrator", "user", "username", "root", "guest", "camera", "stream", "video",
        "live", "rtsp", "http", "https", "true", "false", "none", "null", "default", "person",
    };

    private static readonly Lock Gate = new();
    private static volatile IReadOnlyList<string> _forms = []; // the longest first

    /// <summary>Adds values, each in every form that is known of it.</summary>
    public static void Add(IEnumerable<string> secrets) =>
        Update(secrets.Where(IsDistinct).SelectMany(Forms).Where(IsDistinct).Except(_forms), []);

    /// <summary>Keeps names of a configuration readable: of pipelines, sources, labels.</summary>
    public static void AddNames(IEnumerable<string> names) => Update([], names);

    /// <summary>Forgets all.</summary>
    public static void Clear()
    {
        lock (Gate)
        {
            (Order, Names, _forms) = ([], [], []);
        }
    }

    /// <summary>Replaces each by <see cref="Credentials.Masked"/>.</summary>
    public static string Mask(string text)
    {
        foreach (var form in _forms)
        {
            for (var at = text.IndexOf(form, StringComparison.Ordinal); at >= 0; at = text.IndexOf(form, at, StringComparison.Ordinal))
            {
                var end = at + form.Length;
                if (form.Length >= Unmistakable || !(IsWithinWord(text, at - 1) || IsWithinWord(text, end)))
                {
                    text = $"{text.AsSpan(0, at)}{Credentials.Masked}{text.AsSpan(end)}";
                    end = at + Credentials.Masked.Length;
                }

                at = Math.Min(end, text.Length);
            }
        }

        return text;
    }

    /// <summary>In the order in which they were added.</summary>
    private static List<string> Order { get; set; } = [];

    private static List<string> Names { get; set; } = [];

    private static void Update(IEnumerable<string> forms, IEnumerable<string> names)
    {
        lock (Gate)
        {
            Order = [.. Order.Union(forms).TakeLast(Most)];
            Names = [.. Names.Union(names).TakeLast(Most)];
            _forms = [.. Order.Except(Names).OrderByDescending(form => form.Length)];
        }
    }

    private static bool IsDistinct(string value) =>
        value.Length >= Shortest && !OrdinaryWords.Contains(value) && !value.All(letter => letter == '*') && !PlaceholderRegex().IsMatch(value)
        && !(value.Length < ShortestNumber && value.All(char.IsAsciiDigit));

    private static bool IsWithinWord(string text, int index) => index >= 0 && index < text.Length && char.IsLetterOrDigit(text[index]);

    private static IEnumerable<string> Forms(string value)
    {
        var plain = Uri.UnescapeDataString(value);
        var encoded = Uri.EscapeDataString(plain);
        string[] forms = [value, plain, encoded, encoded.Replace("%20", "+", StringComparison.Ordinal), Lower(encoded), Uri.EscapeDataString(value)];
        return forms.Distinct();
    }

    /// <summary>The digits of percent-encodings in lower case, as some write them.</summary>
    private static string Lower(string encoded)
    {
        var letters = encoded.ToCharArray();
        for (var at = Array.IndexOf(letters, '%'); at >= 0 && at + 2 < letters.Length; at = Array.IndexOf(letters, '%', at + 1))
        {
            (letters[at + 1], letters[at + 2]) = (char.ToLowerInvariant(letters[at + 1]), char.ToLowerInvariant(letters[at + 2]));
        }

        return new string(letters);
    }

    /// <summary>What stands for a secret is none, and a message has to name it.</summary>
    [GeneratedRegex(@"^(\$?\{[^{}]*\}|<[^<>]*>)\z")]
    private static partial Regex PlaceholderRegex();
}

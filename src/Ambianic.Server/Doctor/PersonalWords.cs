using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ambianic.Core.Configuration;
using Ambianic.Storage.Access;

namespace Ambianic.Server.Doctor;

/// <summary>Names of people, which a stranger who helps need not know: each is replaced by a word of its own, the same everywhere.</summary>
internal sealed partial class PersonalWords
{
    private const string OrdinaryEntry = "default"; // of notifications

    /// <summary>Their texts name persons that nobody can foresee, for example who answered by a link.</summary>
    internal static readonly string[] LogEventsOfPersons = ["1022", "1042", "1306", "7501", "7560"];

    /// <summary>Keys whose values are about persons.</summary>
    private static readonly string[] Keys = ["display_name", "emergency_number", "areas", "user", "client_id"];

    private readonly IReadOnlyList<(Regex Word, string Instead)> _words;

    private PersonalWords(IEnumerable<string> names)
    {
        var known = names.Where(name => name.Length > 1 && name != OrdinaryEntry).Distinct(StringComparer.OrdinalIgnoreCase).OrderByDescending(name => name.Length);
        _words = [.. known.Select((name, index) => (new Regex($@"(?<!\w){Regex.Escape(name)}(?!\w)", RegexOptions.IgnoreCase), $"name{index + 1}"))];
    }

    /// <summary>Those of the configuration, of the users, and of who is logged in to this computer.</summary>
    public static PersonalWords Of(AmbianicConfiguration settings, TimeProvider time) => new(
    [
        settings.DisplayName,
        .. settings.Notifications.Keys,
        .. UserNames(settings.DataDir, time),
        Environment.UserName is "root" or "ambianic" ? "" : Environment.UserName,
    ]);

    /// <summary>The text without them, without secrets, and without the path of the home folder.</summary>
    public string Clean(string text)
    {
        text = Credentials.Mask(text);
        if (Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 1 } home)
        {
            text = text.Replace(home, "~", StringComparison.Ordinal);
        }

        return _words.Aggregate(text, (current, word) => word.Word.Replace(current, word.Instead));
    }

    /// <summary>A copy without them.</summary>
    public JsonNode? Clean(JsonNode? json) => json switch
    {
        JsonObject map => new JsonObject(map
            .Select(entry => KeyValuePair.Create(Clean(entry.Key), Keys.Contains(entry.Key) && entry.Value is not null ? JsonValue.Create(Credentials.Masked) : Clean(entry.Value)))
            .DistinctBy(entry => entry.Key)),
        JsonArray list => new JsonArray([.. list.Select(Clean)]),
        JsonValue value when value.TryGetValue<string>(out var text) => JsonValue.Create(Clean(text)),
        _ => json?.DeepClone(),
    };

    /// <summary>A line of a log file.</summary>
    public string CleanLogLine(string line) => Clean(
        TagRegex().Match(line) is { Success: true } tag && LogEventsOfPersons.Contains(tag.Groups["id"].Value) ? $"{line[..(tag.Index + tag.Length)]} (names a person)" : line);

    private static IEnumerable<string> UserNames(string dataDir, TimeProvider time)
    {
        if (!File.Exists(Path.Combine(dataDir, AccessDatabase.FileName)))
        {
            return [];
        }

        try
        {
            using var database = new AccessDatabase(dataDir, time);
            var records = database.LoadInTime();
            return [.. records.Users.Select(user => user.Name), .. records.Tokens.Select(token => token.Name)];
        }
        catch (IOException)
        {
            return []; // no line of a log that names one is taken over anyway
        }
    }

    [GeneratedRegex(@"\[(?<id>\d+)\]:")]
    private static partial Regex TagRegex();
}

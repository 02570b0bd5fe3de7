using Ambianic.Core.Configuration;

namespace Ambianic.Configuration;

/// <summary>Has everything that is secret in a file masked from the moment that it is read, before anything is said of the file.</summary>
internal static class DocumentSecrets
{
    /// <summary>Looks at every value, wherever it stands and however its key is spelt.</summary>
    /// <param name="root">Of one file.</param>
    /// <param name="topLevelKeys">In a file for secrets, all values under other keys are secrets.</param>
    public static void Remember(MappingNode root, IReadOnlyCollection<string> topLevelKeys)
    {
        Credentials.KeepNames(Names(root, topLevelKeys));
        foreach (var entry in root.Entries)
        {
            Credentials.Remember(entry.Key, onlyAddress: true);
            RememberHeartbeat(entry);
            Remember(entry.Value, HoldsSecret(entry.Key) || (entry.Value.Place.IsSecret && !topLevelKeys.Contains(entry.Key)));
        }
    }

    /// <summary>
    /// Anybody who knows the address of the heartbeat can say that all is well: what follows its host is a secret, and so is the last part of
    /// its path alone. A plain word is not: <c>/heartbeat</c> would be taken out of every message.
    /// </summary>
    private static void RememberHeartbeat(Entry section)
    {
        if (section.Key == "heartbeat" && (section.Value as MappingNode)?.Find("url")?.Value is ScalarNode { IsNull: false } url
            && url.Text.Split("://", 2) is [_, var rest] && rest.Split('/', 2) is [_, var path])
        {
            foreach (var secret in new[] { path, path.Split('?')[0].TrimEnd('/').Split('/')[^1] }.Where(IsNoWord))
            {
                Credentials.Remember(secret);
            }
        }
    }

    private static bool IsNoWord(string text) => text.Length >= 8 && (text.Any(char.IsAsciiDigit) || (text.Any(char.IsLower) && text.Any(char.IsUpper)));

    /// <summary>The sections, and what the user has named in them: sources, pipelines, models, notifications.</summary>
    private static IEnumerable<string> Names(MappingNode root, IReadOnlyCollection<string> topLevelKeys) => root.Entries
        .Where(entry => topLevelKeys.Contains(entry.Key))
        .SelectMany(entry => entry.Value is MappingNode section ? [entry.Key, .. section.Entries.Select(named => named.Key)] : new[] { entry.Key });

    private static void Remember(Node node, bool isSecret)
    {
        switch (node)
        {
            case ScalarNode { IsNull: false } scalar:
                Credentials.Remember(scalar.Text, onlyAddress: !isSecret);
                break;
            case SequenceNode sequence:
                foreach (var item in sequence.Items)
                {
                    Remember(item, isSecret);
                }

                break;
            case MappingNode mapping:
                foreach (var entry in mapping.Entries)
                {
                    Credentials.Remember(entry.Key, onlyAddress: true);
                    Remember(entry.Value, isSecret || HoldsSecret(entry.Key));
                }

                break;
        }
    }

    /// <summary>What is secret of <c>providers</c> is in their addresses; elements have a key of that name for names.</summary>
    public static bool HoldsSecret(string key) => Credentials.IsSecretKey(key) && Suggestions.Nearest(key, ["providers"]) is null;
}

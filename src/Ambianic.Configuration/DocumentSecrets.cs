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
            Remember(entry.Value, HoldsSecret(entry.Key) || (entry.Value.Place.IsSecret && !topLevelKeys.Contains(entry.Key)));
        }
    }

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
    private static bool HoldsSecret(string key) => Credentials.IsSecretKey(key) && Suggestions.Nearest(key, ["providers"]) is null;
}

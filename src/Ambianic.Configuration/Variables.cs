using System.Text.RegularExpressions;
using Ambianic.Core.Configuration;

namespace Ambianic.Configuration;

/// <summary>
/// Replaces <c>${NAME}</c> and <c>{FRIGATE_NAME}</c> in addresses and secrets: in <c>uri</c> and <c>url</c>, in what a pipeline gives as its source,
/// in <c>providers</c> and under keys that hold secrets. Every value is a secret from then on.
/// </summary>
/// <param name="Environment">The value of an environment variable, or null.</param>
/// <param name="Directory">Files by the names of the variables, which count where the environment has none; as Docker hands over secrets.</param>
public sealed partial record Variables(Func<string, string?> Environment, string Directory = Variables.DockerSecrets)
{
    /// <summary>Where Docker and Podman put secrets.</summary>
    public const string DockerSecrets = "/run/secrets";

    private const int LongestValue = 4096;

    /// <summary>No variable is set.</summary>
    public static Variables None { get; } = new(_ => null, "");

    /// <summary>True when values under this key, in a map or alone, may hold variables.</summary>
    internal static bool MayHold(string key) => key is "uri" or "url" or "source" || Credentials.IsSecretKey(key);

    /// <summary>A copy of the document in which they are replaced; one that is not set breaks the value that it stands in, and is reported.</summary>
    internal MappingNode Apply(MappingNode document, ProblemList problems) => (MappingNode)Apply(document, "", false, problems);

    private Node Apply(Node node, string path, bool mayHold, ProblemList problems)
    {
        switch (node)
        {
            case ScalarNode scalar when mayHold && VariableRegex().IsMatch(scalar.Text):
                return Replace(scalar, path, problems);

            case SequenceNode sequence:
                var items = sequence.Items.Select((item, index) => Apply(item, $"{path}[{index}]", mayHold, problems)).ToList();
                return items.SequenceEqual(sequence.Items) ? sequence : new SequenceNode(sequence.Place, items);

            case MappingNode mapping:
                var entries = mapping.Entries
                    .Select(entry => entry with { Value = Apply(entry.Value, ProblemList.Join(path, entry.Key), MayHold(entry.Key), problems) })
                    .ToList();
                return entries.SequenceEqual(mapping.Entries) ? mapping : new MappingNode(mapping.Place, entries);

            default:
                return node;
        }
    }

    private Node Replace(ScalarNode scalar, string path, ProblemList problems)
    {
        ConfigurationProblem? unset = null;
        var text = VariableRegex().Replace(scalar.Text, variable =>
        {
            var name = variable.Groups["name"].Value;
            if (Find(name, out var why) is not { } value)
            {
                unset ??= problems.Add(scalar.Place, path, $"the variable {variable.Value} {why}");
                return variable.Value;
            }

            Credentials.Remember(value);
            return NeedsEncoding(scalar.Text, variable.Index) ? Encode(value) : value;
        });
        if (unset is not null)
        {
            return new BrokenNode(scalar.Place, unset);
        }

        Credentials.Remember(text, onlyAddress: true);
        return new ScalarNode(scalar.Place, text, isPlain: false);
    }

    private string? Find(string name, out string why)
    {
        why = "";
        if (Environment(name) is { Length: > 0 } value)
        {
            return value;
        }

        var file = Path.Combine(Directory, name);
        try
        {
            if (Directory.Length > 0 && new FileInfo(file) is { Exists: true, Length: > 0 and <= LongestValue }
                && File.ReadAllText(file).TrimEnd('\r', '\n') is { Length: > 0 } secret)
            {
                return secret;
            }

            why = $"is not set; set it in the environment of Ambianic, or write its value into the file {Path.Combine(DockerSecrets, name)}";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            why = $"is in {file}, which cannot be read; give this user read permission";
        }

        return null;
    }

    /// <summary>Between the scheme and the last <c>@</c>, and in a query.</summary>
    private static bool NeedsEncoding(string template, int index)
    {
        var scheme = template.IndexOf("://", StringComparison.Ordinal);
        return scheme >= 0 && scheme < index
            && (index < template.LastIndexOf('@') || template.AsSpan(scheme, index - scheme).Contains('?'));
    }

    /// <summary>Encodes what an address cannot hold there, except a colon, which may separate user and password, and what is encoded already.</summary>
    private static string Encode(string value) => UnsafeRegex().Replace(value, text => Uri.EscapeDataString(text.Value));

    [GeneratedRegex(@"\$\{(?<name>[A-Za-z_]\w*)\}|\{(?<name>FRIGATE_\w+)\}")]
    private static partial Regex VariableRegex();

    [GeneratedRegex(@"%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$'()*,;:%]+")]
    private static partial Regex UnsafeRegex();
}

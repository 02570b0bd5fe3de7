using System.Text.RegularExpressions;
using Ambianic.Core.Configuration;
using Ambianic.Core.Pipelines;

namespace Ambianic.Configuration;

/// <summary>
/// The files of a configuration as they can be shown to strangers, also when they cannot be read as YAML: line by line, with keys, elements,
/// numbers and words that Ambianic knows, and everything else replaced.
/// </summary>
/// <param name="registry">The elements that pipelines may name.</param>
public sealed partial class ConfigurationLayout(ElementRegistry registry)
{
    private const string Unknown = "xxx";

    private static readonly string[] Words = ["true", "false", "yes", "no", "on", "off", "null", "source", "source_id", "url", "ai_models", "default"];

    private readonly Lazy<HashSet<string>> _known = new(() => Collect(registry));

    /// <summary>Each file that is there, by its name.</summary>
    public IReadOnlyList<(string Name, string Text)> Of(ConfigurationFiles files) =>
    [
        .. from file in files.Files
           let text = file.Read(new ProblemList())
           where text is not null
           select (Path.GetFileName(file.FullPath), text.Decode(new ProblemList()) is { } content ? Of(content) : "(no UTF-8 text)"),
    ];

    internal string Of(string text) => string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(OfLine));

    private string OfLine(string line)
    {
        var isSecret = false;
        string? key = null;
        return TokenRegex().Replace(line, token =>
        {
            var isKey = token.Index + token.Length < line.Length && line[token.Index + token.Length] == ':';
            isSecret |= isKey && Credentials.IsSecretKey(token.Value);
            var shown = _known.Value.Contains(token.Value) && (isKey || !isSecret)
                || (!isSecret && key is not null && NumberRegex().IsMatch(token.Value) && _known.Value.Contains(key));
            key = isKey ? token.Value : null;
            return shown ? token.Value : Unknown;
        });
    }

    private static HashSet<string> Collect(ElementRegistry registry)
    {
        HashSet<string> known = [.. Words, .. registry.Kinds.Keys];
        HashSet<Type> seen = [];
        var left = new Queue<Type>([typeof(AmbianicConfiguration), typeof(SourceOptions), typeof(NotificationOptions), .. registry.Kinds.Values.Select(kind => kind.OptionsType)]);
        while (left.TryDequeue(out var next))
        {
            if (!seen.Add(next))
            {
                continue;
            }

            foreach (var part in next.GetGenericArguments().Concat(next.IsArray ? [next.GetElementType()!] : []))
            {
                left.Enqueue(part);
            }

            if (next.IsEnum)
            {
                known.UnionWith(Enum.GetNames(next).SelectMany(name => new[] { OptionKeys.NameOf(name), OptionKeys.NameOf(name).ToUpperInvariant() }));
            }
            else if (next.Namespace?.StartsWith("Ambianic", StringComparison.Ordinal) == true)
            {
                foreach (var (key, property) in OptionKeys.Of(next))
                {
                    known.Add(key);
                    left.Enqueue(property.PropertyType);
                }
            }
        }

        return known;
    }

    /// <summary>What YAML reads as one word; a colon that no white space follows belongs to it, so that an address is one.</summary>
    [GeneratedRegex("""(?:[^\s,{}\[\]"'#&*!|>:`%@-]|:(?=\S)|-(?=\S)|[#&*!|>`%@](?<=\S.))+""")]
    private static partial Regex TokenRegex();

    [GeneratedRegex(@"^-?\d+(\.\d+)?(ms|s|m|h|d)?$")]
    private static partial Regex NumberRegex();
}

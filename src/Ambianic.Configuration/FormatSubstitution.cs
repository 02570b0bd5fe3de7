using System.Text.RegularExpressions;
using Ambianic.Core.Configuration;

namespace Ambianic.Configuration;

/// <summary>
/// Marks at the begin of a value, as the reference system's configuration library (Dynaconf) reads them: <c>@format</c> replaces
/// <c>{this.KEY}</c> by the value of that key of the document and <c>{env[NAME]}</c> by an environment variable; <c>@int</c>, <c>@float</c>,
/// <c>@bool</c> and <c>@str</c> say what a value is, and may stand before <c>@format</c>.
/// </summary>
internal static partial class FormatSubstitution
{
    /// <summary>A copy of the document in which the marks are applied; what cannot be is reported.</summary>
    public static MappingNode Apply(MappingNode document, Variables variables, ProblemList problems) =>
        (MappingNode)new Pass(document, variables, problems).Apply(document, "", mayHoldSecret: false);

    /// <summary>The top-level keys that values refer to.</summary>
    public static HashSet<string> KeysUsedIn(Node node) => node switch
    {
        ScalarNode scalar when MarksRegex().IsMatch(scalar.Text) =>
            [.. PlaceholderRegex().Matches(scalar.Text).Select(placeholder => placeholder.Groups["key"].Value.Split('.')[0])],
        SequenceNode sequence => [.. sequence.Items.SelectMany(KeysUsedIn)],
        MappingNode mapping => [.. mapping.Entries.SelectMany(entry => KeysUsedIn(entry.Value))],
        _ => [],
    };

    private sealed class Pass(MappingNode document, Variables variables, ProblemList problems)
    {
        public Node Apply(Node node, string path, bool mayHoldSecret)
        {
            switch (node)
            {
                case ScalarNode scalar when MarksRegex().Match(scalar.Text) is { Success: true } marks:
                    return Apply(scalar, marks, path, mayHoldSecret);

                case SequenceNode sequence:
                    var items = sequence.Items.Select((item, index) => Apply(item, $"{path}[{index}]", mayHoldSecret)).ToList();
                    return items.SequenceEqual(sequence.Items) ? sequence : new SequenceNode(sequence.Place, items);

                case MappingNode mapping:
                    var entries = mapping.Entries
                        .Select(entry => entry with { Value = Apply(entry.Value, ProblemList.Join(path, entry.Key), Variables.MayHold(entry.Key)) })
                        .ToList();
                    return entries.SequenceEqual(mapping.Entries) ? mapping : new MappingNode(mapping.Place, entries);

                default:
                    return node;
            }
        }

        private Node Apply(ScalarNode scalar, Match marks, string path, bool mayHoldSecret)
        {
            ConfigurationProblem? unset = null;
            var text = scalar.Text[marks.Length..].Trim();
            if (marks.Groups["format"].Success)
            {
                text = PlaceholderRegex().Replace(text, placeholder =>
                {
                    var value = placeholder.Groups["key"] is { Success: true, Value: var key } ? Find(key) : Variable(placeholder.Groups["name"].Value, mayHoldSecret);
                    unset = value is null ? Report(scalar, path, placeholder) : unset;
                    return value ?? placeholder.Value;
                });
            }

            return unset is not null && !marks.Groups["type"].Success ? new ScalarNode(scalar.Place, text, isPlain: false)
                : unset is not null ? new BrokenNode(scalar.Place, unset)
                : Cast(scalar, marks.Groups["type"].Value, text, path);
        }

        private Node Cast(ScalarNode scalar, string type, string text, string path)
        {
            var (value, expected) = type switch
            {
                "int" => (ScalarValues.ToInteger(text) is null ? null : text, "a whole number"),
                "float" => (ScalarValues.ToNumber(text) is null ? null : text, "a number"),
                "bool" => (Flag(text), "true or false"),
                _ => (text, ""),
            };
            return value is not null
                ? new ScalarNode(scalar.Place, value, isPlain: expected.Length > 0)
                : new BrokenNode(scalar.Place, problems.Add(scalar.Place, path, $"@{type} is followed by {expected}, not {(scalar.Place.IsSecret ? "this secret" : ProblemList.Quote(text))}"));
        }

        /// <summary>The words of Dynaconf.</summary>
        private static string? Flag(string text) => text.ToLowerInvariant() switch
        {
            "t" or "true" or "enabled" or "1" or "on" or "yes" => "true",
            "f" or "false" or "disabled" or "0" or "off" or "no" or "" => "false",
            _ => null,
        };

        private string? Variable(string name, bool isSecret)
        {
            var value = variables.Environment(name);
            if (isSecret && value is { Length: > 0 })
            {
                Credentials.Remember(value);
            }

            return value;
        }

        private string? Find(string key)
        {
            Node? found = document;
            foreach (var (depth, part) in key.Split('.').Index())
            {
                var map = found as MappingNode;
                found = (map?.Find(part) ?? (depth == 0 ? map?.Entries.FirstOrDefault(entry => entry.Key.Equals(part, StringComparison.OrdinalIgnoreCase)) : null))?.Value;
            }

            return found is ScalarNode { IsNull: false } scalar ? scalar.Text : null;
        }

        private ConfigurationProblem Report(ScalarNode scalar, string path, Match placeholder) => problems.Add(scalar.Place, path, placeholder.Groups["key"].Success
            ? $"{ProblemList.Quote(placeholder.Value)} names a key that is not set"
            : $"{ProblemList.Quote(placeholder.Value)} names a variable that is not set; set it in the environment of Ambianic");
    }

    [GeneratedRegex(@"^@(?:(?<type>int|float|bool|str)(?:\s+@(?<format>format))?|(?<format>format))(?:\s+|$)")]
    private static partial Regex MarksRegex();

    [GeneratedRegex(@"\{this\.(?<key>[\w.]+)\}|\{env\[(?<name>\w+)\]\}")]
    private static partial Regex PlaceholderRegex();
}

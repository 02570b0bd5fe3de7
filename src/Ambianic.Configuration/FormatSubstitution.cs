using System.Text.RegularExpressions;

namespace Ambianic.Configuration;

/// <summary>Replaces <c>{this.KEY}</c> in every value that begins with <c>@format</c> by the value of that key of the document.</summary>
internal static partial class FormatSubstitution
{
    private const string Marker = "@format ";

    public static MappingNode Apply(MappingNode document, ProblemList problems) =>
        (MappingNode)Apply(document, "", document, problems);

    private static Node Apply(Node node, string path, MappingNode document, ProblemList problems)
    {
        switch (node)
        {
            case ScalarNode scalar when scalar.Text.StartsWith(Marker, StringComparison.Ordinal):
                var text = PlaceholderRegex().Replace(
                    scalar.Text[Marker.Length..].Trim(),
                    placeholder => Find(document, placeholder.Groups["key"].Value) ?? Report(placeholder.Value));
                return new ScalarNode(scalar.Place, text, isPlain: false);

            case SequenceNode sequence:
                var items = sequence.Items.Select((item, index) => Apply(item, $"{path}[{index}]", document, problems)).ToList();
                return items.SequenceEqual(sequence.Items) ? sequence : new SequenceNode(sequence.Place, items);

            case MappingNode mapping:
                var entries = mapping.Entries
                    .Select(entry => entry with { Value = Apply(entry.Value, ProblemList.Join(path, entry.Key), document, problems) })
                    .ToList();
                return entries.SequenceEqual(mapping.Entries) ? mapping : new MappingNode(mapping.Place, entries);

            default:
                return node;
        }

        string Report(string placeholder)
        {
            problems.Add(node.Place, path, $"{ProblemList.Quote(placeholder)} names a key that is not set");
            return placeholder;
        }
    }

    private static string? Find(MappingNode document, string key)
    {
        Node? found = document;
        foreach (var part in key.Split('.'))
        {
            found = (found as MappingNode)?.Find(part)?.Value;
        }

        return found is ScalarNode { IsNull: false } scalar ? scalar.Text : null;
    }

    [GeneratedRegex(@"\{this\.(?<key>[\w.]+)\}")]
    private static partial Regex PlaceholderRegex();
}

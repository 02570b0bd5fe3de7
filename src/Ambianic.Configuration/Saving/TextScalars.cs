using Ambianic.Core.Configuration;

namespace Ambianic.Configuration.Saving;

/// <summary>A key or a value of a YAML text: where it stands, and what may be shown of it.</summary>
/// <param name="Start">Index of its first letter.</param>
/// <param name="End">Index after its last letter, without the line break that ends a text in block form.</param>
/// <param name="Text">What it says; of an alias its name with <c>*</c>.</param>
/// <param name="Shown">The same, secrets masked.</param>
/// <param name="Path">Keys, secrets in them masked, and numbers of list items that lead to it.</param>
/// <param name="Place">The same without the numbers.</param>
/// <param name="IsInFlow">True within <c>{…}</c> or <c>[…]</c>.</param>
/// <param name="IsAlias">True for <c>*name</c>.</param>
internal sealed record TextScalar(int Start, int End, string Text, string Shown, string Path, string Place, bool IsInFlow, bool IsAlias);

/// <summary>Lists the keys and values of a YAML text.</summary>
internal sealed class TextScalars
{
    private readonly string _text;
    private readonly IReadOnlyCollection<string> _topLevelKeys;
    private readonly bool _isSecretFile;
    private readonly List<TextScalar> _found = [];
    private readonly HashSet<string> _secretAnchors = new(StringComparer.Ordinal); // with their &
    private readonly Dictionary<string, string> _lists = new(StringComparer.Ordinal); // path of a list: its length

    private TextScalars(string text, IReadOnlyCollection<string> topLevelKeys, bool isSecretFile) =>
        (_text, _topLevelKeys, _isSecretFile) = (text, topLevelKeys, isSecretFile);

    /// <summary>In the order of the text.</summary>
    public IReadOnlyList<TextScalar> All => _found;

    /// <summary>Names of the anchors of the text.</summary>
    public HashSet<string> Anchors { get; } = new(StringComparer.Ordinal);

    /// <summary>Lengths of the lists that a path leads through; equal for texts in which its numbers mean the same.</summary>
    public string ListsOf(string path) => string.Join(' ', _lists.Where(list => path.StartsWith(list.Key, StringComparison.Ordinal)).Select(list => $"{list.Key}{list.Value}"));

    /// <summary>Reads a text. Its secrets are masked everywhere from then on.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="topLevelKeys">In a file for secrets, all values under other keys are secrets.</param>
    /// <param name="isSecretFile">True for a file for secrets.</param>
    /// <exception cref="YamlDotNet.Core.YamlException">It is not YAML.</exception>
    /// <exception cref="InvalidDataException">It holds more than one document, or is nested too deeply.</exception>
    public static TextScalars Of(string text, IReadOnlyCollection<string> topLevelKeys, bool isSecretFile)
    {
        var scalars = new TextScalars(text, topLevelKeys, isSecretFile);
        if (YamlOutline.Of(text) is { } root)
        {
            scalars.Remember(root, isSecret: false, depth: 0);
            scalars.Walk(root, "", "", isSecret: false, isInFlow: false, depth: 0);
        }

        return scalars;
    }

    private bool IsSecretSection(string key, int depth) => depth == 0 && _isSecretFile && !_topLevelKeys.Contains(key, StringComparer.OrdinalIgnoreCase);

    private void Remember(OutlineNode node, bool isSecret, int depth)
    {
        switch (node)
        {
            case OutlineScalar { IsNull: false } scalar:
                Credentials.Remember(scalar.Text, onlyAddress: !isSecret);
                break;
            case OutlineAlias alias when isSecret:
                _secretAnchors.Add($"&{alias.Name}");
                break;
            case OutlineList list:
                foreach (var item in list.Items)
                {
                    Remember(item, isSecret, depth + 1);
                }

                break;
            case OutlineMap map:
                foreach (var entry in map.Entries)
                {
                    var key = (entry.Key as OutlineScalar)?.Text ?? "";
                    Remember(entry.Value, isSecret || DocumentSecrets.HoldsSecret(key) || IsSecretSection(key, depth), depth + 1);
                }

                break;
        }
    }

    private void Walk(OutlineNode node, string path, string place, bool isSecret, bool isInFlow, int depth)
    {
        switch (node)
        {
            case OutlineScalar { IsNull: false } scalar:
                var isUsedAsOne = scalar.Properties.Split(' ').Any(_secretAnchors.Contains);
                Add(scalar, scalar.Text, isSecret || isUsedAsOne ? MaskAll(scalar.Text) : Credentials.Mask(scalar.Text), path, place, isInFlow);
                break;
            case OutlineAlias alias:
                Add(alias, $"*{alias.Name}", $"*{alias.Name}", path, place, isInFlow, isAlias: true);
                break;
            case OutlineList list:
                _lists[$"{path}["] = $"{list.Items.Count}]";
                foreach (var (index, item) in list.Items.Index())
                {
                    Walk(item, $"{path}[{index}]", $"{place}[]", isSecret, isInFlow || list.IsFlow, depth + 1);
                }

                break;
            case OutlineMap map:
                foreach (var entry in map.Entries)
                {
                    var key = (entry.Key as OutlineScalar)?.Text ?? "?";
                    var shown = Credentials.MaskName(key);
                    if (entry.Key is OutlineScalar name)
                    {
                        Add(name, key, shown, $"{path}:", $"{place}:", isInFlow || map.IsFlow);
                    }

                    var holdsSecret = isSecret || Credentials.IsSecretKey(key) || IsSecretSection(key, depth) || (path == "heartbeat" && key == "url");
                    Walk(entry.Value, Join(path, shown), Join(place, shown), holdsSecret, isInFlow || map.IsFlow, depth + 1);
                }

                break;
        }

        if (node.Properties.Split(' ').FirstOrDefault(property => property.StartsWith('&')) is { } anchor)
        {
            Anchors.Add(anchor[1..]);
        }
    }

    private void Add(OutlineNode node, string text, string shown, string path, string place, bool isInFlow, bool isAlias = false)
    {
        var end = node.End > node.Start && _text[node.End - 1] == '\n' ? node.End - 1 : node.End;
        _found.Add(new TextScalar(StartOf(node), end, text, shown, path, place, isInFlow, isAlias));
    }

    /// <summary>Behind anchor and tag.</summary>
    private int StartOf(OutlineNode node)
    {
        var start = node.Start;
        while (start < node.End && _text[start] is '&' or '!')
        {
            while (start < node.End && !char.IsWhiteSpace(_text[start]))
            {
                start++;
            }

            while (start < node.End && char.IsWhiteSpace(_text[start]))
            {
                start++;
            }
        }

        return start;
    }

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    /// <summary>Of a provider the kind is left.</summary>
    private static string MaskAll(string text)
    {
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        return scheme < 0 ? Credentials.Masked : text[..(scheme + 3)] + Credentials.Masked;
    }
}

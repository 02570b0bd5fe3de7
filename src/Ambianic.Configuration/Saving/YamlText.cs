using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Ambianic.Configuration.Saving;

/// <summary>Values as YAML writes them in one line.</summary>
internal static partial class YamlText
{
    /// <summary>A value of <see cref="SettingChange"/>.</summary>
    public static string Of(object value) => value switch
    {
        string text => OfText(text),
        bool flag => flag ? "true" : "false",
        IEnumerable<string> list => $"[{string.Join(", ", list.Select(OfText))}]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"a setting cannot be a {value.GetType()}", nameof(value)),
    };

    /// <summary>A key, or a text that means nothing else than itself; in quotes where that is needed.</summary>
    public static string OfText(string text) => PlainRegex().IsMatch(text) && !WordRegex().IsMatch(text) ? text : Quote(text);

    /// <summary>In double quotes, with everything escaped that a reader could take for something else.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            quoted.Append(rune.Value switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\t' => "\\t",
                '\r' => "\\r",
                < 0x20 or 0x7F or 0x85 or 0xA0 or 0x2028 or 0x2029 or 0xFEFF => string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}"),
                _ => rune.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    [GeneratedRegex(@"^[A-Za-z_][\w./-]*\z")]
    private static partial Regex PlainRegex();

    /// <summary>Words with a meaning of their own in YAML 1.1 or 1.2.</summary>
    [GeneratedRegex(@"^(true|false|yes|no|on|off|y|n|null|none)\z", RegexOptions.IgnoreCase)]
    private static partial Regex WordRegex();
}

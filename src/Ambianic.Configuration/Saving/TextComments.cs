using System.Text.RegularExpressions;
using Ambianic.Core.Configuration;

namespace Ambianic.Configuration.Saving;

/// <summary>The comments of a YAML text.</summary>
internal static partial class TextComments
{
    /// <summary>Where they stand, and what they say from the <c>#</c> on.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="scalars">Its keys and values, in their order: a <c>#</c> in one is no comment.</param>
    public static IEnumerable<(int Start, int End, string Text)> Of(string text, IReadOnlyList<TextScalar> scalars)
    {
        var next = 0;
        foreach (Match found in CommentRegex().Matches(text))
        {
            while (next < scalars.Count && scalars[next].End <= found.Index)
            {
                next++;
            }

            if (next == scalars.Count || scalars[next].Start > found.Index)
            {
                var end = text.AsSpan(found.Index, found.Length).TrimEnd('\r').Length + found.Index;
                yield return (found.Index, end, text[found.Index..end]);
            }
        }
    }

    /// <summary>A comment as it may be shown; people write settings into comments that they do not want to lose.</summary>
    public static string Mask(string comment) => SettingRegex().Replace(
        Credentials.Mask(comment),
        setting => Credentials.IsSecretKey(setting.Groups["key"].Value) ? $"{setting.Groups["key"].Value}:{setting.Groups["space"].Value}{Credentials.Masked}" : setting.Value);

    [GeneratedRegex(@"(?<=^|\s)#[^\n]*", RegexOptions.Multiline)]
    private static partial Regex CommentRegex();

    [GeneratedRegex(@"(?<key>[\w.\-]+)[""']?:(?<space>\s+)(?<value>\S.*)$")]
    private static partial Regex SettingRegex();
}

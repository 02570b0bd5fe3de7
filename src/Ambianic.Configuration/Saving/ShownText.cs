using System.Text;
using Ambianic.Core.Configuration;
using YamlDotNet.Core;

namespace Ambianic.Configuration.Saving;

/// <summary>A configuration text as it may be shown, secrets masked, and the way back: a secret that comes back as <c>***</c> stays what it is.</summary>
/// <param name="topLevelKeys">In a file for secrets, all values under other keys are secrets.</param>
/// <param name="isSecretFile">True for a file for secrets.</param>
internal sealed class ShownText(IReadOnlyCollection<string> topLevelKeys, bool isSecretFile)
{
    /// <summary>The text, secrets masked.</summary>
    /// <returns>Null when it is not valid YAML: nobody knows what is secret in it.</returns>
    public string? Mask(string text)
    {
        if (Read(text) is not { } scalars)
        {
            return null;
        }

        var values = scalars.All.Where(scalar => scalar.Shown != scalar.Text).Select(scalar => (scalar.Start, scalar.End, YamlText.Quote(scalar.Shown)));
        var comments = TextComments.Of(text, scalars.All).Select(comment => (comment.Start, comment.End, TextComments.Mask(comment.Text)));
        return Replace(text, values.Concat(comments));
    }

    /// <summary>A text that was shown and perhaps edited, with the secrets of the text that it was made from.</summary>
    /// <param name="shown">The text.</param>
    /// <param name="original">What it was made from.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="problems">Receives the places of <c>***</c> that stand for no secret, or for one of several.</param>
    public string Restore(string shown, string original, string file, ProblemList problems)
    {
        if (!shown.Contains(Credentials.Masked, StringComparison.Ordinal) || Read(shown) is not { } asked || Read(original) is not { } known)
        {
            return shown; // what is not valid is told by who reads it
        }

        var values = asked.All
            .Where(scalar => !scalar.IsAlias && scalar.Text.Contains(Credentials.Masked, StringComparison.Ordinal))
            .Select(scalar => (scalar.Start, scalar.End, Original(scalar, asked, known, original) ?? Report(scalar)));
        var comments = TextComments.Of(original, known.All).Select(comment => comment.Text).GroupBy(TextComments.Mask).ToDictionary(same => same.Key, same => new Queue<string>(same));
        return Replace(shown, values.ToList().Concat(TextComments.Of(shown, asked.All)
            .Where(comment => comment.Text.Contains(Credentials.Masked, StringComparison.Ordinal))
            .Select(comment => (comment.Start, comment.End, comments.TryGetValue(comment.Text, out var same) && same.TryDequeue(out var said) ? said : comment.Text))));

        string Report(TextScalar scalar)
        {
            problems.Add(TextPlaces.Of(file, shown, scalar.Start), scalar.Path.TrimEnd(':'), $"{Credentials.Masked} stands for a secret, and it is not clear for which; write the secret itself");
            return YamlText.Quote(scalar.Text);
        }
    }

    /// <summary>Where secrets differ in two texts that may look the same.</summary>
    public IReadOnlyList<string> Changed(string one, string other)
    {
        if (Read(one) is not { } first || Read(other) is not { } second)
        {
            return [];
        }

        var secrets = second.All.Where(scalar => scalar.Shown != scalar.Text).ToLookup(scalar => scalar.Path);
        return [.. first.All
            .Where(scalar => scalar.Shown != scalar.Text && secrets[scalar.Path].Any(twin => twin.Shown == scalar.Shown && twin.Text != scalar.Text))
            .Select(scalar => scalar.Path.TrimEnd(':'))
            .Distinct()];
    }

    /// <summary>As it is written in the original; null when there is none, or it is not clear which.</summary>
    private static string? Original(TextScalar asked, TextScalars text, TextScalars known, string original)
    {
        var candidates = known.All.Where(scalar => scalar.Place == asked.Place && scalar.Shown == asked.Text).ToList();
        var one = text.ListsOf(asked.Path) == known.ListsOf(asked.Path) && candidates.Where(scalar => scalar.Path == asked.Path).ToList() is [var same] ? same
            : candidates.DistinctBy(scalar => scalar.Text).ToList() is [var only] ? only
            : null;
        if (one is null)
        {
            return null;
        }

        var written = original[one.Start..one.End];
        return written.Contains('\n', StringComparison.Ordinal) || (asked.IsInFlow && !one.IsInFlow && written.AsSpan().ContainsAny(",[]{}")) ? YamlText.Quote(one.Text) : written;
    }

    private TextScalars? Read(string text)
    {
        try
        {
            return TextScalars.Of(text, topLevelKeys, isSecretFile);
        }
        catch (Exception error) when (error is YamlException or InvalidDataException or InvalidOperationException or ArgumentException or FormatException or IndexOutOfRangeException)
        {
            return null; // the last four are YamlDotNet's for what it did not foresee
        }
    }

    private static string Replace(string text, IEnumerable<(int Start, int End, string Text)> parts)
    {
        var (result, at) = (new StringBuilder(text.Length), 0);
        foreach (var (start, end, part) in parts.OrderBy(part => part.Start))
        {
            result.Append(text, at, start - at).Append(part);
            at = end;
        }

        return result.Append(text, at, text.Length - at).ToString();
    }
}

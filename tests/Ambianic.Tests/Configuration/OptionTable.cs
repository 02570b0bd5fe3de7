using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Ambianic.Configuration;
using Ambianic.Core.Configuration;

namespace Ambianic.Tests.Configuration;

/// <summary>The table of a record of options: its keys, types, ranges, defaults, and what its docstrings say of them.</summary>
internal static partial class OptionTable
{
    private static readonly Dictionary<string, XElement> Docstrings = XDocument
        .Load(Path.Combine(AppContext.BaseDirectory, "Ambianic.Core.xml"))
        .Descendants("member")
        .ToDictionary(member => (string)member.Attribute("name")!, member => member.Element("summary")!);

    /// <summary>The lines of the table, its head included.</summary>
    /// <param name="record">The record.</param>
    /// <param name="prefix">What stands before each key, for example <c>retention.</c>; may be empty.</param>
    public static IEnumerable<string> Of(Type record, string prefix)
    {
        var defaults = Activator.CreateInstance(record)!;
        yield return $"| {(prefix.Length > 0 ? $"`{prefix}`" : "key")} | type | default | meaning |";
        yield return "|---|---|---|---|";
        foreach (var (key, property) in OptionKeys.Of(record))
        {
            var (meaning, said) = Meaning(property);
            yield return $"| `{key}` | {TypeOf(property)} | {Default(property, property.GetValue(defaults), said)} | {meaning} |";
        }
    }

    private static string TypeOf(PropertyInfo property)
    {
        if (property.GetCustomAttribute<AllowedValuesAttribute>() is { } allowed)
        {
            return string.Join(", ", allowed.Values);
        }

        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var name = property.IsDefined(typeof(ConfigurationPathAttribute)) ? "path" : Name(type);
        return Limits(property) is { } limits ? $"{name}, {limits}" : name;
    }

    private static string Name(Type type) =>
        type == typeof(string) ? "text"
        : type == typeof(bool) ? "boolean"
        : type == typeof(int) ? "whole number"
        : type == typeof(float) || type == typeof(double) ? "number"
        : type == typeof(TimeSpan) ? "duration"
        : type == typeof(TimeOnly) ? "time of day"
        : type.IsEnum ? string.Join(", ", Enum.GetNames(type).Select(value => $"`{OptionKeys.NameOf(value)}`"))
        : !typeof(IEnumerable).IsAssignableFrom(type) ? "map"
        : type.GetGenericArguments() is [_, var value] ? value.IsClass ? "map of names" : $"map of names and {Name(value)}s"
        : type == typeof(IReadOnlyList<PipelineConfiguration>) ? "map of names and lists of elements"
        : type.GetGenericArguments() is not [var item] || item == typeof(string) ? "list of text"
        : item.IsEnum ? $"list of {Name(item)}" : item.IsGenericType ? "list of lists" : "list of maps";

    private static string? Limits(PropertyInfo property) => property.GetCustomAttribute<RangeAttribute>() is not { } range ? null
        : range.OperandType == typeof(TimeSpan) ? $"{Duration((string)range.Minimum)} to {Duration((string)range.Maximum)}"
        : range.Maximum is int.MaxValue ? $"at least {range.Minimum}"
        : string.Create(CultureInfo.InvariantCulture, $"{range.Minimum:0.###} to {range.Maximum:0.###}");

    private static string Duration(string span) => ScalarValues.Of(TimeSpan.Parse(span, CultureInfo.InvariantCulture)) is var text && text == "0s" ? "0" : text;

    private static string Default(PropertyInfo property, object? value, string? said)
    {
        if (property.IsDefined(typeof(RequiredAttribute)))
        {
            return "required";
        }

        var shown = value switch
        {
            null or "" => "none",
            bool flag => flag ? "`true`" : "`false`",
            Enum choice => $"`{OptionKeys.NameOf(choice.ToString())}`",
            string text => $"`{text}`",
            IEnumerable<string> list when list.Any() => $"`[{string.Join(", ", list)}]`",
            IEnumerable => "none",
            TimeSpan span => $"`{ScalarValues.Of(span)}`",
            TimeOnly time => $"`{time.ToString("HH:mm", CultureInfo.InvariantCulture)}`",
            IFormattable number => $"`{number.ToString(null, CultureInfo.InvariantCulture)}`",
            _ => "",
        };
        if (said is null)
        {
            return shown;
        }

        Assert.True(
            value is null or "" || !Literal().IsMatch(said) || said.Trim('`').Equals(shown.Trim('`'), StringComparison.OrdinalIgnoreCase),
            $"{property.DeclaringType!.Name}.{property.Name}: the docstring says that the default is {said}, and it is {shown}");
        return Literal().IsMatch(said) && !said.StartsWith('`') ? $"`{said}`" : said;
    }

    /// <summary>The docstring without what other columns say, and what it says of the default.</summary>
    private static (string Meaning, string? Default) Meaning(PropertyInfo property)
    {
        var summary = Docstrings[$"P:{property.DeclaringType!.FullName}.{property.Name}"];
        var text = Spaces().Replace(string.Concat(summary.Nodes().Select(Words)), " ").Trim();
        var said = DefaultSentence().Match(text);
        text = DefaultSentence().Replace(text, "").Trim();
        if (Limits(property) is { } limits)
        {
            var written = Regex.Escape(limits.Replace("at least", "from", StringComparison.Ordinal));
            text = Regex.Replace(text, $"^{written}; |[,;] (each )?{written}", "");
        }

        text = text.TrimEnd('.').Replace("|", "\\|", StringComparison.Ordinal);
        return (text.Length > 0 ? char.ToUpperInvariant(text[0]) + text[1..] : "", said.Success ? said.Groups[1].Value : null);
    }

    private static string Words(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" } see => $"`{OptionKeys.NameOf(((string)see.Attribute("cref")!).Split('.')[^1])}`",
        XElement code => $"`{code.Value}`",
        _ => "",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    /// <summary>At the end of a docstring.</summary>
    [GeneratedRegex(@"(?:^| |; )[Tt]he default is ([^.]*(?:\.\d[^.]*|`[^`]*`[^.]*)*)\.$")]
    private static partial Regex DefaultSentence();

    [GeneratedRegex(@"^(`[^` ]+`|[\d.]+[smhd]?|\d\d:\d\d|true|false)$")]
    private static partial Regex Literal();
}

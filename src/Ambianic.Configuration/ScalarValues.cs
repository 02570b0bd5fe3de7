using System.Globalization;

namespace Ambianic.Configuration;

/// <summary>What the text of a scalar means when a value of some type is expected.</summary>
internal static class ScalarValues
{
    /// <summary>YAML 1.1's words: <c>yes</c> and <c>on</c> are true, as they were for the reference system.</summary>
    public static bool? ToBoolean(string text) => text.ToLowerInvariant() switch
    {
        "true" or "yes" or "on" => true,
        "false" or "no" or "off" => false,
        _ => null,
    };

    /// <summary>Words that say no to something that is more than a boolean.</summary>
    public static bool IsOff(string text) => ToBoolean(text) == false || text.Equals("none", StringComparison.OrdinalIgnoreCase);

    public static long? ToInteger(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    public static double? ToNumber(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    /// <summary>A member of the enumeration by its name in snake case, in any case.</summary>
    public static object? ToEnum(Type type, string text)
    {
        var name = Enum.GetNames(type).FirstOrDefault(name => OptionKeys.NameOf(name).Equals(text, StringComparison.OrdinalIgnoreCase));
        return name is null ? null : Enum.Parse(type, name);
    }
}

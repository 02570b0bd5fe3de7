using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Ambianic.Core.Vision.Falls.Rules;

/// <summary>All values of a <see cref="FallRule"/> by name, and a fingerprint of them.</summary>
public static class FallRuleValues
{
    private static readonly FallRule Default = new();

    /// <summary>Every threshold, in the order of the records, as <c>name</c> or <c>group.name</c> in snake case, and its value in invariant notation.</summary>
    public static IReadOnlyList<(string Name, string Value)> Values(this FallRule rule)
    {
        List<(string, string)> values = [];
        Add(values, "", rule);
        return values;
    }

    /// <summary>
    /// Eight hexadecimal digits that are the same for the same thresholds, on every machine. Those that can be set in the
    /// configuration are left out, so that all installations of one version share it.
    /// </summary>
    public static string Fingerprint(this FallRule rule)
    {
        var version = rule with
        {
            SpineScore = Default.SpineScore,
            Probability = Default.Probability,
            LongLieSeconds = Default.LongLieSeconds,
            EscalationSeconds = Default.EscalationSeconds,
            PersonDownSeconds = Default.PersonDownSeconds,
        };
        var text = string.Concat(version.Values().Select(value => $"{value.Name}={value.Value}\n"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 4));
    }

    private static void Add(List<(string, string)> values, string group, object record)
    {
        foreach (var property in record.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        {
            var name = group + JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
            if (property.GetValue(record) is IConvertible value)
            {
                values.Add((name, value.ToString(CultureInfo.InvariantCulture)));
            }
            else
            {
                Add(values, name + ".", property.GetValue(record)!);
            }
        }
    }
}

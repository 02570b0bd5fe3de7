using System.Collections;
using System.Globalization;
using System.Reflection;

namespace Ambianic.Tests.Storage.Alerts;

/// <summary>Makes records of which each property is set, so that one that is added later is tried too.</summary>
internal static class AnyRecord
{
    private static readonly string[] Texts = ["a", "Küche", "שלום", "🚨 fall", "a\"b\\c\n", "'; DROP TABLE alerts; --"];

    /// <summary>A record without a property that has its default.</summary>
    public static T Of<T>(Random random) => (T)Of(typeof(T), random);

    /// <summary>Compares all properties, and offsets of times.</summary>
    public static void AssertSame<T>(T expected, T actual)
    {
        var properties = typeof(T).GetProperties(BindingFlags.Instance | BindingFlags.Public);
        Assert.NotEmpty(properties);
        Assert.All(properties, property => Assert.Equal(Text(property.GetValue(expected)), Text(property.GetValue(actual))));
    }

    private static string Text(object? value) => value switch
    {
        null => "null",
        string text => text,
        DateTimeOffset at => at.ToString("O", CultureInfo.InvariantCulture),
        IEnumerable<KeyValuePair<string, DateTimeOffset>> times => string.Join('|', times.Select(one => $"{one.Key}={Text(one.Value)}")),
        IEnumerable items => string.Join('|', items.Cast<object>().Select(Text)),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };

    private static object Of(Type type, Random random)
    {
        var made = type.GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)!;
        var record = made.Invoke([.. made.GetParameters().Select(parameter => Value(parameter.ParameterType, random))]);
        foreach (var property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property.CanWrite))
        {
            property.SetValue(record, Value(property.PropertyType, random));
        }

        return record;
    }

    private static object Value(Type type, Random random) => Nullable.GetUnderlyingType(type) is { } inner ? Value(inner, random)
        : type == typeof(string) ? Texts[random.Next(Texts.Length)] + random.Next()
        : type == typeof(int) ? random.Next(2, int.MaxValue)
        : type == typeof(long) ? random.NextInt64(2, long.MaxValue)
        : type == typeof(double) ? random.NextDouble() + 1e-9
        : type == typeof(bool) ? true
        : type == typeof(DateTimeOffset) ? new DateTimeOffset(random.NextInt64(630_000_000_000_000_000, 650_000_000_000_000_000), TimeSpan.FromMinutes(random.Next(-800, 800)))
        : type.IsEnum ? Enum.GetValues(type).GetValue(random.Next(1, Enum.GetValues(type).Length))!
        : type.IsAssignableFrom(typeof(string[])) ? Enumerable.Range(0, random.Next(1, 4)).Select(_ => (string)Value(typeof(string), random)).ToArray()
        : type.IsAssignableFrom(typeof(Dictionary<string, DateTimeOffset>)) ? new Dictionary<string, DateTimeOffset> { [(string)Value(typeof(string), random)] = (DateTimeOffset)Value(typeof(DateTimeOffset), random) }
        : type.Namespace!.StartsWith("Ambianic", StringComparison.Ordinal) ? Of(type, random)
        : throw new NotSupportedException($"say here how a {type.Name} is made");
}

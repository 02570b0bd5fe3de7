using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using Ambianic.Core.Configuration;

namespace Ambianic.Configuration;

/// <summary>The keys by which a configuration file sets the properties of an options record: their names in snake case.</summary>
internal static class OptionKeys
{
    private static readonly ConcurrentDictionary<Type, OrderedDictionary<string, PropertyInfo>> Known = new();

    public static IReadOnlyDictionary<string, PropertyInfo> Of(Type options) => Known.GetOrAdd(options, Find);

    public static string NameOf(string member) => JsonNamingPolicy.SnakeCaseLower.ConvertName(member);

    private static OrderedDictionary<string, PropertyInfo> Find(Type options)
    {
        var keys = new OrderedDictionary<string, PropertyInfo>();
        foreach (var property in options.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.CanWrite && property.GetCustomAttribute<ConfigurationIgnoreAttribute>() is null)
            {
                keys.Add(NameOf(property.Name), property);
            }
        }

        return keys;
    }
}

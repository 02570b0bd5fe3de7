using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Ambianic.Core.Configuration;

namespace Ambianic.Configuration;

/// <summary>
/// Makes options records from nodes. The record is the schema: its properties are the keys, their types and validation
/// attributes say what is allowed, their initial values are the defaults.
/// </summary>
/// <param name="workingDirectory">Where relative paths begin, absolute.</param>
internal sealed class OptionsBinder(string workingDirectory)
{
    /// <summary>Binds a map; nothing is an empty map. What is wrong is reported, under the path, and keeps its default.</summary>
    public T Bind<T>(Node node, string path, ProblemList problems)
        where T : class, new() => (T)(Bind(node, typeof(T), path, problems) ?? new T());

    /// <summary>Binds to any type that a property of an options record may have; null when that is impossible and has been reported.</summary>
    public object? Bind(Node node, Type type, string path, ProblemList problems)
    {
        if (node is BrokenNode broken)
        {
            problems.Add(broken.Problem);
            return null;
        }

        type = Nullable.GetUnderlyingType(type) ?? type;
        if (ElementOfList(type) is { } item)
        {
            return BindList(node, item, path, problems);
        }

        if (ValueOfDictionary(type) is { } value)
        {
            return BindDictionary(node, value, path, problems);
        }

        return type == typeof(string) || type.IsValueType
            ? BindScalar(node, type, path, problems)
            : BindRecord(node, type, path, problems);
    }

    /// <summary>Checks one entry as if it stood among the options of a type that has its key.</summary>
    public void BindKey(Type options, Entry entry, string path, ProblemList problems)
    {
        if (entry.Value is not ScalarNode { IsNull: true })
        {
            BindProperty(Activator.CreateInstance(options)!, OptionKeys.Of(options)[entry.Key], entry.Value, path, problems);
        }
    }

    private object? BindRecord(Node node, Type type, string path, ProblemList problems)
    {
        var off = type.GetCustomAttribute<ConfigurationOffAttribute>();
        if (off is not null && node is ScalarNode scalar && ScalarValues.IsOff(scalar.Text))
        {
            return type.GetProperty(off.Value)!.GetValue(null);
        }

        if (AsMapping(node) is not { } mapping)
        {
            return Reject(node, off is null ? "a map of keys and values" : "off, or a map of keys and values", path, problems);
        }

        var options = Activator.CreateInstance(type)!;
        var keys = OptionKeys.Of(type);
        foreach (var entry in mapping.Entries)
        {
            var entryPath = entry.Path ?? ProblemList.Join(path, entry.Key);
            if (!keys.TryGetValue(entry.Key, out var property))
            {
                problems.Add(entry.KeyPlace, entryPath, "is not a key that is known here", Suggestions.Nearest(entry.Key, keys.Keys));
            }
            else if (entry.Value is not ScalarNode { IsNull: true })
            {
                BindProperty(options, property, entry.Value, entryPath, problems);
            }
        }

        foreach (var (key, property) in keys.Where(key => key.Value.GetCustomAttribute<RequiredAttribute>() is not null))
        {
            if (mapping.Find(key) is null or { Value: ScalarNode { Text: "" } or ScalarNode { IsNull: true } })
            {
                problems.Add(mapping.Find(key)?.KeyPlace ?? mapping.Place, ProblemList.Join(path, key), "is missing");
            }
        }

        if (options is IValidatableObject whole)
        {
            foreach (var result in whole.Validate(new ValidationContext(options)))
            {
                problems.Add(mapping.Place, path, result.ErrorMessage!);
            }
        }

        return options;
    }

    private void BindProperty(object options, PropertyInfo property, Node node, string path, ProblemList problems)
    {
        if (Bind(node, property.PropertyType, path, problems) is not { } value)
        {
            return;
        }

        var attributes = property.GetCustomAttributes<ValidationAttribute>().Where(attribute => attribute is not RequiredAttribute).ToList();
        foreach (var (one, oneNode, onePath) in ValidatedValues(value, node, path))
        {
            if (attributes.Find(attribute => !attribute.IsValid(one)) is { } broken)
            {
                problems.Add(oneNode.Place, onePath, Expectation(broken, onePath) + ", not " + ProblemList.Quote(oneNode));
                return;
            }
        }

        var isPath = property.GetCustomAttribute<ConfigurationPathAttribute>() is not null;
        property.SetValue(options, isPath && value is string { Length: > 0 } text ? Path.GetFullPath(text, workingDirectory) : value);
    }

    /// <summary>What the attributes of a property speak of: its value, or each value of a map.</summary>
    private static IEnumerable<(object Value, Node Node, string Path)> ValidatedValues(object value, Node node, string path) =>
        value is System.Collections.IDictionary map && AsMapping(node) is { } mapping
            ? mapping.Entries.Where(entry => map.Contains(entry.Key))
                .Select(entry => (map[entry.Key]!, entry.Value, entry.Path ?? ProblemList.Join(path, entry.Key)))
            : [(value, node, path)];

    private Array BindList(Node node, Type type, string path, ProblemList problems)
    {
        // One value is a list of one: "label_filter: person".
        IReadOnlyList<Node> nodes = node switch
        {
            SequenceNode sequence => sequence.Items,
            ScalarNode { IsNull: true } => [],
            _ => [node],
        };
        var items = nodes
            .Select((item, index) => Bind(item, type, node is SequenceNode ? $"{path}[{index}]" : path, problems))
            .Where(item => item is not null)
            .ToArray();
        var array = Array.CreateInstance(type, items.Length);
        Array.Copy(items, array, items.Length);
        return array;
    }

    private object? BindDictionary(Node node, Type type, string path, ProblemList problems)
    {
        if (AsMapping(node) is not { } mapping)
        {
            Reject(node, "a map of names and what they stand for", path, problems);
            return null;
        }

        var dictionary = (System.Collections.IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), type))!;
        foreach (var entry in mapping.Entries)
        {
            if (Bind(entry.Value, type, entry.Path ?? ProblemList.Join(path, entry.Key), problems) is { } value)
            {
                dictionary.Add(entry.Key, value);
            }
        }

        return dictionary;
    }

    private static object? BindScalar(Node node, Type type, string path, ProblemList problems)
    {
        var scalar = node as ScalarNode;
        if (type == typeof(string))
        {
            return scalar is { IsNull: false } && !scalar.Text.Contains('\0') ? scalar.Text : Reject(node, "text", path, problems);
        }

        if (type.IsEnum)
        {
            var names = Enum.GetNames(type).Select(OptionKeys.NameOf).ToList();
            return scalar is null
                ? Reject(node, $"one of {string.Join(", ", names)}", path, problems)
                : ScalarValues.ToEnum(type, scalar.Text)
                    ?? Reject(node, $"one of {string.Join(", ", names)}", path, problems, Suggestions.Nearest(scalar.Text, names));
        }

        if (type == typeof(bool))
        {
            return Plain(scalar, ScalarValues.ToBoolean) ?? Reject(node, "true or false", path, problems);
        }

        if (type == typeof(int) || type == typeof(long))
        {
            var number = Plain(scalar, ScalarValues.ToInteger);
            return number is null || (type == typeof(int) && (int)number != number)
                ? Reject(node, "a whole number", path, problems)
                : Convert.ChangeType(number, type, CultureInfo.InvariantCulture);
        }

        if (type == typeof(double) || type == typeof(float))
        {
            return Plain(scalar, ScalarValues.ToNumber) is { } number
                ? Convert.ChangeType(number, type, CultureInfo.InvariantCulture)
                : Reject(node, "a number", path, problems);
        }

        if (type == typeof(TimeSpan))
        {
            return scalar is { IsNull: false } && ScalarValues.ToDuration(scalar.Text) is { } span
                ? span
                : Reject(node, "a time such as 30s, 5m or 2h", path, problems);
        }

        if (type == typeof(TimeOnly))
        {
            return scalar is { IsNull: false } && ScalarValues.ToTimeOfDay(scalar.Text) is { } time
                ? time
                : Reject(node, "a time of the day such as 22:00", path, problems);
        }

        throw new NotSupportedException($"an options record has a property of type {type}, which a configuration file cannot set");
    }

    private static T? Plain<T>(ScalarNode? scalar, Func<string, T?> read)
        where T : struct => scalar is { IsPlain: true } ? read(scalar.Text) : null;

    private static object? Reject(Node node, string expected, string path, ProblemList problems, string? suggestion = null)
    {
        var quotes = node is ScalarNode { IsPlain: false } && expected is not "text" && suggestion is null;
        problems.Add(node.Place, path, $"must be {expected}, not {ProblemList.Quote(node)}{(quotes ? " in quotes" : "")}", suggestion);
        return null;
    }

    private static string Expectation(ValidationAttribute attribute, string path) => attribute switch
    {
        RangeAttribute { Maximum: int.MaxValue or double.MaxValue or double.PositiveInfinity, Minimum: var least } =>
            string.Create(CultureInfo.InvariantCulture, $"must be at least {least}"),
        RangeAttribute { OperandType: var type, Minimum: string least, Maximum: string most } when type == typeof(TimeSpan) =>
            $"must be from {ScalarValues.Of(TimeSpan.Parse(least, CultureInfo.InvariantCulture))} to {ScalarValues.Of(TimeSpan.Parse(most, CultureInfo.InvariantCulture))}",
        StringLengthAttribute { MaximumLength: var most } => $"must have at most {most} characters",
        RangeAttribute range => string.Create(CultureInfo.InvariantCulture, $"must be from {range.Minimum} to {range.Maximum}"),
        AllowedValuesAttribute allowed => $"must be one of {string.Join(", ", allowed.Values)}",
        _ => attribute.FormatErrorMessage(path),
    };

    private static MappingNode? AsMapping(Node node) => node switch
    {
        MappingNode mapping => mapping,
        ScalarNode { IsNull: true } => new MappingNode(node.Place, []),
        _ => null,
    };

    private static Type? ElementOfList(Type type) => ArgumentOf(type, typeof(IReadOnlyList<>), 0);

    private static Type? ValueOfDictionary(Type type) => ArgumentOf(type, typeof(IReadOnlyDictionary<,>), 1);

    private static Type? ArgumentOf(Type type, Type definition, int argument) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == definition ? type.GetGenericArguments()[argument] : null;
}

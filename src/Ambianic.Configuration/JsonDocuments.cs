using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using Ambianic.Core.Configuration;

namespace Ambianic.Configuration;

/// <summary>Writes configuration as JSON: for people and programs with secrets masked, for comparison with everything.</summary>
internal static class JsonDocuments
{
    /// <summary>The effective configuration: what was bound, with defaults; models and pipelines as written.</summary>
    public static JsonObject Effective(AmbianicConfiguration configuration, MappingNode document)
    {
        var json = (JsonObject)Describe(configuration with { Pipelines = [] })!;
        foreach (var section in (string[])["ai_models", "pipelines"])
        {
            json[section] = document.Find(section) is { Value: MappingNode content } ? Convert(content) : new JsonObject();
        }

        var shown = (JsonObject)Mask(json, isSecret: false)!;
        if (configuration.Heartbeat.Url is { Length: > 0 } url)
        {
            shown["heartbeat"]!["url"] = MaskAll(url);
        }

        var headers = shown["metrics"]!["otlp"]!["headers"]!.AsObject();
        foreach (var name in headers.Select(header => header.Key).ToList())
        {
            headers[name] = Credentials.Masked;
        }

        return shown;
    }

    /// <summary>A text that is equal for documents that say the same, whatever the order of their keys. Holds secrets.</summary>
    public static string Canonical(Node node) => node switch
    {
        ScalarNode scalar => JsonValue.Create(scalar.IsPlain ? scalar.Text : $"'{scalar.Text}'").ToJsonString(),
        SequenceNode sequence => $"[{string.Join(',', sequence.Items.Select(Canonical))}]",
        MappingNode mapping => $"{{{string.Join(',', mapping.Entries
            .OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => $"{JsonValue.Create(entry.Key).ToJsonString()}:{Canonical(entry.Value)}"))}}}",
        _ => "null",
    };

    /// <summary>The opposite of binding: an options record as the file could have set it.</summary>
    private static JsonNode? Describe(object? value) => value switch
    {
        null => null,
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        Enum member => JsonValue.Create(OptionKeys.NameOf(member.ToString())),
        int or long => JsonValue.Create(System.Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        float or double => JsonValue.Create(ScalarValues.ToNumber(string.Create(CultureInfo.InvariantCulture, $"{value}"))),
        IDictionary map => new JsonObject(map.Keys.Cast<string>().Select(key => KeyValuePair.Create(key, Describe(map[key])))),
        IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(Describe)]),
        _ => new JsonObject(OptionKeys.Of(value.GetType()).Select(key => KeyValuePair.Create(key.Key, Describe(key.Value.GetValue(value))))),
    };

    private static JsonNode? Convert(Node node) => node switch
    {
        ScalarNode { IsNull: true } => null,
        ScalarNode { IsPlain: true } scalar when ScalarValues.ToBoolean(scalar.Text) is { } flag => JsonValue.Create(flag),
        ScalarNode { IsPlain: true } scalar when ScalarValues.ToInteger(scalar.Text) is { } integer => JsonValue.Create(integer),
        ScalarNode { IsPlain: true } scalar when ScalarValues.ToNumber(scalar.Text) is { } number => JsonValue.Create(number),
        ScalarNode { Place.IsSecret: true } scalar when !scalar.Text.Contains("://", StringComparison.Ordinal) => JsonValue.Create(Credentials.Masked),
        ScalarNode scalar => JsonValue.Create(scalar.Text),
        SequenceNode sequence => new JsonArray([.. sequence.Items.Select(Convert)]),
        MappingNode mapping => new JsonObject(mapping.Entries.Select(entry => KeyValuePair.Create(entry.Key, Convert(entry.Value)))),
        _ => null,
    };

    /// <summary>A copy without credentials; below a secret key no value is left.</summary>
    private static JsonNode? Mask(JsonNode? json, bool isSecret) => json switch
    {
        JsonObject map => new JsonObject(map
            .Select(entry => KeyValuePair.Create(Credentials.MaskName(entry.Key), Mask(entry.Value, isSecret || Credentials.IsSecretKey(entry.Key))))
            .DistinctBy(entry => entry.Key)),
        JsonArray list => new JsonArray([.. list.Select(item => Mask(item, isSecret))]),
        JsonValue value when isSecret => JsonValue.Create(MaskAll(value.ToString())),
        JsonValue value when value.TryGetValue<string>(out var text) => JsonValue.Create(Credentials.Mask(text)),
        _ => json?.DeepClone(),
    };

    /// <summary>Of a provider the kind is left.</summary>
    private static string MaskAll(string text)
    {
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        return scheme < 0 ? Credentials.Masked : text[..(scheme + 3)] + Credentials.Masked;
    }
}

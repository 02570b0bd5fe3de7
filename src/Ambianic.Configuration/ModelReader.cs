using Ambianic.Core.Configuration;
using Ambianic.Core.Pipelines;

namespace Ambianic.Configuration;

/// <summary>Reads the section <c>ai_models</c> and puts its entries into the elements that refer to them.</summary>
internal sealed class ModelReader(MappingNode section, ElementRegistry registry, ModelNames names, OptionsBinder binder)
{
    private const string ReferenceKey = "ai_model";
    private const string IdKey = "ai_model_id";

    /// <summary>Reports keys that no element knows, and values that the element that knows them could not take.</summary>
    public void Check(ProblemList problems)
    {
        var types = registry.Kinds.Values
            .SelectMany(kind => OptionKeys.Of(kind.OptionsType))
            .Where(key => key.Key != ReferenceKey)
            .DistinctBy(key => key.Key)
            .ToDictionary(key => key.Key, key => key.Value.DeclaringType!);
        foreach (var model in section.Entries)
        {
            var options = MapOf(model, problems);
            CheckKeys(options, PathOf(model), types, problems);
            names.Check(options, null, PathOf(model), problems);
        }
    }

    /// <summary>An element's options with those of the model that it names below them; the element's own win, and what its options record does not know of the model is left out.</summary>
    public MappingNode Resolve(MappingNode options, Type type, string path, ProblemList problems)
    {
        var keys = OptionKeys.Of(type);
        if (options.Find(ReferenceKey) is not { } reference || !keys.ContainsKey(ReferenceKey))
        {
            return options;
        }

        var inline = reference.Value as MappingNode;
        var id = inline is null ? reference.Value : inline.Find(IdKey)?.Value;
        var model = new MappingNode(reference.Value.Place, []);
        if (id is ScalarNode { IsNull: false } scalar && (section.Find(scalar.Text) ?? ReferenceDefaults.Model(scalar.Text)) is { } entry)
        {
            model = Known(MapOf(entry, problems), keys.Keys, PathOf(entry));
        }
        else if (id is BrokenNode broken)
        {
            problems.Add(broken.Problem);
        }
        else if (id is not null)
        {
            var near = id is ScalarNode { Text: var name } ? Suggestions.Nearest(name, section.Keys) : null;
            problems.Add(id.Place, ProblemList.Join(path, ReferenceKey), $"{ProblemList.Quote(id)} is not a model; define it in 'ai_models'", near);
        }

        if (inline is not null)
        {
            model = NodeMerge.Merge(model, Without(IdKey, inline));
        }

        var own = Without(ReferenceKey, options);
        var named = id is ScalarNode ? new MappingNode(options.Place, [reference with { Value = id }]) : new MappingNode(options.Place, []);
        return NodeMerge.Merge(NodeMerge.Merge(model, own), named);
    }

    private void CheckKeys(MappingNode model, string path, Dictionary<string, Type> types, ProblemList problems)
    {
        foreach (var entry in model.Entries)
        {
            var keyPath = ProblemList.Join(path, entry.Key);
            if (!types.TryGetValue(entry.Key, out var options))
            {
                problems.Add(entry.KeyPlace, keyPath, "is not a key that any element knows", Suggestions.Nearest(entry.Key, types.Keys));
                continue;
            }

            binder.BindKey(options, entry, keyPath, problems);
        }
    }

    private static MappingNode MapOf(Entry model, ProblemList problems)
    {
        switch (model.Value)
        {
            case MappingNode mapping:
                return mapping;
            case BrokenNode broken:
                problems.Add(broken.Problem);
                break;
            default:
                problems.Add(model.Value.Place, PathOf(model), $"must be a map of keys and values, not {ProblemList.Quote(model.Value)}");
                break;
        }

        return new MappingNode(model.Value.Place, []);
    }

    private static MappingNode Known(MappingNode model, IEnumerable<string> keys, string path) => new(model.Place, [.. keys
        .Where(key => key != ReferenceKey)
        .Select(model.Find)
        .OfType<Entry>()
        .Select(entry => entry with { Path = ProblemList.Join(path, entry.Key) })]);

    private static MappingNode Without(string key, MappingNode mapping) =>
        new(mapping.Place, [.. mapping.Entries.Where(entry => entry.Key != key)]);

    private static string PathOf(Entry model) => ProblemList.Join("ai_models", model.Key);
}

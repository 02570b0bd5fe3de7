using System.Reflection;
using Ambianic.Core.Configuration;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Decoders;

namespace Ambianic.Configuration;

/// <summary>Refuses names that no model and no decoder has, and models that look for something else than the element.</summary>
/// <param name="known">The models of the catalog.</param>
internal sealed class ModelNames(IReadOnlyList<KnownModel> known)
{
    /// <summary>The key of the map that holds them, in an element and in an entry of <c>ai_models</c>.</summary>
    public const string Key = "model";

    /// <summary>Adds what is wrong in the map <c>model</c>.</summary>
    /// <param name="options">Those that hold it.</param>
    /// <param name="element">That uses the model; null when none has been asked.</param>
    /// <param name="path">That of the options.</param>
    /// <param name="problems">Receives errors.</param>
    public void Check(MappingNode options, ElementKind? element, string path, ProblemList problems)
    {
        if (options.Find(Key) is not { Value: MappingNode model } entry)
        {
            return;
        }

        var modelPath = entry.Path ?? ProblemList.Join(path, Key);
        if (model.Find("name") is { Value: ScalarNode { IsNull: false, Text.Length: > 0 } name } named)
        {
            CheckName(name, element, named.Path ?? ProblemList.Join(modelPath, named.Key), problems);
        }

        if (model.Find("decoder") is { Value: ScalarNode { IsNull: false } decoder } read)
        {
            CheckDecoder(decoder, read.Path ?? ProblemList.Join(modelPath, read.Key), problems);
        }
    }

    /// <summary>What the model of an element has to look for; null when its options record does not say.</summary>
    public static ModelRole? RoleOf(Type options) =>
        OptionKeys.Of(options).GetValueOrDefault(Key)?.GetCustomAttribute<FindsAttribute>()?.Role;

    private void CheckName(ScalarNode name, ElementKind? element, string path, ProblemList problems)
    {
        if (known.FirstOrDefault(model => model.Name.Equals(name.Text, StringComparison.OrdinalIgnoreCase)) is not { } model)
        {
            problems.Add(
                name.Place,
                path,
                $"{ProblemList.Quote(name)} is not a model of the catalog; 'ambianic models list' prints those that are",
                Suggestions.Nearest(name.Text, known.Select(model => model.Name)));
        }
        else if (element is not null && RoleOf(element.OptionsType) is { } wanted && model.Role != wanted)
        {
            var fitting = known.Where(other => other.Role == wanted).Select(other => other.Name);
            problems.Add(
                name.Place,
                path,
                $"{ProblemList.Quote(name)} finds {Text(model.Role)}, and {element.Name} looks for {Text(wanted)}; for those there are {string.Join(", ", fitting)}");
        }
    }

    private static void CheckDecoder(ScalarNode decoder, string path, ProblemList problems)
    {
        var names = DetectionDecoders.Names.Order(StringComparer.Ordinal).ToList();
        if (!names.Contains(decoder.Text))
        {
            problems.Add(
                decoder.Place,
                path,
                $"{ProblemList.Quote(decoder)} is not a decoder; there are {string.Join(", ", names)}",
                Suggestions.Nearest(decoder.Text, names));
        }
    }

    private static string Text(ModelRole role) => role.ToString().ToLowerInvariant();
}

using Ambianic.Core.Configuration;
using Ambianic.Core.Vision;

namespace Ambianic.Configuration;

/// <summary>
/// Warns of files that an element's model needs and that are not there. A warning, because a disk may be mounted later:
/// the pipeline is ill until then, and the others run.
/// </summary>
internal static class MissingFiles
{
    private const string LabelsKey = "labels";

    /// <summary>Adds the warnings.</summary>
    /// <param name="element">The element's options with those of the model that it refers to.</param>
    /// <param name="options">The same, bound.</param>
    /// <param name="path">The element's.</param>
    /// <param name="problems">Receives the warnings.</param>
    public static void Report(MappingNode element, object options, string path, ProblemList problems)
    {
        if (LegacyModelFiles.Used(ValueOf<ModelOptions>(options, ModelNames.Key)) is { } used && !File.Exists(used.Path))
        {
            if (LegacyModelFiles.RoleOfWellKnown(used.Path) is { } wellKnown && (ModelNames.RoleOf(options.GetType()) ?? wellKnown) == wellKnown)
            {
                return; // the catalog's is used instead, with its own labels
            }

            if (element.Find(ModelNames.Key) is { Value: MappingNode model } entry)
            {
                Warn(model.Find(used.Key), entry.Path ?? ProblemList.Join(path, ModelNames.Key), used.Path, problems);
            }
        }

        if (ReadsLabels(options.GetType()) && ValueOf<string>(options, LabelsKey) is { Length: > 0 } labels && !File.Exists(labels))
        {
            Warn(element.Find(LabelsKey), path, labels, problems);
        }
    }

    private static void Warn(Entry? entry, string parent, string file, ProblemList problems)
    {
        if (entry is null)
        {
            return;
        }

        var place = entry.Value.Place;
        var named = place.IsSecret ? "the file" : $"the file {Credentials.Mask(file)}";
        var message = Directory.Exists(file)
            ? $"{named} is a folder; name a file in it"
            : $"{named} is not there; put it there or correct the path";
        problems.Add(new ConfigurationProblem(
            place.File, place.Line, place.Column, entry.Path ?? ProblemList.Join(parent, entry.Key), message) { IsWarning = true });
    }

    /// <summary>False for an element that accepts the key only for compatibility.</summary>
    private static bool ReadsLabels(Type options) => OptionKeys.Of(options).TryGetValue(LabelsKey, out var property)
        && property.IsDefined(typeof(ConfigurationPathAttribute), inherit: false);

    private static T? ValueOf<T>(object options, string key)
        where T : class => OptionKeys.Of(options.GetType()).TryGetValue(key, out var property) ? property.GetValue(options) as T : null;
}

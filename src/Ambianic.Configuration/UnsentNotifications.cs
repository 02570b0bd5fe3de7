using Ambianic.Core.Configuration;
using Ambianic.Core.Timeline;

namespace Ambianic.Configuration;

/// <summary>Warns of everything that asks for a notification: notifications are not implemented, and nobody may rely on one.</summary>
internal static class UnsentNotifications
{
    /// <summary>Adds a warning for each provider of <c>notifications</c> that is not switched off.</summary>
    /// <param name="document">The merged document.</param>
    /// <param name="targets">Its section <c>notifications</c>, bound.</param>
    /// <param name="problems">Receives the warnings.</param>
    public static void ReportProviders(
        MappingNode document, IReadOnlyDictionary<string, NotificationOptions> targets, ProblemList problems)
    {
        if (document.Find("notifications")?.Value is not MappingNode section)
        {
            return;
        }

        foreach (var target in section.Entries.Where(target => targets.TryGetValue(target.Key, out var options) && options.Enabled))
        {
            var providers = (target.Value as MappingNode)?.Find("providers")?.Value;
            var addresses = providers is SequenceNode list ? list.Items : providers is null ? [] : [providers];
            var path = ProblemList.Join(ProblemList.Join("notifications", target.Key), "providers");
            foreach (var (index, address) in addresses.Index().Where(item => item.Item is ScalarNode { IsNull: false }))
            {
                Warn(address.Place, $"{path}[{index}]", "nothing is sent to this provider: Ambianic does not send notifications yet", problems);
            }
        }
    }

    /// <summary>Adds a warning when a <c>save_detections</c> names whom to notify.</summary>
    /// <param name="element">The element and its options.</param>
    /// <param name="path">The element's.</param>
    /// <param name="problems">Receives the warning.</param>
    public static void ReportRecipients(Entry element, string path, ProblemList problems)
    {
        if (element is { Key: SaveDetections.Name, Value: MappingNode options }
            && options.Find("notify") is { Value: MappingNode named } notify && named.Find("providers") is not null)
        {
            Warn(notify.KeyPlace, ProblemList.Join(path, notify.Key), "nobody is notified: Ambianic does not send notifications yet", problems);
        }
    }

    private static void Warn(Place place, string path, string message, ProblemList problems)
    {
        var warning = new ConfigurationProblem(place.File, place.Line, place.Column, path, message) { IsWarning = true };
        if (!problems.Problems.Any(error => error.Path == path)) // an error says enough
        {
            problems.Add(warning);
        }
    }
}

using Ambianic.Core.Configuration;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Elements;

namespace Ambianic.Core.Mqtt;

/// <summary>What a pipeline looks for, as far as its configuration says it.</summary>
/// <param name="Labels">Those that it names; a person when it names none.</param>
/// <param name="IsOpen">True when others may be seen as well.</param>
/// <param name="DetectsFalls">True when it looks for falls.</param>
internal sealed record WatchedLabels(IReadOnlyList<string> Labels, bool IsOpen, bool DetectsFalls)
{
    /// <summary>Reads it from the elements.</summary>
    public static WatchedLabels Of(PipelineConfiguration pipeline)
    {
        var (labels, isOpen) = (new List<string>(), false);
        foreach (var element in pipeline.Elements)
        {
            switch (element.Options)
            {
                case DetectObjectsOptions { LabelFilter: { Count: > 0 } filter }:
                    labels.AddRange(filter);
                    break;
                case DetectObjectsOptions:
                    labels.Add(Detection.PersonLabel);
                    isOpen = true;
                    break;
                case DetectPosesOptions:
                    labels.Add(Detection.PersonLabel);
                    break;
                case DetectFacesOptions:
                    isOpen = true; // its model names them
                    break;
            }
        }

        return new WatchedLabels([.. labels.Distinct(StringComparer.Ordinal)], isOpen, pipeline.Elements.Any(element => element.Options is DetectFallsOptions));
    }
}

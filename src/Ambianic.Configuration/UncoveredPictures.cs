using Ambianic.Core.Configuration;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision.Elements;

namespace Ambianic.Configuration;

/// <summary>Warns of pictures that are stored before an element with <c>skeleton_only</c>: it hides nobody in them.</summary>
internal static class UncoveredPictures
{
    /// <summary>Adds the warnings.</summary>
    /// <param name="elements">Those of one pipeline, in their order, each with its path and its options.</param>
    /// <param name="problems">Receives the warnings.</param>
    public static void Report(List<(Entry Element, string Path, object Options)> elements, ProblemList problems)
    {
        var covers = elements.FindLastIndex(element => element.Options is DetectFallsOptions { SkeletonOnly: true });
        foreach (var (element, path, _) in elements.Take(Math.Max(0, covers)).Where(element => element.Options is SaveDetectionsOptions))
        {
            var place = element.KeyPlace;
            problems.Add(new ConfigurationProblem(
                place.File,
                place.Line,
                place.Column,
                path,
                "stores what the camera saw, as it comes before the element with skeleton_only; put it behind that, or remove it")
            {
                IsWarning = true,
            });
        }
    }
}

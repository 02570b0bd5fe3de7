using System.Globalization;
using Ambianic.Core.Configuration;
using Ambianic.Core.Vision.Elements;

namespace Ambianic.Configuration;

/// <summary>Warns of a source with too few samples a second for <c>detect_falls</c>: it would never report a fall.</summary>
internal static class FallSampleRate
{
    /// <summary>Adds the warnings.</summary>
    /// <param name="source">Of the pipeline; null when it could not be read.</param>
    /// <param name="elements">Those of the pipeline, each with its path and its options.</param>
    /// <param name="problems">Receives the warnings.</param>
    public static void Report(SourceOptions? source, List<(Entry Element, string Path, object Options)> elements, ProblemList problems)
    {
        if (source is not { EffectiveFps: < DetectFallsOptions.LeastFps and var fps })
        {
            return;
        }

        foreach (var (element, path, _) in elements.Where(element => element.Options is DetectFallsOptions))
        {
            var place = element.KeyPlace;
            problems.Add(new ConfigurationProblem(
                place.File,
                place.Line,
                place.Column,
                path,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"reports no fall at {fps} samples a second; set fps of source {source.Id} to {DetectFallsOptions.LeastFps} or more, or remove it for 5"))
            {
                IsWarning = true,
            });
        }
    }
}

using Ambianic.Core.Pipelines;

namespace Ambianic.Server.Analysis;

/// <summary>Options of the tap.</summary>
internal sealed record TapOptions
{
    /// <summary>Name of the element before it.</summary>
    public string Element { get; init; } = "";
}

/// <summary>Shows what leaves an element and passes it on unchanged.</summary>
/// <param name="element">Name of the element before it.</param>
/// <param name="see">Called for each sample; must not keep it.</param>
internal sealed class Tap(string element, Action<string, Sample> see) : IPipelineElement
{
    /// <summary>Its name as an element; no configuration can hold it.</summary>
    public const string Name = "tap";

    public ValueTask InvokeAsync(Sample sample, SampleHandler next, CancellationToken cancellation)
    {
        see(element, sample);
        return next(sample, cancellation);
    }
}

using System.ComponentModel.DataAnnotations;
using Ambianic.Core.Configuration;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Elements;

namespace Ambianic.Tests.Configuration;

/// <summary>The elements of the reference, as far as configuration knows them.</summary>
internal static class TestElements
{
    public static ElementRegistry Registry() => new ElementRegistry()
        .Add<DetectOptions>("detect_objects", Create)
        .Add<DetectOptions>("detect_faces", Create)
        .Add<DetectFallsOptions>("detect_falls", Create)
        .Add<SaveDetectionsOptions>(SaveDetections.Name, Create);

    private static IPipelineElement Create(object options, ElementContext context) =>
        throw new InvalidOperationException("configuration makes no elements");
}

public sealed record DetectOptions
{
    public string? AiModel { get; init; }

    public ModelOptions? Model { get; init; }

    [ConfigurationPath]
    public string? Labels { get; init; }

    [Range(0.0, 1.0)]
    public float ConfidenceThreshold { get; init; } = 0.6f;

    [Range(1, int.MaxValue)]
    public int TopK { get; init; } = 3;

    public IReadOnlyList<string> LabelFilter { get; init; } = [];
}

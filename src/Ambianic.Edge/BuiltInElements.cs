using Ambianic.Pipelines;
using Ambianic.Timeline;
using Ambianic.Vision;
using Microsoft.Extensions.Logging;

namespace Ambianic;

/// <summary>The elements that every configuration may use.</summary>
public static class BuiltInElements
{
    /// <summary>Makes them known.</summary>
    public static ElementRegistry AddTo(ElementRegistry registry) => registry
        .Add<DetectObjectsOptions>("detect_objects", (options, context) => new DetectObjects(
            options,
            context.Get<IDetectorFactory>().Create(ModelRole.Objects, options.Model, options.Labels),
            context.Get<ILogger<DetectObjects>>()))
        .Add<SaveDetectionsOptions>(SaveDetections.Name, (options, context) => new SaveDetections(
            options,
            context.Pipeline,
            context.SourceId,
            context.Get<IEventStore>(),
            context.Get<TimeProvider>(),
            context.Get<ILogger<SaveDetections>>()));
}

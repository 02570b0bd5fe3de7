using Ambianic.Core.Frames;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Timeline;
using Ambianic.Core.Visits;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Elements;
using Ambianic.Core.Vision.Falls;
using Ambianic.Core.Vision.Tracking;
using Microsoft.Extensions.Logging;

namespace Ambianic.Core;

/// <summary>The elements that every configuration may use.</summary>
public static class BuiltInElements
{
    /// <summary>Makes them known.</summary>
    public static ElementRegistry AddTo(ElementRegistry registry) => registry
        .Add<DetectObjectsOptions>("detect_objects", (options, context) => new DetectObjects(
            options,
            context.Get<IDetectorFactory>().Create(ModelRole.Objects, options.Model, options.Labels),
            () => context.Get<TrackNumbers>().Next(context.Pipeline),
            context.Zones,
            context.Scene,
            context.Get<ILogger<DetectObjects>>()))
        .Add<DetectFacesOptions>("detect_faces", (options, context) => new DetectFaces(
            options, context.Get<IDetectorFactory>().Create(ModelRole.Faces, options.Model, options.Labels)))
        .Add<DetectPosesOptions>("detect_poses", (options, context) => new DetectPoses(
            options, context.Get<IDetectorFactory>().Create(ModelRole.Poses, options.Model, options.Labels)))
        .Add<DetectFallsOptions>("detect_falls", (options, context) => new DetectFalls(
            options,
            context.Get<IDetectorFactory>().Create(ModelRole.Poses, options.Model, labels: null),
            context.Get<FramePool>(),
            context.Get<OpenFalls>(),
            $"{context.Pipeline}, {context.SourceId}",
            context.Scene,
            context.Get<ILogger<DetectFalls>>()))
        .Add<SaveDetectionsOptions>(SaveDetections.Name, (options, context) => new SaveDetections(
            options,
            context.Pipeline,
            context.SourceId,
            context.Get<IEventStore>(),
            context.Get<UnsavedFalls>(),
            context.Get<IVisitStore>(),
            context.Get<FramePool>(),
            context.Get<TimeProvider>(),
            context.Get<ILogger<SaveDetections>>()));
}

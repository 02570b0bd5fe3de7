using Ambianic.Configuration;
using Ambianic.Frames;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ambianic.Pipelines;

/// <summary>Makes the source that options describe; does not connect.</summary>
public delegate IFrameSource FrameSourceFactory(SourceOptions options);

/// <summary>Turns a pipeline's configuration into a pipeline.</summary>
public sealed class PipelineBuilder(
    ElementRegistry registry, FrameSourceFactory sources, IServiceProvider services, TimeProvider time)
{
    /// <summary>Makes the pipeline and its elements; runs nothing.</summary>
    /// <exception cref="InvalidOperationException">The configuration is disabled.</exception>
    public Pipeline Build(PipelineConfiguration configuration)
    {
        if (!configuration.IsEnabled || configuration.Source is null)
        {
            throw new InvalidOperationException($"pipeline {configuration.Name} is disabled by its configuration");
        }

        var elements = configuration.Elements.Select((element, index) =>
            registry.Kinds[element.Name].Create(
                element.Options,
                new ElementContext(configuration.Name, configuration.Source.Id, index + 1, services)));
        return new Pipeline(
            configuration.Name,
            sources(configuration.Source),
            [.. elements],
            time,
            services.GetRequiredService<ILogger<Pipeline>>());
    }
}

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
    /// <remarks>What an element's constructor throws passes through; the elements made before it are disposed.</remarks>
    public async Task<Pipeline> BuildAsync(PipelineConfiguration configuration)
    {
        if (!configuration.IsEnabled || configuration.Source is null)
        {
            throw new InvalidOperationException($"pipeline {configuration.Name} is disabled by its configuration");
        }

        List<IPipelineElement> elements = [];
        try
        {
            foreach (var element in configuration.Elements)
            {
                var context = new ElementContext(configuration.Name, configuration.Source.Id, elements.Count + 1, services);
                elements.Add(registry.Kinds[element.Name].Create(element.Options, context));
            }

            return new Pipeline(
                configuration.Name,
                sources(configuration.Source),
                elements,
                time,
                services.GetRequiredService<ILogger<Pipeline>>());
        }
        catch
        {
            foreach (var element in elements)
            {
                await Pipeline.DisposeAsync(element);
            }

            throw;
        }
    }
}

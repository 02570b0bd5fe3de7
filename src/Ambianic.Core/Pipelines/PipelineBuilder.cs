using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Health;
using Ambianic.Core.Vision.Zones;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ambianic.Core.Pipelines;

/// <summary>Makes the source that options describe; does not connect.</summary>
public delegate IFrameSource FrameSourceFactory(SourceOptions options);

/// <summary>Turns a pipeline's configuration into a pipeline.</summary>
public sealed class PipelineBuilder(
    ElementRegistry registry, FrameSourceFactory sources, IServiceProvider services, TimeProvider time)
{
    /// <summary>Spreads the attempts of many pipelines over time; a test gives one that repeats itself.</summary>
    internal Random Jitter { get; init; } = Random.Shared;

    /// <summary>Makes the pipeline and its elements; runs nothing.</summary>
    /// <param name="configuration">An enabled one.</param>
    /// <param name="policy">Says when it is ill.</param>
    /// <param name="heartbeat">Beats for each arrival.</param>
    /// <exception cref="InvalidOperationException">The configuration is disabled.</exception>
    /// <remarks>What an element's constructor throws passes through; the elements made before it are disposed.</remarks>
    public Task<Pipeline> BuildAsync(PipelineConfiguration configuration, HealthPolicySource policy, Heartbeat heartbeat) =>
        BuildAsync(configuration, policy, heartbeat, new FaultLog(time));

    /// <summary>The same for a pipeline that goes on where another ended.</summary>
    internal async Task<Pipeline> BuildAsync(PipelineConfiguration configuration, HealthPolicySource policy, Heartbeat heartbeat, FaultLog reconnects)
    {
        if (!configuration.IsEnabled || configuration.Source is null)
        {
            throw new InvalidOperationException($"pipeline {configuration.Name} is disabled by its configuration");
        }

        List<ElementSlot> elements = [];
        var zones = new ZoneMap(configuration.Source.Zones);
        try
        {
            foreach (var element in configuration.Elements)
            {
                var context = new ElementContext(configuration.Name, configuration.Source.Id, elements.Count + 1, services) { Zones = zones };
                var kind = registry.Kinds[element.Name];
                IPipelineElement Create() => kind.Create(element.Options, context);
                elements.Add(new ElementSlot(element.Name, Create(), Create));
            }

            return new Pipeline(
                configuration.Name,
                sources(configuration.Source),
                elements,
                time,
                services.GetRequiredService<ILogger<Pipeline>>(),
                policy,
                null,
                heartbeat,
                reconnects,
                Jitter,
                services.GetService<Scenes>()?.Of(configuration.Name),
                services.GetService<SampleMetrics>());
        }
        catch
        {
            foreach (var element in elements)
            {
                await element.DisposeAsync();
            }

            throw;
        }
    }
}

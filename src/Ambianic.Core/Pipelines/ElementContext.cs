using Ambianic.Core.Vision.Zones;
using Microsoft.Extensions.DependencyInjection;

namespace Ambianic.Core.Pipelines;

/// <summary>What an element may know of the place it works in.</summary>
/// <param name="Pipeline">Name of the pipeline.</param>
/// <param name="SourceId">Id of the pipeline's source.</param>
/// <param name="Position">Place in the chain, from 1; the source is 0.</param>
/// <param name="Services">The program's services.</param>
public sealed record ElementContext(string Pipeline, string SourceId, int Position, IServiceProvider Services)
{
    /// <summary>The zones of the pipeline's source.</summary>
    public ZoneMap Zones { get; init; } = ZoneMap.None;

    /// <summary>What the pipeline sees; null where nobody wants to know.</summary>
    internal Scene? Scene => Services.GetService<Scenes>()?.Of(Pipeline);

    /// <summary>A service of the program.</summary>
    /// <exception cref="InvalidOperationException">It is not registered.</exception>
    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();
}

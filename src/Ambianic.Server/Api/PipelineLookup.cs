using Ambianic.Core.Health;
using Ambianic.Core.Pipelines;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ambianic.Server.Api;

/// <summary>Finds the pipeline that a path names.</summary>
internal static class PipelineLookup
{
    /// <summary>How the pipeline was a moment ago; null when there is none of this name.</summary>
    /// <param name="supervisor">Knows all of them.</param>
    /// <param name="name">As it stands in the path: the server leaves <c>%2F</c> in it.</param>
    public static PipelineHealth? Find(this PipelineSupervisor supervisor, string name)
    {
        var pipelines = supervisor.Health.Latest.Pipelines;
        return pipelines.FirstOrDefault(pipeline => pipeline.Name == name) ?? pipelines.FirstOrDefault(pipeline => pipeline.Name == Uri.UnescapeDataString(name));
    }

    /// <summary>There is no such pipeline.</summary>
    public static ProblemHttpResult NotFound() => TypedResults.Problem("there is no such pipeline; GET /api/pipelines lists them", statusCode: StatusCodes.Status404NotFound);
}

using Ambianic.Core.Vision;
using Ambianic.Inference;
using Ambianic.Inference.Models;
using Ambianic.Server.Cli;
using Microsoft.Extensions.DependencyInjection;

namespace Ambianic.Server.Tests;

/// <summary>The default models, fetched once into the user's cache.</summary>
internal static class DefaultModel
{
    public static Task RequireAsync(CancellationToken cancellation) => RequireAsync(ModelRole.Objects, cancellation);

    public static async Task RequireAsync(ModelRole role, CancellationToken cancellation)
    {
        try
        {
            await using var services = ModelsCommand.Build();
            await services.GetRequiredService<ModelStore>().PullAsync([ModelCatalog.Default(role)], null, cancellation);
        }
        catch (ModelException error)
        {
            Assert.Skip($"the default model of {role} cannot be fetched: {error.Message}");
        }
    }
}

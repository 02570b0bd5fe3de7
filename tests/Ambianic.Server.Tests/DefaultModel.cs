using Ambianic.Cli;
using Ambianic.Models;
using Ambianic.Vision;
using Microsoft.Extensions.DependencyInjection;

namespace Ambianic;

/// <summary>The default model of objects, fetched once into the user's cache.</summary>
internal static class DefaultModel
{
    public static async Task RequireAsync(CancellationToken cancellation)
    {
        try
        {
            await using var services = ModelsCommand.Build();
            await services.GetRequiredService<ModelStore>().PullAsync([ModelCatalog.Default(ModelRole.Objects)], null, cancellation);
        }
        catch (ModelException error)
        {
            Assert.Skip($"the default model cannot be fetched: {error.Message}");
        }
    }
}

using Ambianic.Inference;
using Ambianic.Inference.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Tests.Inference.Models;

/// <summary>Models of the catalog, pulled once into the user's own store so that the next run needs no network.</summary>
internal static class PulledModels
{
    private static readonly Lazy<Task<ModelStore>> Store = new(PullAsync);

    /// <summary>The ready file of a model, or skips the test with the reason why it cannot be had.</summary>
    public static async Task<string> RequireAsync(string name)
    {
        try
        {
            var store = await Store.Value;
            return store.Find(ModelCatalog.Find(name)!)!;
        }
        catch (ModelException error)
        {
            Assert.Skip(error.Message);
            throw;
        }
    }

    private static async Task<ModelStore> PullAsync()
    {
        var store = new ModelStore(ModelStore.DefaultDirectory(), new NoHttp(), TimeProvider.System, NullLogger<ModelStore>.Instance);
        await store.PullAsync([.. ModelCatalog.All.Where(model => model.Origin is NpmOrigin)], null, CancellationToken.None);
        return store;
    }

    private sealed class NoHttp : IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => throw new NotSupportedException("packages come with npm");
    }
}

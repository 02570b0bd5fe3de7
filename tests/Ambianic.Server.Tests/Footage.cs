using Ambianic.Inference.Models;
using Ambianic.Server.Demo;

namespace Ambianic.Server.Tests;

/// <summary>The footage of the demo, fetched once into the user's cache.</summary>
internal static class Footage
{
    private static readonly SemaphoreSlim OneAtATime = new(1);

    public static async Task<string> RequireAsync(CancellationToken cancellation)
    {
        await OneAtATime.WaitAsync(cancellation);
        try
        {
            return await new DemoFootage(Path.Combine(ModelStore.DefaultDirectory(), "demo")).GetAsync(new Progress<double>(), cancellation);
        }
        catch (IOException error)
        {
            Assert.Skip($"there is no footage to read: {error.Message}");
            throw;
        }
        finally
        {
            OneAtATime.Release();
        }
    }
}

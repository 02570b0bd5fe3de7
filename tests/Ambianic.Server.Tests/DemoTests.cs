using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ambianic.Inference.Models;
using Ambianic.Tests;

namespace Ambianic.Server.Tests;

[Slow]
public sealed class DemoTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Demo_ModelAndFootageAreThere_PersonsAppearOnTheTimeline()
    {
        await DefaultModel.RequireAsync(Cancellation);
        var footage = await Footage.RequireAsync(Cancellation);
        using var cache = new TemporaryDirectory();
        Directory.CreateSymbolicLink(cache["models"], Path.Combine(ModelStore.DefaultDirectory(), "models"));
        Directory.CreateDirectory(cache["demo"]);
        File.CreateSymbolicLink(Path.Combine(cache["demo"], Path.GetFileName(footage)), footage);

        await using var program = AmbianicProgram.StartWithCache(_directory.Path, cache.Path, "demo", "--port", "0");
        using var client = new HttpClient { BaseAddress = await program.AddressAsync(Cancellation) };
        JsonNode? person = null;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (person is null)
        {
            var page = await client.GetFromJsonAsync<JsonObject>("/api/timeline?label=person", limit.Token);
            person = page!["timeline"]!.AsArray().FirstOrDefault();
        }

        var args = person["args"]!;
        var picture = await client.GetByteArrayAsync($"/api/data/{args["rel_dir"]}/{args["image_file_name"]}", Cancellation);
        Assert.True(picture.Length > 1000);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory.Path));
        Assert.Equal(0, await program.TerminateAsync(Cancellation));
    }
}

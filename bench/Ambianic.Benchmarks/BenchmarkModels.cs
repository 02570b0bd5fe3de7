using Ambianic.Core.Vision;
using Ambianic.Inference.Models;
using Ambianic.Inference.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Benchmarks;

/// <summary>Gets models as the program does, by catalog name or path.</summary>
internal sealed class BenchmarkModels : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddHttpClient().BuildServiceProvider();
    private readonly ModelResolver _resolver;

    public BenchmarkModels()
    {
        var store = new ModelStore(
            ModelStore.DefaultDirectory(), _services.GetRequiredService<IHttpClientFactory>(), TimeProvider.System, NullLogger<ModelStore>.Instance);
        _resolver = new ModelResolver(store, NullLogger<ModelResolver>.Instance);
        Pool = new DetectorPool(
            (role, model, labels, cancellation) => _resolver.ResolveAsync(role, model, labels, null, cancellation),
            TimeProvider.System,
            NullLogger<DetectorPool>.Instance);
    }

    public DetectorPool Pool { get; }

    /// <summary>A file and what the catalog says of it.</summary>
    public Task<ResolvedModel> ResolveAsync(string name) =>
        _resolver.ResolveAsync(RoleOf(name), Options(name), null, null, CancellationToken.None);

    /// <summary>A detector for <c>NAME</c>, <c>PATH</c> or <c>PATH:DECODER</c>; with the model's own scores when <paramref name="raw"/>.</summary>
    public IDetector Create(string name, string? labels, bool raw) => Pool.Create(
        RoleOf(name), Options(name) with { Calibration = raw ? Calibration.None : null }, labels);

    public void Dispose()
    {
        Pool.Dispose();
        _services.Dispose();
    }

    /// <summary>What the catalog says; objects for a file.</summary>
    public static ModelRole RoleOf(string name) => ModelCatalog.Find(name)?.Role ?? ModelRole.Objects;

    private static ModelOptions Options(string name)
    {
        if (ModelCatalog.Find(name) is not null)
        {
            return new ModelOptions { Name = name };
        }

        var parts = name.Split(':');
        var options = new ModelOptions { Decoder = parts.ElementAtOrDefault(1) };
        return parts[0].EndsWith(".tflite", StringComparison.OrdinalIgnoreCase)
            ? options with { Tflite = parts[0] }
            : options with { Onnx = parts[0] };
    }
}

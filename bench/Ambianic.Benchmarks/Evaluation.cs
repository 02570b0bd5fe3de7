using System.Globalization;
using System.Text;
using Ambianic.Accuracy;
using Ambianic.Configuration;
using Ambianic.Inference;
using Ambianic.Models;
using Ambianic.Vision;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Benchmarks;

/// <summary>How well models find what people have labelled; a table for the console and as Markdown.</summary>
internal static class Evaluation
{
    private static readonly string[] Columns =
        ["model", "AP@.5", "AP@[.5:.95]", "precision", "recall", "ECE raw", "ECE fitted", "ECE other half", "slope", "intercept", "ms"];

    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = new Dictionary<string, string> { ["threshold"] = "0.6", ["floor"] = "0.01", ["label"] = "", ["markdown"] = "" };
        var models = new List<string>();
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].StartsWith("--", StringComparison.Ordinal))
            {
                options[arguments[i][2..]] = arguments[++i];
            }
            else
            {
                models.Add(arguments[i]);
            }
        }

        var pictures = LabelledPicture.Load(options["images"], options["labels"]);
        var threshold = float.Parse(options["threshold"], CultureInfo.InvariantCulture);
        var floor = float.Parse(options["floor"], CultureInfo.InvariantCulture);
        var label = options["label"].Length > 0 ? options["label"] : null;
        using var pool = new DetectorPool(LookUp, TimeProvider.System, NullLogger<DetectorPool>.Instance);
        List<string[]> rows = [];
        foreach (var model in models)
        {
            rows.Add(await EvaluateAsync(pool, model, pictures, threshold, floor, label));
        }

        Console.WriteLine($"{pictures.Count} pictures, {pictures.Sum(picture => picture.Boxes.Count)} things; precision and recall at {threshold}");
        var table = Markdown(rows);
        Console.Write(table);
        if (options["markdown"].Length > 0)
        {
            await File.WriteAllTextAsync(options["markdown"], table);
        }

        return 0;
    }

    private static async Task<string[]> EvaluateAsync(
        DetectorPool pool, string model, IReadOnlyList<LabelledPicture> pictures, float threshold, float floor, string? label)
    {
        var parts = model.Split(':');
        var detector = pool.Create(ModelRole.Objects, new ModelOptions { Onnx = parts[0], Decoder = parts.ElementAtOrDefault(1) }, null);
        var raw = await JudgedDetections.LookAsync(detector, pictures, floor, CancellationToken.None);
        var statistics = pool.Statistics.Single(item => item.Model == detector.Model);
        var fitted = ModelCalibration.Fit(raw);
        var (precision, recall) = raw.With(fitted).At(threshold, label);
        return
        [
            detector.Model,
            Show(label is null ? raw.AveragePrecision(0.5f) : raw.AveragePrecision(label, 0.5f)),
            Show(raw.AveragePrecisionOverOverlaps()),
            Show(precision),
            Show(recall),
            Show(raw.CalibrationError(ModelCalibration.SmallestScore)),
            Show(raw.With(fitted).CalibrationError(fitted.ToProbability(ModelCalibration.SmallestScore))),
            Show(await CrossValidateAsync(detector, pictures, floor)),
            Show(fitted.Slope),
            Show(fitted.Intercept),
            (statistics.Time.TotalMilliseconds / statistics.Count).ToString("0.0", CultureInfo.InvariantCulture),
        ];
    }

    /// <summary>Calibration error on the half of the pictures that the fit has not seen, for both halves.</summary>
    private static async Task<double> CrossValidateAsync(IDetector detector, IReadOnlyList<LabelledPicture> pictures, float floor)
    {
        var halves = new List<JudgedDetections>();
        for (var half = 0; half < 2; half++)
        {
            var chosen = pictures.Where((_, index) => index % 2 == half).ToList();
            halves.Add(await JudgedDetections.LookAsync(detector, chosen, floor, CancellationToken.None));
        }

        return new[] { (halves[0], halves[1]), (halves[1], halves[0]) }.Average(pair =>
        {
            var fitted = ModelCalibration.Fit(pair.Item1);
            return pair.Item2.With(fitted).CalibrationError(fitted.ToProbability(ModelCalibration.SmallestScore));
        });
    }

    private static Task<ResolvedModel> LookUp(ModelRole role, ModelOptions? model, string? labels, CancellationToken cancellation) =>
        Task.FromResult(new ResolvedModel(
            Path.GetFileNameWithoutExtension(model!.Onnx!), model.Onnx!, null, model.Decoder,
            [.. File.ReadLines(Environment.GetEnvironmentVariable("LABELS")!).Select(l => l[(l.IndexOf(' ') + 1)..].Trim())]));

    private static string Show(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Markdown(IEnumerable<string[]> rows)
    {
        var text = new StringBuilder();
        text.AppendLine($"| {string.Join(" | ", Columns)} |");
        text.AppendLine($"|{string.Concat(Columns.Select(_ => "---|"))}");
        foreach (var row in rows)
        {
            text.AppendLine($"| {string.Join(" | ", row)} |");
        }

        return text.ToString();
    }
}

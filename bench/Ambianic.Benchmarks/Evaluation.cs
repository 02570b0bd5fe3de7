using System.CommandLine;
using System.Globalization;
using System.Text;
using Ambianic.Core.Vision;
using Ambianic.Evaluation.Accuracy;

namespace Ambianic.Benchmarks;

/// <summary>How well models find what people have labelled; a table for the console, which is Markdown as well.</summary>
internal static class Evaluation
{
    private static readonly string[] Columns =
    [
        "model", "AP@.5", "AP@[.5:.95]", "precision", "recall",
        "ECE of scores", "ECE as configured", "ECE of a fit", "ECE on the other half", "slope", "intercept", "ms",
    ];

    public static Command Command()
    {
        var images = new Option<string>("--images") { Required = true, Description = "folder of pictures" };
        var labels = new Option<string>("--labels") { Required = true, Description = "folder of YOLO labels, or a COCO JSON file" };
        var classes = new Option<string?>("--classes") { Description = "file of the model's labels, for a model that brings none" };
        var threshold = new Option<float>("--threshold") { DefaultValueFactory = _ => 0.6f, Description = "for precision and recall" };
        var label = new Option<string?>("--label") { Description = "this label only" };
        var markdown = new Option<string?>("--markdown") { Description = "file to write the table to" };
        var models = new Argument<string[]>("models") { Description = "catalog names, or PATH[:DECODER]" };
        var command = new Command("evaluate", "measures models against labelled pictures") { images, labels, classes, threshold, label, markdown, models };
        command.SetAction(async (parsed, cancellation) =>
        {
            var pictures = LabelledPicture.Load(parsed.GetValue(images)!, parsed.GetValue(labels)!);
            if (parsed.GetValue(label) is { } only)
            {
                pictures = [.. pictures.Select(picture => picture with { Boxes = [.. picture.Boxes.Where(box => box.Label == only)] })];
            }

            using var benchmark = new BenchmarkModels();
            List<string[]> rows = [];
            foreach (var model in parsed.GetValue(models)!)
            {
                var judge = new Judge(benchmark, model, parsed.GetValue(classes), pictures, parsed.GetValue(label));
                rows.Add(await judge.RowAsync(parsed.GetValue(threshold), cancellation));
            }

            var table = Table(rows);
            Console.WriteLine($"{pictures.Count} pictures, {pictures.Sum(picture => picture.Boxes.Count(box => !box.IsCrowd))} things; precision and recall at {parsed.GetValue(threshold)}\n\n{table}");
            if (parsed.GetValue(markdown) is { } path)
            {
                await File.WriteAllTextAsync(path, table, cancellation);
            }
        });
        return command;
    }

    private static string Table(IEnumerable<string[]> rows)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", Columns)} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"|{string.Concat(Columns.Select(_ => "---|"))}");
        foreach (var row in rows)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row)} |");
        }

        return text.ToString();
    }

    private sealed class Judge(
        BenchmarkModels models, string model, string? classes, IReadOnlyList<LabelledPicture> pictures, string? label)
    {
        /// <summary>Every score that a precision-recall curve can tell apart, and few enough to be quick.</summary>
        private const float Floor = 0.01f;

        private readonly IDetector _raw = models.Create(model, classes, raw: true);

        public async Task<string[]> RowAsync(float threshold, CancellationToken cancellation)
        {
            var calibration = (await models.ResolveAsync(model)).Calibration ?? Calibration.None;
            var even = await LookAsync(0, cancellation);
            var odd = await LookAsync(1, cancellation);
            var scores = Together(even, odd);
            var statistics = models.Pool.Statistics.First(item => item.Model == _raw.Model);
            var report = TryFit(even, odd);
            var (precision, recall) = scores.With(calibration).At(threshold);
            return
            [
                _raw.Model,
                Show(scores.AveragePrecision(0.5f)),
                Show(scores.AveragePrecisionOverOverlaps()),
                Show(precision),
                Show(recall),
                Show(ModelCalibration.Error(scores, Calibration.None)),
                Show(ModelCalibration.Error(scores, calibration)),
                report is null ? "-" : Show(report.ErrorAfter),
                report?.ErrorElsewhere is { } elsewhere ? Show(elsewhere) : "-",
                report?.Calibration.Slope.ToString("0.00", CultureInfo.InvariantCulture) ?? "-",
                report?.Calibration.Intercept.ToString("0.00", CultureInfo.InvariantCulture) ?? "-",
                (statistics.Time.TotalMilliseconds / statistics.Count).ToString("0.0", CultureInfo.InvariantCulture),
            ];
        }

        /// <summary>Null when the pictures are too few for a fit; precision and recall can still be told.</summary>
        private CalibrationReport? TryFit(JudgedDetections even, JudgedDetections odd)
        {
            try
            {
                return ModelCalibration.Fit(even, odd);
            }
            catch (ArgumentException error)
            {
                Console.Error.WriteLine($"{_raw.Model}: {error.Message}");
                return null;
            }
        }

        private async Task<JudgedDetections> LookAsync(int half, CancellationToken cancellation)
        {
            var judged = await JudgedDetections.LookAsync(
                _raw, [.. pictures.Where((_, index) => index % 2 == half)], JudgedDetection.EnoughFor(BenchmarkModels.RoleOf(model)), Floor, cancellation);
            return label is null ? judged : judged with { Detections = [.. judged.Detections.Where(item => item.Label == label)] };
        }

        private static JudgedDetections Together(JudgedDetections one, JudgedDetections other) => new(
            [.. one.Detections.Concat(other.Detections).OrderByDescending(item => item.Confidence)],
            one.Truth.Concat(other.Truth).GroupBy(item => item.Key).ToDictionary(group => group.Key, group => group.Sum(item => item.Value)));

        private static string Show(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
    }
}

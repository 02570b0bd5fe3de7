using System.CommandLine;
using System.Globalization;
using Ambianic.Core.Vision;
using Ambianic.Evaluation.Accuracy;
using Ambianic.Inference;
using Ambianic.Inference.Models;
using Ambianic.Inference.Sessions;
using Ambianic.OnnxImport;
using Ambianic.Server.Hosting;

namespace Ambianic.Server.Cli;

/// <summary><c>ambianic models</c>: the catalog.</summary>
internal static class ModelsCommand
{
    public static Command Create() => new("models", "The models that Ambianic knows") 
    {
        List(), Pull(), Import(), Try(), Calibrate(),
    };

    private static Command List()
    {
        var command = new Command("list", "Print the catalog");
        command.SetAction(async (_, _) =>
        {
            await using var services = Build();
            var store = services.GetRequiredService<ModelStore>();
            Console.WriteLine($"{"NAME",-22} {"ROLE",-8} {"HERE",-5} {"INPUT",-9} {"CALIBRATED",-11} LICENCE");
            foreach (var model in ModelCatalog.All)
            {
                var name = model == ModelCatalog.Default(model.Role) ? model.Name + " *" : model.Name;
                var here = store.Find(model) is null ? "" : "yes";
                var calibrated = model.Calibration is null ? "" : "yes";
                Console.WriteLine(
                    $"{name,-22} {model.Role.ToString().ToLowerInvariant(),-8} {here,-5} {$"{model.Input.Width}x{model.Input.Height}",-9} {calibrated,-11} {model.Licence}");
            }

            Console.WriteLine("* used when a configuration names none; fetched when first needed, or now with: ambianic models pull NAME");
        });
        return command;
    }

    private static Command Pull()
    {
        var names = new Argument<string[]>("NAME") { Description = "Names of the catalog; the default is the default model of each role", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("pull", "Fetch models now, so that later no network is needed") { names };
        command.SetAction(async (parsed, cancellation) =>
        {
            var wanted = parsed.GetValue(names) is { Length: > 0 } given
                ? given.Select(name => ModelCatalog.Find(name)
                    ?? throw new ModelException($"there is no model '{name}' in the catalog; it has {string.Join(", ", ModelCatalog.All.Select(model => model.Name))}"))
                : Enum.GetValues<ModelRole>().Select(ModelCatalog.Default);
            await using var services = Build();
            var store = services.GetRequiredService<ModelStore>();
            var models = wanted.ToList();
            await store.PullAsync(models, new DownloadLine(Console.Error), cancellation);
            models.ForEach(model => Console.WriteLine($"{model.Name}: {store.Find(model)}"));
            return 0;
        });
        return command;
    }

    private static Command Import()
    {
        var file = new Argument<string>("FILE") { Description = "A .tflite file, or the model.json of a TensorFlow.js model" };
        var command = new Command("import", "Say what a model file is and turn it into ONNX, as a configuration that names it would") { file };
        command.SetAction(async (parsed, cancellation) =>
        {
            var path = parsed.GetRequiredValue(file);
            var description = ModelImporter.Describe(path);
            await using var services = Build();
            var onnx = await services.GetRequiredService<ModelStore>().ImportAsync(path, cancellation);
            Console.WriteLine(path);
            Print("inputs", description.Inputs.Select(tensor => tensor.ToString()));
            Print("outputs", description.Outputs.Select(tensor => tensor.ToString()));
            Print("operators", description.Operators.OrderByDescending(used => used.Value).Select(used => $"{used.Value} x {used.Key}"));
            var (decoder, isUsable) = await GuessDecoderAsync(path, onnx, cancellation);
            Print("decoder", [decoder]);
            Print("ONNX", [onnx]);
            return isUsable ? 0 : 1;
        });
        return command;
    }

    /// <summary>For <see cref="ModelTrial"/>: only whether this process survives it counts.</summary>
    private static Command Try()
    {
        var file = new Argument<string>("FILE") { Description = "An ONNX file" };
        var command = new Command(ModelTrial.Command, "Load and run a model once") { file };
        command.Hidden = true;
        command.SetAction(async (parsed, cancellation) =>
        {
            var onnx = parsed.GetRequiredValue(file);
            await GuessDecoderAsync(onnx, onnx, cancellation);
            return 0;
        });
        return command;
    }

    private static Command Calibrate()
    {
        var images = new Option<string>("--images") { Description = "A folder of pictures", HelpName = "DIR", Required = true };
        var labels = new Option<string>("--labels") { Description = "A folder of YOLO label files, one for each picture, or a COCO JSON file", HelpName = "DIR|FILE", Required = true };
        var role = new Option<ModelRole?>("--role") { Description = "What the model looks for; the default is what the catalog says of it, and objects for a file of your own" };
        var model = new Option<string?>("--model") { Description = "A model of the catalog, or a file of your own", HelpName = "NAME|PATH" };
        var decoder = new Option<string?>("--decoder") { Description = "How the outputs of a model file are read", HelpName = "NAME" };
        var command = new Command("calibrate", "Fit a model's confidence to pictures of which it is known what they show") { images, labels, role, model, decoder };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var services = Build(new DownloadLine(Console.Error));
            var options = CommonOptions.Model(parsed.GetValue(model), parsed.GetValue(decoder)) ?? new ModelOptions();
            var looksFor = parsed.GetValue(role) ?? ModelCatalog.Find(options.Name ?? "")?.Role ?? ModelRole.Objects;
            var detector = services.GetRequiredService<IDetectorFactory>().Create(looksFor, options with { Calibration = Calibration.None }, null);
            var pictures = LabelledPicture.Load(parsed.GetRequiredValue(images), parsed.GetRequiredValue(labels));
            CalibrationReport report;
            try
            {
                report = await ModelCalibration.FitAsync(detector, looksFor, pictures, cancellation);
            }
            catch (ArgumentException error)
            {
                await Console.Error.WriteLineAsync($"ambianic: {error.Message}");
                return 1;
            }

            var elsewhere = report.ErrorElsewhere is { } error2 ? string.Create(CultureInfo.InvariantCulture, $"{error2:0.000}") : "too few pictures to tell";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
                # {detector.Model}, {pictures.Count} pictures, {report.Detections} detections
                # expected calibration error: {report.ErrorBefore:0.000} before, {report.ErrorAfter:0.000} after ({report.ErrorOfConfident:0.000} of those that are .1 and more then), on pictures not fitted to: {elsewhere}
                model:
                  calibration: {"{"}slope: {report.Calibration.Slope:0.###}, intercept: {report.Calibration.Intercept:0.###}{"}"}
                """));
            return 0;
        });
        return command;
    }

    /// <returns>What to say, and false when nothing can be done with the model; one whose outputs are unknown can be told its decoder.</returns>
    private static async Task<(string Decoder, bool IsUsable)> GuessDecoderAsync(string path, string onnx, CancellationToken cancellation)
    {
        try
        {
            var (decoder, labels) = await ModelInspection.TryAsync(
                new ResolvedModel(Path.GetFileName(path), onnx, null, null, null), TimeProvider.System, cancellation);
            return (labels.Count > 0 ? $"{decoder}, with {labels.Count} labels" : decoder, true);
        }
        catch (InferenceException error)
        {
            return ($"none: {error.Message}", error.NeedsDecoder);
        }
    }

    private static void Print(string what, IEnumerable<string> lines)
    {
        foreach (var (line, index) in lines.Select((line, index) => (line, index)))
        {
            Console.WriteLine($"  {(index == 0 ? what + ":" : ""),-11}{line}");
        }
    }

    /// <summary>What the catalog needs, and nothing of the pipelines.</summary>
    public static ServiceProvider Build(IProgress<DownloadProgress>? progress = null) => new ServiceCollection()
        .AddLogging(logging => logging.AddCommandLog(typeof(DetectorPool)))
        .AddSingleton(TimeProvider.System)
        .AddModels(progress)
        .BuildServiceProvider();
}

using System.CommandLine;
using Ambianic.Core.Vision;
using Ambianic.Evaluation.Accuracy;
using Ambianic.Inference.Sessions;
using Ambianic.Server.Analysis;
using Ambianic.Server.Hosting;

namespace Ambianic.Server.Cli;

/// <summary><c>ambianic detect</c>: what pictures show, one JSON object a line.</summary>
internal static class DetectCommand
{
    public static Command Create()
    {
        var pictures = new Argument<string[]>("PICTURE") { Description = "Picture files", Arity = ArgumentArity.OneOrMore };
        var role = new Option<ModelRole>("--role") { Description = "What to look for", DefaultValueFactory = _ => ModelRole.Objects };
        var model = new Option<string?>("--model") { Description = "A model of the catalog, or an .onnx or .tflite file", HelpName = "NAME|PATH" };
        var decoder = new Option<string?>("--decoder") { Description = "How the outputs of a model file are read", HelpName = "NAME" };
        var labels = new Option<string?>("--labels") { Description = "A file of labels, one a line", HelpName = "FILE" };
        var threshold = new Option<float>("--threshold")
        {
            Description = "Nothing less confident is printed, 0 to 1", HelpName = "T", DefaultValueFactory = _ => 0.6f,
        };
        threshold.Must(value => value is (>= 0 and <= 1), "--threshold must be between 0 and 1");
        var command = new Command("detect", "Look at pictures and print what they show, one JSON object a line")
        {
            pictures, role, model, decoder, labels, threshold,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetRequiredValue(pictures),
            parsed.GetValue(role),
            CommonOptions.Model(parsed.GetValue(model), parsed.GetValue(decoder)),
            parsed.GetValue(labels),
            parsed.GetValue(threshold),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        IReadOnlyList<string> pictures,
        ModelRole role,
        ModelOptions? model,
        string? labels,
        float threshold,
        CancellationToken cancellation)
    {
        await using var services = new ServiceCollection()
            .AddLogging(logging => logging.AddCommandLog(typeof(DetectorPool)))
            .AddSingleton(TimeProvider.System)
            .AddModels(new DownloadLine(Console.Error), CommonOptions.LongestInference)
            .BuildServiceProvider();
        var detector = new PictureDetector(
            services.GetRequiredService<IDetectorFactory>().Create(role, model, labels), TimeProvider.System);
        using var writer = new AnalysisWriter(Console.OpenStandardOutput());
        var exit = 0;
        foreach (var picture in pictures)
        {
            try
            {
                var seen = await detector.DetectAsync(picture, threshold, cancellation);
                writer.WritePicture(seen.File, seen.Width, seen.Height, seen.Model, seen.InferenceTime.TotalMilliseconds, seen.Detections);
            }
            catch (InvalidDataException error)
            {
                await Console.Error.WriteLineAsync($"ambianic: {error.Message}");
                exit = 1;
            }
        }

        return exit;
    }
}

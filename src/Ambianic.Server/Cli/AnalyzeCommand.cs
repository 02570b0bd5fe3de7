using System.CommandLine;
using System.Globalization;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Health;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision.Elements;
using Ambianic.Inference.Sessions;
using Ambianic.Server.Analysis;
using Ambianic.Server.Hosting;

namespace Ambianic.Server.Cli;

/// <summary><c>ambianic analyze</c>: a pipeline over a file, at full speed, without saving.</summary>
internal static class AnalyzeCommand
{
    /// <summary>For a first look at a video: objects, with all defaults.</summary>
    private static ConfigurationResult WithoutConfiguration { get; } = new(
        new AmbianicConfiguration
        {
            Pipelines = [new PipelineConfiguration("objects", null, [new ElementConfiguration("detect_objects", new DetectObjectsOptions())])],
        },
        [],
        []);

    public static Command Create()
    {
        var video = new Argument<string>("VIDEO") { Description = "A video file" };
        var name = new Option<string?>("--pipeline") { Description = "Which pipeline of the configuration", HelpName = "NAME" };
        var fps = new Option<double?>("--fps") { Description = "Frames a second to look at; the default is the source's, 5", HelpName = "N" };
        fps.Must(value => value is (null or (>= 0.1 and <= 60)), "--fps must be between 0.1 and 60");
        var command = new Command("analyze", "Run a pipeline over a file and print what it sees, one JSON object a line; nothing is saved")
        {
            video, CommonOptions.Config, name, fps,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var loaded = CommonOptions.Files(parsed).Files.Any(file => file.IsRequired && File.Exists(file.FullPath)) || parsed.GetValue(CommonOptions.Config) is not null
                ? CommonOptions.LoadConfiguration(parsed)
                : WithoutConfiguration;
            CommonOptions.PrintProblems(loaded);
            if (Choose(loaded.Configuration, parsed.GetValue(name), out var why) is not { } pipeline)
            {
                Console.Error.WriteLine($"ambianic: {why}");
                return Task.FromResult(1);
            }

            var path = parsed.GetRequiredValue(video);
            Credentials.Remember(path, onlyAddress: true);
            var source = new SourceOptions { Id = Path.GetFileName(Credentials.Mask(path)), Uri = path };
            source = source with
            {
                Width = pipeline.Source?.Width ?? source.Width,
                Fps = parsed.GetValue(fps) ?? pipeline.Source?.Fps ?? source.Fps,
            };
            return RunAsync(loaded, pipeline with { Source = source }, path, cancellation);
        });
        return command;
    }

    private static PipelineConfiguration? Choose(AmbianicConfiguration configuration, string? name, out string why)
    {
        var names = string.Join(", ", configuration.Pipelines.Select(pipeline => pipeline.Name));
        var matching = configuration.Pipelines.Where(pipeline => name is null || pipeline.Name == name).ToList();
        why = (matching.Count, name) switch
        {
            (0, null) => "the configuration has no pipeline",
            (0, _) => $"there is no pipeline {name}; there are: {names}",
            (1, _) when matching[0].Problems.FirstOrDefault(problem => !IsAboutSource(problem, matching[0].Name)) is { } problem => problem.ToString(),
            (1, _) => "",
            _ => $"which pipeline? Name it with --pipeline; there are: {names}",
        };
        return why.Length == 0 ? matching[0] with { Problems = [] } : null;
    }

    /// <summary>The source is replaced by the file, so what is wrong with it does not matter.</summary>
    private static bool IsAboutSource(ConfigurationProblem problem, string pipeline) =>
        problem.Path.StartsWith($"pipelines.{pipeline}[0]", StringComparison.Ordinal) || problem.Path.StartsWith("sources", StringComparison.Ordinal);

    /// <summary>The pipeline without its <c>save_detections</c>, and with a tap behind every other element.</summary>
    private static PipelineConfiguration WithTaps(PipelineConfiguration pipeline) => pipeline with
    {
        Elements =
        [
            .. from element in pipeline.Elements
               where element.Name != SaveDetections.Name
               from item in (ElementConfiguration[])[element, new ElementConfiguration(Tap.Name, new TapOptions { Element = element.Name })]
               select item,
        ],
    };

    private static async Task<int> RunAsync(
        ConfigurationResult configuration, PipelineConfiguration pipeline, string path, CancellationToken cancellation)
    {
        await using var services = new ServiceCollection()
            .AddLogging(logging => logging.AddCommandLog(typeof(Pipeline), typeof(DetectorPool)))
            .AddAmbianic(configuration)
            .AddModels(new DownloadLine(Console.Error), CommonOptions.LongestInference)
            .BuildServiceProvider();
        using var writer = new AnalysisWriter(Console.OpenStandardOutput());
        services.GetRequiredService<ElementRegistry>().Add<TapOptions>(Tap.Name, (options, _) => new Tap(options.Element, writer.WriteSample));
        var time = services.GetRequiredService<TimeProvider>();
        await using var running = await services.GetRequiredService<PipelineBuilder>().BuildAsync(
            WithTaps(pipeline), services.GetRequiredService<HealthPolicySource>(), new Heartbeat(time));
        var started = time.GetTimestamp();
        var failure = "";
        try
        {
            await running.RunAsync(cancellation);
        }
        catch (SourceException error)
        {
            failure = error.Message;
        }

        var status = running.Status;
        if (status.Failed > 0)
        {
            failure = $"{status.Failed} frames could not be analyzed: {status.LastError}";
        }

        writer.WriteSummary(
            status.Processed,
            time.GetElapsedTime(started).TotalSeconds,
            MeanMilliseconds(services.GetRequiredService<DetectorPool>().Statistics),
            PeakResidentMegabytes());
        if (failure.Length == 0)
        {
            return 0;
        }

        await Console.Error.WriteLineAsync($"ambianic: {path}: {failure}");
        return 1;
    }

    private static double MeanMilliseconds(IReadOnlyList<InferenceStatistics> models)
    {
        var count = models.Sum(model => model.Count);
        return count == 0 ? 0 : models.Sum(model => model.Time.TotalMilliseconds) / count;
    }

    /// <summary>The most memory this process ever held, from the kernel's own record (proc(5), VmHWM).</summary>
    private static double PeakResidentMegabytes()
    {
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}

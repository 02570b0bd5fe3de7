using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls.Rules;
using Ambianic.Evaluation.Falls;
using Ambianic.Inference.Sessions;
using Ambianic.Server.Hosting;

namespace Ambianic.Server.Cli;

/// <summary><c>ambianic evaluate falls</c>: how well falls are found in labelled recordings.</summary>
internal static class EvaluateCommand
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static Command Create() => new("evaluate", "Measure how well it works on your own recordings") { Falls(), Rule() };

    private static Command Falls()
    {
        var manifest = new Option<string>("--manifest") { Description = "CSV with the columns file, label, fall_start_s and, if known, fall_ground_s", HelpName = "CSV", Required = true };
        var directory = new Option<string>("--dir") { Description = "Where the recordings are", HelpName = "DIR", Required = true };
        var fps = new Option<double>("--fps") { Description = "Samples a second", HelpName = "N", DefaultValueFactory = _ => 5 };
        var phase = new Option<double>("--phase") { Description = "Where between two samples the first one lies, 0 to 1: a camera starts anywhere", HelpName = "P" };
        var rule = new Option<MeasuredRule>("--rule") { Description = "Whose rule is measured", DefaultValueFactory = _ => MeasuredRule.Ours };
        var poses = new Option<string?>("--poses") { Description = "Keeps what the model saw in this folder, so that the next run over the same recordings takes seconds", HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "One JSON object per recording and a last one for all but falls onto a bed" };
        fps.Must(value => value is (>= 0.5 and <= 30), "--fps must be between 0.5 and 30");
        phase.Must(value => value is (>= 0 and < 1), "--phase must be at least 0 and less than 1");
        rule.AcceptOnlyFromAmong("ours", "reference");
        var command = new Command("falls", "Run fall detection over labelled recordings, the last frame of each held for 3 s")
        {
            manifest, directory, fps, phase, rule, poses, json,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetRequiredValue(manifest),
            parsed.GetRequiredValue(directory),
            new FallEvaluationOptions { Fps = parsed.GetValue(fps), Phase = parsed.GetValue(phase), Rule = parsed.GetValue(rule), PosesFolder = parsed.GetValue(poses) },
            parsed.GetValue(json),
            cancellation));
        return command;
    }

    private static Command Rule()
    {
        var command = new Command("rule", "Print every threshold that falls are judged by, and the fingerprint that events name");
        command.SetAction(_ =>
        {
            var rule = new FallRule();
            Console.WriteLine($"rule_fingerprint {rule.Fingerprint()}");
            foreach (var (name, value) in rule.Values())
            {
                Console.WriteLine($"{name} {value}");
            }

            return 0;
        });
        return command;
    }

    private static async Task<int> RunAsync(
        string manifest, string directory, FallEvaluationOptions options, bool asJson, CancellationToken cancellation)
    {
        var (clips, missing) = LabelledClip.Read(manifest, directory);
        await using var services = new ServiceCollection()
            .AddLogging(logging => logging.AddCommandLog(typeof(DetectorPool)))
            .AddAmbianic(new ConfigurationResult(new AmbianicConfiguration(), [], []))
            .AddModels(new DownloadLine(Console.Error), CommonOptions.LongestInference)
            .BuildServiceProvider();
        var evaluation = new FallEvaluation(
            services.GetRequiredService<IDetectorFactory>().Create(ModelRole.Poses, null, null),
            options => services.GetRequiredService<FrameSourceFactory>()(options),
            services.GetRequiredService<FramePool>());
        List<ClipResult> results = [];
        var unreadable = missing.Count;
        foreach (var name in missing)
        {
            await Console.Error.WriteLineAsync($"ambianic: {name} is not in {directory}");
        }

        foreach (var clip in clips)
        {
            try
            {
                results.Add(await evaluation.RunAsync(clip, options, cancellation));
                Console.WriteLine(asJson ? JsonSerializer.Serialize(Row.Of(results[^1]), Json) : Text(results[^1]));
            }
            catch (SourceException error)
            {
                await Console.Error.WriteLineAsync($"ambianic: {clip.Path}: {error.Message}");
                unreadable++;
            }
        }

        var total = FallScore.Of(results.Where(result => result.Clip.Set != LabelledClip.OntoBed));
        if (asJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(Total.Of(total), Json));
        }
        else
        {
            var sets = results.GroupBy(result => result.Clip.Set).ToDictionary(set => set.Key, FallScore.Of);
            foreach (var (set, score) in sets.Append(new(sets.ContainsKey(LabelledClip.OntoBed) ? $"all but {LabelledClip.OntoBed}" : "all", total)))
            {
                Console.WriteLine(Text(set, score));
            }
        }

        return unreadable > 0 ? 1 : 0;
    }

    private static string Text(ClipResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{result.Clip.Name,-50} {(result.Clip.FallStart is null ? "no fall" : result.Detection is null ? "MISSED" : $"found after {result.Delay:0.0} s"),-20} {(result.FalseAlarms > 0 ? $"{result.FalseAlarms} FALSE ALARM(S)" : "")}");

    private static string Text(string set, FallScore score) => string.Create(
        CultureInfo.InvariantCulture,
        $"{set,-12} falls {score.Detected}/{score.Falls}  sensitivity {Percent(score.Sensitivity)}  precision {Percent(score.Precision)}  false alarms {score.FalseAlarms} ({score.FalseAlarmsPerHour ?? 0:0.0} an hour)  median delay {(score.MedianDelay is { } delay ? $"{delay:0.0} s from {Start(score)}" : "-")}");

    private static string Start(FallScore score) =>
        score.FromGround == 0 ? "the loss of balance"
        : score.FromGround == score.Detected ? "being down"
        : $"being down in {score.FromGround}, from the loss of balance in {score.Detected - score.FromGround}";

    /// <summary>To the millisecond.</summary>
    private static double? Seconds(double? seconds) => seconds is { } value ? Math.Round(value, 3) : null;

    private static string Percent(double? share) => share is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value * 100:0} %") : "-";

    private sealed record Row(
        string File, string Set, double? FallStartS, bool? Detected, double? DelayS, string? DelayFrom, int FalseAlarms, IReadOnlyList<AlarmRow> Alarms)
    {
        public static Row Of(ClipResult result) => new(
            result.Clip.Name,
            result.Clip.Set,
            result.Clip.FallStart,
            result.Clip.FallStart is null ? null : result.Detection is not null,
            Seconds(result.Delay),
            result.Delay is null ? null : result.Clip.FallGround is null ? "fall_start_s" : "fall_ground_s",
            result.FalseAlarms,
            [.. result.Alarms.Select(alarm => new AlarmRow(Math.Round(alarm.Time, 3), alarm.Confidence, alarm.Why))]);
    }

    private sealed record AlarmRow(double TimeS, float Confidence, string Why);

    private sealed record Total(
        int Falls,
        int Detected,
        double? Sensitivity,
        double? Precision,
        int FalseAlarms,
        double? FalseAlarmsPerHour,
        [property: JsonPropertyName("median_delay_s")] double? MedianDelay)
    {
        public static Total Of(FallScore score) => new(
            score.Falls, score.Detected, score.Sensitivity, score.Precision, score.FalseAlarms, score.FalseAlarmsPerHour, Seconds(score.MedianDelay));
    }
}

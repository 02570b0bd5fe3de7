using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ambianic.Tests;
using Ambianic.Tests.Inference.Sessions;
using Ambianic.Tests.Media.Processes;
using Ambianic.Tests.Media.Sources;

namespace Ambianic.Server.Tests.Faults;

/// <summary>How the program ended when it was asked to (SIGTERM) in a certain moment.</summary>
/// <param name="Moment">What it was doing.</param>
/// <param name="Took">From the signal to the end.</param>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="ChildrenLeft">Children that outlived it.</param>
/// <param name="EventsLost">Announced events that are not on the timeline after the next start.</param>
internal sealed record Termination(string Moment, TimeSpan Took, int ExitCode, int ChildrenLeft, int EventsLost)
{
    public static IReadOnlyList<string> Moments { get; } =
        ["configuration read", "data directory made", "starting", "saving", "connecting", "waiting for a camera", "fetching a model", "a model hangs in native code", "disk full"];

    /// <summary>Brings the program into a moment and asks it to end.</summary>
    public static async Task<Termination> AtAsync(string moment, CancellationToken cancellation)
    {
        if (moment == "disk full")
        {
            return await OnAFullDiskAsync(cancellation);
        }

        using var clips = new Clips();
        await using var silent = new LoopbackServer((_, _, ending) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ending));
        await using var still = await StillCamera.StartAsync();
        var clip = clips.Make("clip.mp4", "s=160x120:r=10:d=2", "-pix_fmt yuv420p");
        clips.Write("config.yaml", Configuration(moment, clips, clip, silent.Port, still.Address));
        var variables = new Dictionary<string, string>
        {
            ["AMBIANIC_CACHE"] = Path.Combine(clips.Folder, "cache"),
            ["npm_config_registry"] = $"http://127.0.0.1:{silent.Port}/",
        };
        await using var listener = new EventListener();
        await using var program = AmbianicProgram.StartWith(clips.Folder, variables, "run", "--port", "0");
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        if (moment is not ("configuration read" or "data directory made"))
        {
            client.BaseAddress = await program.AddressAsync(cancellation);
            listener.ListenTo(client);
        }

        if (moment == "a model hangs in native code")
        {
            await UntilAsync(client, status => (long)status["processed"]! > 0, cancellation);
            still.Answer = Answer.WhitePicture;
        }

        switch (moment)
        {
            case "configuration read": // its warnings are the first line
                await Eventually.TrueAsync(() => program.Output.Length > 0);
                break;
            case "data directory made":
                await Eventually.TrueAsync(() => Directory.Exists(Path.Combine(clips.Folder, "data")));
                break;
            case "starting":
                break;
            case "saving":
                await Eventually.TrueAsync(() => listener.Announced > 5);
                break;
            default:
                await UntilAsync(client, status => IsMoment(moment, status), cancellation);
                break;
        }

        var (took, exitCode, left) = await EndAsync(program, cancellation);
        await using var again = AmbianicProgram.StartWith(clips.Folder, variables, "run", "--port", "0");
        using var later = new HttpClient { BaseAddress = await again.AddressAsync(cancellation) };
        return new Termination(moment, took, exitCode, left, await listener.LostAsync(later, cancellation));
    }

    private static async Task<Termination> OnAFullDiskAsync(CancellationToken cancellation)
    {
        await using var house = await StorageHouse.StartAsync("disk full");
        var fault = house.Fault("disk full");
        await fault.InjectAsync();
        await Eventually.TrueAsync(() => house.Program.Output.Contains(fault.Says, StringComparison.Ordinal));
        var (took, exitCode, left) = await EndAsync(house.Program, cancellation);
        await fault.MendAsync!();
        await house.RunAgainAsync();
        return new Termination("disk full", took, exitCode, left, await house.LostAsync(cancellation));
    }

    private static async Task<(TimeSpan Took, int ExitCode, int Left)> EndAsync(AmbianicProgram program, CancellationToken cancellation)
    {
        var children = RunningProcesses.Descendants(program.Id);
        var start = TimeProvider.System.GetTimestamp();
        var exitCode = await program.TerminateAsync(cancellation);
        return (TimeProvider.System.GetElapsedTime(start), exitCode, children.Count(RunningProcesses.Run));
    }

    private static bool IsMoment(string moment, JsonNode status) => moment switch
    {
        "connecting" => (string)status["state"]! == "starting" && (string)status["reason"]! == "no picture has come yet",
        "waiting for a camera" => (string)status["state"]! == "reconnecting",
        "fetching a model" => (string)status["state"]! == "starting" && (string)status["reason"]! == "a model is being fetched",
        _ => status["elements"]!.AsArray().Any(element => (double)element!["busy_seconds"]! > 0.3) || status["last_error"] is not null,
    };

    private static string Configuration(string moment, Clips clips, string clip, int silentPort, string still)
    {
        if (moment == "configuration read")
        {
            return "pipelines: {}";
        }

        var (source, element) = moment switch
        {
            "connecting" => ($"\"rtsp://127.0.0.1:{silentPort}/\"", ""),
            "waiting for a camera" => ("\"rtsp://127.0.0.1:1/\"", ""),
            "fetching a model" => ($"\"{clip}\"", "- detect_objects: {}"),
            "a model hangs in native code" => ($"\"{still}\", type: image", $"- detect_objects: {{ model: {{ onnx: \"{HangingModel(clips)}\" }} }}"),
            _ => ($"\"{clip}\"", "- save_detections: { idle_interval: 0 }"),
        };
        return $$"""
            pipelines:
              a:
                - source: { uri: {{source}}, live: true }
                {{element}}
            """;
    }

    private static string HangingModel(Clips clips) =>
        new TinyOnnx(1, 3, 32, 32).Output("output0", [1, 1, 6], [8, 8, 24, 24, 0.9f, 0]).HangsOnWhite("output0").Write(clips.Folder);

    private static async Task UntilAsync(HttpClient client, Func<JsonNode, bool> condition, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Eventually.Patience);
        while (true)
        {
            var health = await client.GetFromJsonAsync<JsonObject>("/api/health", limit.Token);
            if (health!["pipelines"]!.AsArray() is [{ } status, ..] && condition(status))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }
    }
}

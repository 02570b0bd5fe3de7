using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Ambianic.Tests.Inference.Sessions;
using Ambianic.Tests.Media.Sources;

namespace Ambianic.Server.Tests.Faults;

/// <summary>
/// The real program with one pipeline for each kind of trouble, and two more that nothing happens to: they save what they
/// see, and a listener writes down every event that is announced.
/// </summary>
internal sealed class FaultHouse : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static readonly string[] WitnessNames = ["witness_1", "witness_2"];

    private readonly Clips _clips = new();
    private readonly double _witnessFps;
    private readonly StringBuilder _pipelines = new();
    private readonly EventListener _listener = new();
    private AmbianicProgram? _program;
    private HttpClient? _client;

    public FaultHouse(bool usesDefaults)
    {
        StallSeconds = usesDefaults ? 10 : 6; // a stream has to be connected within it, on a busy machine, too
        _pipelines.AppendLine(usesDefaults ? "health: {}" : "health: { stalled_seconds: 20, inference_seconds: 2 }");
        _pipelines.AppendLine("pipelines:");
        _witnessFps = usesDefaults ? 2 : 1; // when all breaks at once the processor is busy with it for a moment; a frame a second waits for that long
        foreach (var witness in WitnessNames)
        {
            Add(witness, $"uri: \"{Clip(witness)}\"", "      - save_detections: { idle_interval: 0.5 }", _witnessFps);
        }
    }

    public double StallSeconds { get; }

    public int Announced => _listener.Announced;

    public string Folder => _clips.Folder;

    public string Output => _program!.Output;

    /// <summary>Makes a recording that no other pipeline reads.</summary>
    public string Clip(string name) => _clips.Make($"{name}.mp4", "s=160x120:r=5:d=2", "-pix_fmt yuv420p");

    public void AddVideo(string pipeline, string uri, string element = "") => Add(pipeline, $"uri: \"{uri}\"", element);

    public void AddStill(string pipeline, string uri, double fps = 2) => Add(pipeline, $"uri: \"{uri}\", type: image", "", fps);

    /// <summary>Pictures that each pipeline has looked at.</summary>
    public async Task<IReadOnlyDictionary<string, long>> ProcessedAsync(CancellationToken cancellation) =>
        (await StatusesAsync(cancellation)).ToDictionary(status => (string)status["name"]!, status => (long)status["processed"]!);

    /// <summary>A camera whose pictures go to a model that loops for ever, or fails, on a white one.</summary>
    public void AddModel(string pipeline, string uri, bool hangs)
    {
        var tiny = new TinyOnnx(1, 3, 32, 32).Output("output0", [1, 1, 6], [8, 8, 24, 24, 0.9f, 0]);
        var folder = Directory.CreateDirectory(Path.Combine(Folder, pipeline)).FullName;
        var model = (hangs ? tiny.HangsOnWhite("output0") : tiny.ThrowsOnWhite("output0")).Write(folder);
        Add(pipeline, $"uri: \"{uri}\", type: image", $"      - detect_objects: {{ model: {{ onnx: \"{model}\" }} }}");
    }

    /// <summary>Starts the program; a decoder whose arguments name <c>garbage</c> prints that while a file of that name exists.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "config.yaml"), _pipelines.ToString(), cancellation);
        var decoder = Path.Combine(Folder, "decoder");
        await File.WriteAllTextAsync(decoder, $"""
            #!/bin/sh
            case "$*" in *garbage*) [ -e "{Folder}/garbage" ] && exec head -c 200000 /dev/urandom;; esac
            exec {Clips.RequireFfmpeg()} "$@"
            """, cancellation);
        using (var chmod = Process.Start("chmod", ["+x", decoder]))
        {
            await chmod.WaitForExitAsync(cancellation);
        }

        _program = AmbianicProgram.StartWith(Folder, new Dictionary<string, string> { ["AMBIANIC_FFMPEG"] = decoder }, "run", "--port", "0");
        _client = new HttpClient { BaseAddress = await _program.AddressAsync(cancellation), Timeout = Timeout.InfiniteTimeSpan };
        _listener.ListenTo(_client);
    }

    /// <summary>Breaks something, waits until that shows and the witnesses have watched on, mends it, and waits until the pipeline sees again.</summary>
    public async Task<Recovery> MeasureAsync(Fault fault, CancellationToken cancellation)
    {
        await UntilAsync(fault, status => IsWatching(status) && (long)status["processed"]! > 2, cancellation);
        var before = await WitnessesAsync(cancellation);
        var start = TimeProvider.System.GetTimestamp();
        var logged = Logged(fault);
        await fault.InjectAsync();
        await UntilAsync(fault, status => (string)status["state"]! != "running" || Logged(fault) > logged, cancellation);
        var noticed = TimeProvider.System.GetElapsedTime(start);
        var shown = await UntilAsync(fault, status => Says(status, fault) || Logged(fault) > logged, cancellation);
        var processed = (long)shown["processed"]!;
        if (fault.MendAsync is { } mend)
        {
            await WatchOnAsync(fault, before, cancellation);
            if (fault.Hold > TimeSpan.Zero)
            {
                await Task.Delay(fault.Hold, TimeProvider.System, cancellation);
                shown = await UntilAsync(fault, status => Says(status, fault), cancellation);
            }

            await mend();
            start = TimeProvider.System.GetTimestamp();
        }

        await UntilAsync(fault, status => IsWatching(status) && (long)status["processed"]! > processed, cancellation);
        var recovered = TimeProvider.System.GetElapsedTime(start);
        var after = await WatchOnAsync(fault, before, cancellation);
        return new Recovery(
            fault,
            (string)shown["state"]!,
            (string?)shown["last_error"] ?? LogOf(fault)[^1],
            noticed,
            recovered,
            after.Lost - before.Lost,
            after.ShareSince(before, _witnessFps),
            await LostEventsAsync(cancellation));
    }

    /// <summary>Announced events that are not on the timeline.</summary>
    public Task<int> LostEventsAsync(CancellationToken cancellation) => _listener.LostAsync(_client!, cancellation);

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        _client?.Dispose();
        if (_program is not null)
        {
            await _program.DisposeAsync();
        }

        _clips.Dispose();
    }

    private static bool IsWatching(JsonNode status) => (string)status["state"]! == "running" && status["last_error"] is null;

    private static bool Says(JsonNode status, Fault fault) =>
        (string)status["state"]! != "running" && status["last_error"] is { } error && ((string)error!).Contains(fault.Says, StringComparison.Ordinal);

    /// <summary>How often the log says so: health is looked at once a second, and a decoder may be back before.</summary>
    private int Logged(Fault fault) => LogOf(fault).Count;

    private List<string> LogOf(Fault fault) => [.. Output.Split('\n').Where(line =>
        line.Contains($"Pipeline {fault.Pipeline}: no video: ", StringComparison.Ordinal) && line.Contains(fault.Says, StringComparison.Ordinal))];

    private void Add(string pipeline, string source, string element, double fps = 2) => _pipelines.AppendLine(
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $$"""
              {{pipeline}}:
                  - source: { {{source}}, live: true, fps: {{fps}}, stall_seconds: {{StallSeconds}} }
            {{element}}
            """));

    private async Task<JsonNode> UntilAsync(Fault fault, Func<JsonNode, bool> condition, CancellationToken cancellation)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var status = (await StatusesAsync(cancellation)).First(status => (string?)status["name"] == fault.Pipeline);
            if (condition(status))
            {
                return status;
            }

            if (TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                Assert.Fail($"{fault.Name}: {status}\n{_program!.Output}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellation);
        }
    }

    private async Task<Witnesses> WitnessesAsync(CancellationToken cancellation) =>
        new((await StatusesAsync(cancellation)).Where(status => WitnessNames.Contains((string)status["name"]!)));

    /// <summary>Waits until the witnesses have looked at more pictures; fails when one stands still.</summary>
    private async Task<Witnesses> WatchOnAsync(Fault fault, Witnesses before, CancellationToken cancellation)
    {
        var witnesses = await WitnessesAsync(cancellation);
        for (var start = TimeProvider.System.GetTimestamp(); !witnesses.WatchedOnSince(before); witnesses = await WitnessesAsync(cancellation))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, $"{fault.Name}: others have not watched on\n{Output}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellation);
        }

        return witnesses;
    }

    private async Task<List<JsonNode>> StatusesAsync(CancellationToken cancellation)
    {
        try
        {
            var health = await _client!.GetFromJsonAsync<JsonObject>("/api/health", cancellation);
            return [.. health!["pipelines"]!.AsArray().Select(status => status!)];
        }
        catch (HttpRequestException error)
        {
            throw new InvalidOperationException($"the program does not answer:\n{_program!.Output}", error);
        }
    }
}

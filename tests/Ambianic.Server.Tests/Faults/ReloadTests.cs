using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ambianic.Tests;
using Ambianic.Tests.Media.Processes;
using Ambianic.Tests.Media.Sources;

namespace Ambianic.Server.Tests.Faults;

/// <summary>Edits the configuration of the running program, as editors and Kubernetes do.</summary>
[Slow]
public sealed class ReloadTests : IDisposable
{
    private static readonly string[] Others = ["one", "two", "three", "four"];
    private static readonly Promise Promise = new(2, 2);
    private readonly Clips _clips = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _clips.Dispose();

    [Fact]
    public async Task Run_ConfigurationIsEdited_RestartsWhatChangedAndNothingElse()
    {
        var clip = _clips.Make("clip.mp4", "s=160x120:r=5:d=2", "-pix_fmt yuv420p");
        var other = _clips.Make("other.mp4", "s=160x120:r=5:d=2", "-pix_fmt yuv420p");
        Directory.CreateDirectory(InFolder("first"));
        _clips.Write("first/config.yaml", Configuration(clip, "fifth"));
        File.CreateSymbolicLink(InFolder("mounted"), InFolder("first"));
        File.CreateSymbolicLink(InFolder("config.yaml"), InFolder("mounted/config.yaml"));
        await using var program = AmbianicProgram.Start(_clips.Folder, "run", "--port", "0");
        using var client = new HttpClient { BaseAddress = await program.AddressAsync(Cancellation) };
        await UntilAsync(client, health => Others.Append("fifth").All(name => Processed(health, name) > 0));
        var decoders = RunningProcesses.WithArgument($"file:{clip}").Order().ToList();

        // Kubernetes: the link to the folder is switched over.
        Directory.CreateDirectory(InFolder("second"));
        _clips.Write("second/config.yaml", Configuration(clip, "fifth", other));
        File.CreateSymbolicLink(InFolder("next"), InFolder("second"));
        using (var move = Process.Start("mv", ["-T", InFolder("next"), InFolder("mounted")]))
        {
            await move.WaitForExitAsync(Cancellation);
        }

        await Eventually.TrueAsync(() => RunningProcesses.WithArgument($"file:{other}").Count == 1);
        await UntilAsync(client, health => Processed(health, "fifth") > 0);
        Assert.Subset(decoders.ToHashSet(), RunningProcesses.WithArgument($"file:{clip}").ToHashSet()); // the same four as before

        // A slip of the pen.
        _clips.Write("second/config.yaml", Configuration(clip, "fifth", other).Replace("live: true", "life: true", StringComparison.Ordinal));
        var wrong = await UntilAsync(client, health => health["configuration_problems"]!.AsArray().Count > 0);
        Assert.Contains("did you mean live?", (string)wrong["configuration_problems"]![0]!, StringComparison.Ordinal);
        Assert.Equal(5, wrong["pipelines"]!.AsArray().Count(pipeline => (string)pipeline!["state"]! == "running"));
        await Eventually.TrueAsync(() => program.Output.Contains("everything goes on as it was", StringComparison.Ordinal));

        // Half a file.
        _clips.Write("second/config.yaml", "pipelines:\n");
        var half = await UntilAsync(client, health =>
            health["configuration_problems"]!.AsArray().Any(problem => ((string)problem!).Contains("there are none", StringComparison.Ordinal)));
        Assert.Equal(5, half["pipelines"]!.AsArray().Count(pipeline => (string)pipeline!["state"]! == "running"));

        // Mended by an editor that writes a new file and moves it into the place of the old one.
        _clips.Write("draft", Configuration(clip, "sixth", other));
        File.Move(InFolder("draft"), InFolder("second/config.yaml"), overwrite: true);
        var mended = await UntilAsync(client, health => Processed(health, "sixth") > 0);
        Assert.Empty(mended["configuration_problems"]!.AsArray());
        Assert.DoesNotContain("after a restart", program.Output, StringComparison.Ordinal);
        Assert.Contains("Not watched any more, because the edited configuration does not name them: fifth", program.Output, StringComparison.Ordinal);
        Assert.All(Others, name => Assert.Equal(0, Trouble(mended, name)));
        Assert.DoesNotContain(mended["pipelines"]!.AsArray(), pipeline => (string)pipeline!["name"]! == "fifth");
        Assert.Subset(decoders.ToHashSet(), RunningProcesses.WithArgument($"file:{clip}").ToHashSet());
    }

    [Fact]
    public async Task Run_PipeInPlaceOfTheConfiguration_IsRefusedAndTheMendedFileIsTakenOver()
    {
        var clip = _clips.Make("clip.mp4", "s=160x120:r=5:d=2", "-pix_fmt yuv420p");
        _clips.Write("config.yaml", Configuration(clip, "fifth"));
        await using var program = AmbianicProgram.Start(_clips.Folder, "run", "--port", "0");
        using var client = new HttpClient { BaseAddress = await program.AddressAsync(Cancellation) };

        NamedPipe.Make(InFolder("pipe"));
        File.Move(InFolder("pipe"), InFolder("config.yaml"), overwrite: true);
        await UntilAsync(client, health =>
            health["configuration_problems"]!.AsArray().Any(problem => ((string)problem!).Contains("a pipe", StringComparison.Ordinal)));

        _clips.Write("draft", Configuration(clip, "sixth"));
        File.Move(InFolder("draft"), InFolder("config.yaml"), overwrite: true);
        var mended = await UntilAsync(client, health => Processed(health, "sixth") > 0);

        Assert.Empty(mended["configuration_problems"]!.AsArray());
        Assert.Equal(0, await program.TerminateAsync(Cancellation));
    }

    [Fact]
    public async Task Run_OneOfFivePipelinesIsEdited_TheOthersProcessEveryFrame() =>
        Assert.All(await EditOneOfFiveAsync(), incident => Assert.Equal(0, incident.LostByOthers));

    internal async Task<IReadOnlyList<Incident>> EditOneOfFiveAsync()
    {
        var cameras = await Task.WhenAll(Others.Append("fifth").Select(_ => StillCamera.StartAsync()));
        _clips.Write("config.yaml", Configuration(5));
        await using var program = AmbianicProgram.Start(_clips.Folder, "run", "--port", "0");
        using var client = new HttpClient { BaseAddress = await program.AddressAsync(Cancellation) };
        await UntilAsync(client, health => Others.Append("fifth").All(name => Processed(health, name) > 3));

        var edited = TimeProvider.System.GetTimestamp();
        _clips.Write("config.yaml", Configuration(2));
        await Eventually.TrueAsync(() => program.Output.Contains("restarted or stopped: fifth", StringComparison.Ordinal));
        var noticed = TimeProvider.System.GetElapsedTime(edited);
        await UntilAsync(client, health => (string?)Pipeline(health, "fifth")?["state"] == "running");
        var changed = new Incident("one of five pipelines is edited", "the log: restarted or stopped: fifth", Promise, noticed, TimeProvider.System.GetElapsedTime(edited), 0);

        var broken = TimeProvider.System.GetTimestamp();
        _clips.Write("config.yaml", Configuration(2).Replace("live: true", "life: true", StringComparison.Ordinal));
        await UntilAsync(client, health => health["configuration_problems"]!.AsArray().Count > 0);
        noticed = TimeProvider.System.GetElapsedTime(broken);
        var mended = TimeProvider.System.GetTimestamp();
        _clips.Write("config.yaml", Configuration(2));
        await UntilAsync(client, health => health["configuration_problems"]!.AsArray().Count == 0);
        var slip = new Incident("a typo in the configuration", "`configuration_problems`; all five watch on", Promise, noticed, TimeProvider.System.GetElapsedTime(mended), 0);

        var seenAtRestart = cameras.Select(camera => camera.Pictures).ToList();
        await Eventually.TrueAsync(() => cameras.Zip(seenAtRestart, (camera, seen) => camera.Pictures > seen + 3).All(goesOn => goesOn));
        Array.ForEach(cameras, camera => camera.Answer = Answer.OneByteNowAndThen);

        var health = await UntilAsync(client, health => Others.Zip(cameras).All(other => Processed(health, other.First) >= other.Second.Pictures));
        var lost = Others.Zip(cameras).Sum(other => Math.Abs(other.Second.Pictures - Processed(health, other.First)));
        foreach (var camera in cameras)
        {
            await camera.DisposeAsync();
        }

        return [changed with { LostByOthers = lost }, slip with { LostByOthers = lost }];

        string Configuration(int fps) => "pipelines:\n" + string.Concat(Others.Append("fifth").Zip(cameras, (name, camera) =>
            $"  {name}:\n    - source: {{ uri: \"{camera.Address}\", type: image, live: true, fps: {(name == "fifth" ? fps : 2)} }}\n"));
    }

    private static string Configuration(string clip, string last, string? lastClip = null) => "pipelines:\n" + string.Concat(
        Others.Append(last).Select(name => $"  {name}:\n    - source: {{ uri: \"{(name == last ? lastClip ?? clip : clip)}\", live: true, fps: 2 }}\n"));

    private static JsonNode? Pipeline(JsonNode health, string name) =>
        health["pipelines"]!.AsArray().FirstOrDefault(pipeline => (string)pipeline!["name"]! == name);

    private static long Processed(JsonNode health, string name) => (long?)Pipeline(health, name)?["processed"] ?? 0;

    /// <summary>Frames that a busy machine drops are not among it: whether a reload costs any is counted at cameras that wait to be asked.</summary>
    private static long Trouble(JsonNode health, string name) =>
        Pipeline(health, name) is { } status ? (long)status["failed"]! + (long)status["healed"]! + (long)status["rebuilt"]! : -1;

    private static async Task<JsonNode> UntilAsync(HttpClient client, Func<JsonNode, bool> condition)
    {
        using var limit = new CancellationTokenSource(Eventually.Patience);
        while (true)
        {
            var health = (await client.GetFromJsonAsync<JsonObject>("/api/health", limit.Token))!;
            if (condition(health))
            {
                return health;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
        }
    }

    private string InFolder(string name) => Path.Combine(_clips.Folder, name);
}

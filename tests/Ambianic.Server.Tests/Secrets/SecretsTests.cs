using System.Text;
using System.Text.Json.Nodes;
using Ambianic.Configuration;
using Ambianic.Core;
using Ambianic.Core.Configuration;
using Ambianic.Core.Pipelines;
using Ambianic.Inference.Models;
using Ambianic.Messaging;
using Ambianic.Server.Doctor;
using Ambianic.Server.Tests.Doctor;
using Ambianic.Tests;

namespace Ambianic.Server.Tests.Secrets;

/// <summary>No secret of a configuration, wherever it stands in it, is found in anything that the program says, answers or stores.</summary>
[Slow]
public sealed class SecretsTests : IDisposable
{
    private const int Configurations = 520;
    private const int PlacesInARun = 52;
    private const int Seed = 20260501;
    private const int MostLooks = 1200;
    private static readonly string[] Paths =
        ["api/config", "api/health", "api/coverage", "api/visibility", "api/status", "api/timeline?page_size=100", "api/openapi.json", "healthz", "index.html", "api/data/detections/x", "api/timeline?page=none"];

    private readonly TemporaryDirectory _directory = new();
    private readonly List<string> _leaks = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Load_SecretInAnyPlace_IsInNoMessageAndNotInWhatIsShown()
    {
        var places = Places(Configurations);

        for (var number = 0; number < places.Count; number++)
        {
            var place = places[number];
            var result = Load(_directory[$"{number}"], [place]);
            Look([place], "check", result.Report());
            Look([place], "/api/config", result.Effective.ToJsonString());
            await LookAtBundleAsync([place], _directory[$"{number}"], result);
            foreach (var pipeline in result.Configuration.Pipelines)
            {
                Look([place], "pipeline", string.Join('\n', [pipeline.Name, pipeline.Source?.Id ?? "", .. pipeline.Problems.Select(problem => problem.ToString())]));
            }
        }

        Assert.True(_leaks.Count == 0, string.Join('\n', _leaks.Take(20)));
        Assert.InRange(places.Count(place => place.CanBeRun), 400, Configurations);
    }

    [Fact]
    public async Task Run_SecretsInAnyPlace_AreInNoLogAnswerOrFile()
    {
        var runs = Places(Configurations).Where(place => place.CanBeRun).Chunk(PlacesInARun).ToList();

        for (var number = 0; number < runs.Count; number++)
        {
            await RunAsync(_directory[$"run{number}"], runs[number]);
        }

        Assert.True(_leaks.Count == 0, string.Join('\n', _leaks.Take(20)));
        Assert.InRange(runs.Count, 8, 30);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Program_SecretsInAnyPlace_AreNotPrinted(int seed)
    {
        var places = Places(200, seed).Where(place => place.CanBeRun && !place.IsInFile).Take(12).ToArray();
        var directory = _directory["program"];
        Write(directory, places);
        var variables = places.Select(place => place.Variable).OfType<(string Name, string Value)>().ToDictionary(one => one.Name, one => one.Value);

        var check = await AmbianicProgram.RunWithAsync(directory, variables, Cancellation, "check");
        var refused = await AmbianicProgram.RunWithAsync(directory, variables, Cancellation, "run", "--port", "0");
        await using (var program = AmbianicProgram.StartWith(directory, variables, "run", "--lenient", "--port", "0"))
        {
            using var client = new HttpClient { BaseAddress = await program.AddressAsync(Cancellation) };
            await EverybodyFailedAsync(client);
            await program.TerminateAsync(Cancellation);
            Look(places, "console", program.Output);
        }

        Look(places, "check", check.Output + check.Errors);
        Look(places, "run", refused.Output + refused.Errors);
        LookAtFiles(places, directory);
        Assert.True(_leaks.Count == 0, string.Join('\n', _leaks));
    }

    [Theory]
    [InlineData("analyze", "rtsp://admin:Zx81Spectrum@127.0.0.1:9/x")]
    [InlineData("analyze", "admin:Zx81Spectrum@127.0.0.1:9/x")]
    [InlineData("analize", "rtsp://admin:Zx81Spectrum@127.0.0.1:9/x")]
    [InlineData("detect", "http://127.0.0.1:9/snap.jpg?loginpas=Zx81Spectrum")]
    [InlineData("run", "--camera", "http://admin:Zx81Spectrum@127.0.0.1:9/snap.jpg")]
    public async Task Command_AddressWithPassword_IsNotRepeated(params string[] arguments)
    {
        var finished = await AmbianicProgram.RunAsync(_directory.Path, Cancellation, arguments);

        Assert.NotEqual(0, finished.ExitCode);
        Assert.NotEmpty(finished.Errors);
        Assert.DoesNotContain("Spectrum", finished.Output + finished.Errors, StringComparison.OrdinalIgnoreCase);
    }

    private static List<SecretPlace> Places(int count, int seed = Seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(number => SecretPlace.Create(random, number))];
    }

    private async Task RunAsync(string directory, SecretPlace[] places)
    {
        var result = Load(directory, places);
        await using var application = AmbianicHost.Build(result, port: 0);
        using var client = new HttpClient { BaseAddress = await AmbianicHost.StartAsync(application) };
        await EverybodyFailedAsync(client);
        foreach (var path in Paths)
        {
            using var answer = await client.GetAsync(path, Cancellation);
            Look(places, $"GET {path}", await answer.Content.ReadAsStringAsync(Cancellation));
        }

        await application.StopAsync(Cancellation);
        await application.DisposeAsync();
        LookAtFiles(places, directory);
        await LookAtBundleAsync(places, directory, result);
    }

    /// <summary>Looks at what is handed to a stranger who helps, with all that the program has logged.</summary>
    private async Task LookAtBundleAsync(SecretPlace[] places, string directory, ConfigurationResult result)
    {
        using var providers = new ProviderCatalog(TimeProvider.System);
        var examination = new Examination { Configuration = result, Port = 0, Time = TimeProvider.System, Providers = providers };
        var findings = ConfigurationExam.Run(examination).Concat(PermissionExam.Run(examination));
        var path = Path.Combine(directory, "bundle.zip");
        await SupportBundle.WriteAsync(
            path,
            new DoctorReport([.. findings], TimeProvider.System.GetUtcNow()),
            examination,
            ConfigurationFiles.Locate(Path.Combine(directory, "config.yaml"), directory, _ => null),
            (_, _, _, _) => Task.FromResult<JsonNode?>(null),
            Cancellation);
        foreach (var (name, text) in Bundle.Read(path))
        {
            Look(places, $"bundle {name}", text);
        }

        File.Delete(path);
    }

    /// <summary>Every pipeline has met its source, and told why that does not work.</summary>
    private static async Task EverybodyFailedAsync(HttpClient client)
    {
        for (var looks = 0; !await HaveAllFailedAsync(client); looks++)
        {
            Assert.True(looks < MostLooks, "not every pipeline has met its source");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
        }
    }

    private static async Task<bool> HaveAllFailedAsync(HttpClient client)
    {
        var health = JsonNode.Parse(await client.GetStringAsync("api/health", Cancellation))!;
        var pipelines = health["pipelines"]!.AsArray();
        return pipelines.Count > 0 && pipelines.All(pipeline => (string?)pipeline!["last_error"] is not null);
    }

    private static ConfigurationResult Load(string directory, SecretPlace[] places)
    {
        Write(directory, places);
        foreach (var place in places.Where(place => place.IsInFile))
        {
            Directory.CreateDirectory(Path.Combine(directory, "handed-over"));
            File.WriteAllText(Path.Combine(directory, "handed-over", place.Variable!.Value.Name), place.Variable.Value.Value + "\n");
        }

        var variables = places.Where(place => !place.IsInFile).Select(place => place.Variable).OfType<(string Name, string Value)>().ToDictionary(one => one.Name, one => one.Value);
        var files = ConfigurationFiles.Locate(Path.Combine(directory, "config.yaml"), directory, name => name == "AMBIANIC_DIR" ? directory : variables.GetValueOrDefault(name));
        return new ConfigurationLoader(BuiltInElements.AddTo(new ElementRegistry()), ModelCatalog.Known).Load(files with
        {
            Variables = files.Variables with { Directory = Path.Combine(directory, "handed-over") },
        });
    }

    /// <summary>Puts the places into one file, section by section; a broken one is a file of its own.</summary>
    private static void Write(string directory, SecretPlace[] places)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "secrets.yaml"), string.Concat(places.Select(place => place.SecretText)));
        var sections = new OrderedDictionary<string, StringBuilder>();
        foreach (var part in places.Where(place => place.CanBeRun).SelectMany(place => SectionsOf(place.Text)))
        {
            if (!sections.TryGetValue(part.Heading, out var section))
            {
                sections[part.Heading] = section = new StringBuilder();
            }

            section.Append(part.Content);
        }

        var text = places is [{ CanBeRun: false } broken] ? broken.Text : string.Concat(sections.Select(section => $"{section.Key}\n{section.Value}"));
        File.WriteAllText(Path.Combine(directory, "config.yaml"), text + "\nlogging: {console_level: ERROR, file: ambianic.log, level: DEBUG}\n");
    }

    private static IEnumerable<(string Heading, string Content)> SectionsOf(string text)
    {
        var heading = "";
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] == ' ')
            {
                yield return (heading, line + "\n");
            }
            else
            {
                heading = line;
                yield return (heading, "");
            }
        }
    }

    private void LookAtFiles(SecretPlace[] places, string directory)
    {
        var files = Directory.GetFiles(directory, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) is not ("config.yaml" or "secrets.yaml") && !file.Contains("handed-over", StringComparison.Ordinal)).ToList();
        Assert.Contains(files, file => file.EndsWith("ambianic.log", StringComparison.Ordinal));
        Assert.Contains(files, file => file.EndsWith("coverage.jsonl", StringComparison.Ordinal));
        foreach (var file in files)
        {
            Look(places, Path.GetFileName(file), Encoding.Latin1.GetString(File.ReadAllBytes(file)));
        }
    }

    private void Look(IEnumerable<SecretPlace> places, string where, string text)
    {
        foreach (var place in places)
        {
            foreach (var secret in place.Secrets.Where(secret => text.Contains(secret, StringComparison.OrdinalIgnoreCase)))
            {
                var at = text.IndexOf(secret, StringComparison.OrdinalIgnoreCase);
                _leaks.Add($"{where}: …{text[Math.Max(0, at - 100)..Math.Min(text.Length, at + 60)]}…\n    of {place.SecretText}{place.Text}");
            }
        }
    }
}

using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Ambianic.Server.Access;
using Ambianic.Server.Doctor;
using Ambianic.Storage.Access;

namespace Ambianic.Server.Tests.Doctor;

[UnsupportedOSPlatform("windows")]
public sealed class SupportBundleTests
{
    private const string Yaml = """
        data_dir: ./data
        display_name: House of Rosalinde
        logging: {file: ambianic.log}
        sources: {front: {uri: "rtsp://admin:Wren9Owl77@127.0.0.1:9/a", live: true, fps: 5}}
        notifications:
          gertrude: {providers: ["ntfy://127.0.0.1:9/Topic7Owl99"], emergency_number: "+49 30 1234567"}
        pipelines:
          hall: [{source: front}, {detect_objects: }] # Rosalinde's
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_Always_IsForItsOwnerAloneAndHasEveryPart()
    {
        using var examined = new Examined(Yaml);

        var files = await WriteAsync(examined);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(examined.Directory["bundle.zip"]));
        Assert.Equal(
            ["configuration/1-config.yaml.txt", "configuration/effective.json", "configuration/problems.txt", "data.json", "doctor.json", "doctor.txt", "health.json", "log.txt", "status.json", "versions.json"],
            files.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("sources: {xxx: {uri: \"xxx\", live: true, fps: 5}}", files["configuration/1-config.yaml.txt"], StringComparison.Ordinal);
        Assert.Equal(5, (int)JsonNode.Parse(files["configuration/effective.json"])!["sources"]!["front"]!["fps"]!);
        Assert.Equal(1, (int)JsonNode.Parse(files["doctor.json"])!["version"]!);
    }

    [Fact]
    public async Task Write_NamesOfPeople_AreNotInIt()
    {
        using var examined = new Examined(Yaml);
        Directory.CreateDirectory(examined.Directory["data"]);
        using (var users = new AccessDatabase(examined.Directory["data"], TimeProvider.System))
        {
            Assert.Null(users.Add(new UserAccount("walburga", Passwords.Hash("Wren9Owl77Jay"), AccessRole.Admin, TimeProvider.System.GetUtcNow())));
        }

        await File.WriteAllTextAsync(
            examined.Directory["ambianic.log"],
            "2026-05-01 10:00:00.000 +00:00 INFO Ambianic.Core.Alerts.AlertDesk[1306]: The alert \"fall\" was answered with over by Aunt Kunigunde\n"
            + "2026-05-01 10:00:01.000 +00:00 INFO Ambianic.Core.Alerts.AlertDesk[1300]: gertrude and Walburga are told of rtsp://admin:Wren9Owl77@127.0.0.1/a\n",
            Cancellation);

        var files = await WriteAsync(examined);

        var all = string.Join('\n', files.Values);
        Assert.Contains("are told of rtsp://***@127.0.0.1/a", files["log.txt"], StringComparison.Ordinal);
        Assert.All(["rosalinde", "gertrude", "walburga", "kunigunde", "1234567", "Owl77", "Owl99"], name => Assert.DoesNotContain(name, all, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Write_ProgramThatRefuses_SaysSoInIt()
    {
        using var examined = new Examined(Yaml);

        var files = await WriteAsync(examined, (_, path, _, _) => path == "api/health" ? throw new IOException("refused") : Task.FromResult<JsonNode?>(new JsonObject { ["version"] = "2" }));

        Assert.Equal("(refused)", files["health.json"]);
        Assert.Equal("2", (string?)JsonNode.Parse(files["status.json"])!["version"]);
    }

    private static async Task<IReadOnlyDictionary<string, string>> WriteAsync(Examined examined, ProgramCall? call = null)
    {
        var report = new DoctorReport([.. ConfigurationExam.Run(examined.Examination)], TimeProvider.System.GetUtcNow());
        await SupportBundle.WriteAsync(
            examined.Directory["bundle.zip"], report, examined.Examination, examined.Files, call ?? ((_, _, _, _) => Task.FromResult<JsonNode?>(null)), Cancellation);
        return Bundle.Read(examined.Directory["bundle.zip"]);
    }
}

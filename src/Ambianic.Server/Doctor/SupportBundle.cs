using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ambianic.Configuration;
using Ambianic.Core;
using Ambianic.Core.Pipelines;
using Ambianic.Server.Api;
using Ambianic.Storage.Files;

namespace Ambianic.Server.Doctor;

/// <summary>Calls the running program; null when none answers.</summary>
/// <exception cref="IOException">The call was refused.</exception>
internal delegate Task<JsonNode?> ProgramCall(HttpMethod method, string path, JsonNode? body, CancellationToken cancellation);

/// <summary>One ZIP file with what a person who helps needs to know: no pictures, no names of people, no secrets.</summary>
internal static class SupportBundle
{
    private const int MostLogLines = 2000;
    private const int MostLogBytes = 1 << 20;
    private const int MostFilesCounted = 1_000_000;

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes it, whole or not at all, so that only its owner may read it.</summary>
    /// <param name="path">Absolute; its folder exists.</param>
    /// <param name="report">Of an examination.</param>
    /// <param name="examination">What was examined.</param>
    /// <param name="files">The configuration.</param>
    /// <param name="call">Asks the running program.</param>
    /// <param name="cancellation">Stops waiting for the program.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static async Task WriteAsync(
        string path, DoctorReport report, Examination examination, ConfigurationFiles files, ProgramCall call, CancellationToken cancellation)
    {
        var words = PersonalWords.Of(examination.Settings, examination.Time);
        using var content = new MemoryStream();
        using (var archive = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add("doctor.json", Text(words.Clean(JsonNode.Parse(report.ToJson()))));
            Add("doctor.txt", words.Clean(report.ToText()));
            Add("configuration/problems.txt", words.Clean(examination.Configuration.Report()));
            Add("configuration/effective.json", Text(words.Clean(examination.Configuration.Effective)));
            foreach (var ((name, text), index) in new ConfigurationLayout(BuiltInElements.AddTo(new ElementRegistry())).Of(files).Select((file, index) => (file, index)))
            {
                Add($"configuration/{index + 1}-{words.Clean(name)}.txt", words.Clean(text));
            }

            Add("versions.json", Text(words.Clean(Versions(report))));
            Add("data.json", Text(words.Clean(Sizes(examination.Settings.DataDir))));
            Add("log.txt", NewestLog(examination.Settings.Logging.File, words));
            foreach (var (name, call1) in ((string, string)[])[("health.json", "api/health"), ("status.json", "api/status")])
            {
                Add(name, await AnswerAsync(call1, call, words, cancellation));
            }

            void Add(string name, string text)
            {
                var entry = archive.CreateEntry(name);
                entry.LastWriteTime = report.At;
                using var writer = new StreamWriter(entry.Open(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
                writer.Write(text);
            }
        }

        PrivateFile.Replace(path, content.ToArray());
    }

    private static string Text(JsonNode? json) => json?.ToJsonString(Readable) ?? "null";

    private static async Task<string> AnswerAsync(string path, ProgramCall call, PersonalWords words, CancellationToken cancellation)
    {
        try
        {
            return await call(HttpMethod.Get, path, null, cancellation) is { } answer ? Text(words.Clean(answer)) : "(no program answers)";
        }
        catch (Exception error) when (error is IOException or JsonException || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return $"({words.Clean(error.Message)})";
        }
    }

    private static JsonObject Versions(DoctorReport report) => new()
    {
        ["program"] = DeviceApi.Version,
        ["dotnet"] = RuntimeInformation.FrameworkDescription,
        ["system"] = RuntimeInformation.OSDescription,
        ["runtime"] = RuntimeInformation.RuntimeIdentifier,
        ["cores"] = Environment.ProcessorCount,
        ["memory_bytes"] = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        ["container"] = File.Exists("/.dockerenv") || Environment.GetEnvironmentVariable("container") is not null,
        ["ffmpeg"] = (string?)report.Findings.FirstOrDefault(finding => finding.Check == FfmpegExam.Check)?.Values?["version"],
        ["variables"] = new JsonArray([.. Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(name => name.StartsWith("AMBIANIC_", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(name => JsonValue.Create(name))]),
    };

    /// <summary>How much lies in each part of the data directory; names of events are not among it.</summary>
    private static JsonObject Sizes(string folder)
    {
        var sizes = new JsonObject { ["path"] = folder };
        if (!Directory.Exists(folder))
        {
            return sizes;
        }

        try
        {
            foreach (var part in new DirectoryInfo(folder).EnumerateFileSystemInfos().OrderBy(part => part.Name, StringComparer.Ordinal))
            {
                IEnumerable<FileInfo> files = part is DirectoryInfo below
                    ? below.EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint })
                    : [(FileInfo)part];
                var counted = files.Take(MostFilesCounted).Aggregate((Count: 0L, Bytes: 0L), (sum, file) => (sum.Count + 1, sum.Bytes + Length(file)));
                sizes[part.Name] = new JsonObject { ["files"] = counted.Count, ["bytes"] = counted.Bytes };
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            sizes["error"] = error.Message;
        }

        return sizes;
    }

    /// <summary>0 for a file that is just being removed.</summary>
    private static long Length(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static string NewestLog(string? file, PersonalWords words)
    {
        if (string.IsNullOrEmpty(file) || Path.GetDirectoryName(Path.GetFullPath(file)) is not { } folder || !Directory.Exists(folder))
        {
            return "(logging.file is not set, or not there; with systemd: journalctl -u ambianic)";
        }

        try
        {
            var newest = new DirectoryInfo(folder).EnumerateFiles($"{Path.GetFileNameWithoutExtension(file)}*{Path.GetExtension(file)}").OrderByDescending(log => log.LastWriteTimeUtc).FirstOrDefault();
            return newest is null ? "(there is no file yet)" : string.Join('\n', Tail(newest.FullName).Select(words.CleanLogLine));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"({words.Clean(error.Message)})";
        }
    }

    private static IEnumerable<string> Tail(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete); // the program writes it
        var isCut = stream.Length > MostLogBytes;
        stream.Seek(isCut ? -MostLogBytes : 0, isCut ? SeekOrigin.End : SeekOrigin.Begin);
        using var reader = new StreamReader(stream);
        var lines = reader.ReadToEnd().Split('\n');
        return [.. lines.Skip(isCut ? 1 : 0).TakeLast(MostLogLines)];
    }
}

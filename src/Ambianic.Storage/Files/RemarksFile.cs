using System.Text.Json;
using System.Text.Json.Serialization;
using Ambianic.Core.Timeline;
using Ambianic.Shared;

namespace Ambianic.Storage.Files;

/// <summary>
/// What people said of an event, as a file of JSON beside the event's. Its name has no ending that a web server would know, so that it is
/// not served as the pictures are, which never change.
/// </summary>
internal static class RemarksFile
{
    /// <summary>The API takes no note that is longer than a few kilobytes.</summary>
    private const int Longest = 1 << 20;

    /// <summary>Its name.</summary>
    public static string NameOf(string jsonFile) => jsonFile[..^EventNames.JsonSuffix.Length] + EventNames.RemarksSuffix;

    /// <summary>The JSON file of the event that it belongs to.</summary>
    public static string EventOf(string name) => name[..^EventNames.RemarksSuffix.Length] + EventNames.JsonSuffix;

    /// <summary>Reads it; one that is not there or cannot be read says nothing.</summary>
    /// <exception cref="IOException">The disk fails.</exception>
    public static EventRemarks Read(string folder, string jsonFile)
    {
        var path = Path.Combine(folder, NameOf(jsonFile));
        if (!File.Exists(path) || RegularFile.HasNoLength(path) || new FileInfo(path).Length > Longest)
        {
            return default;
        }

        try
        {
            var document = JsonSerializer.Deserialize(File.ReadAllBytes(path), RemarksJson.Default.RemarksDocument);
            return new EventRemarks(document?.Note, EventFeedbackWords.Parse(document?.Feedback));
        }
        catch (JsonException)
        {
            return default;
        }
    }

    /// <summary>Writes it so that it survives a loss of power. One that says nothing stays, so that the file always has the last word.</summary>
    /// <exception cref="IOException">What was there before is still there.</exception>
    public static void Write(string folder, string jsonFile, EventRemarks remarks) => DurableFiles.Replace(
        folder,
        new NewFile(NameOf(jsonFile), JsonSerializer.SerializeToUtf8Bytes(new RemarksDocument(remarks.Note, EventFeedbackWords.Of(remarks.Feedback)), RemarksJson.Default.RemarksDocument)));
}

/// <summary>Its content.</summary>
/// <param name="Note">A text; null for none.</param>
/// <param name="Feedback">A word of <see cref="EventFeedbackWords"/>; null for none.</param>
internal sealed record RemarksDocument(string? Note, string? Feedback);

/// <summary>How it becomes JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(RemarksDocument))]
internal sealed partial class RemarksJson : JsonSerializerContext;

using System.Text.Json;
using System.Text.Json.Serialization;
using Ambianic.Core.Visits;

namespace Ambianic.Storage.Visits;

/// <summary>Visits to and from the text that the database keeps.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(Visit))]
internal sealed partial class VisitJson : JsonSerializerContext
{
    /// <summary>The text.</summary>
    public static string Write(Visit visit) => JsonSerializer.Serialize(visit, Default.Visit);

    /// <summary>Reads it.</summary>
    /// <exception cref="InvalidDataException">It is not a visit.</exception>
    public static Visit Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, Default.Visit) ?? throw new InvalidDataException("a visit is null");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"not a visit: {error.Message}", error);
        }
    }
}

using System.Text.Json;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;

namespace Ambianic.Storage.Files;

/// <summary>
/// A fall as Ambianic Edge stored it: without a box, and with shoulders and hips in <c>keypoint_corr</c>, in pixels of the event's
/// thumbnail: <c>{"left shoulder": [x, y], "left hip": null, ...}</c>.
/// </summary>
internal static class ReferenceFall
{
    /// <summary>True when an event has such a fall. Ours have a track.</summary>
    public static bool IsIn(EventDocument document) => document.InferenceResult?.Any(IsOne) ?? false;

    /// <summary>The detection with its key points and a box around them; unchanged when it is no such fall, or has no points.</summary>
    /// <param name="detection">As read.</param>
    /// <param name="document">What it was read from.</param>
    /// <param name="thumbnail">Size in pixels.</param>
    public static Detection Place(Detection detection, DetectionDocument? document, (int Width, int Height) thumbnail)
    {
        if (!IsOne(document) || document!.KeypointCorr is not { ValueKind: JsonValueKind.Object } places)
        {
            return detection;
        }

        List<Keypoint> points = [];
        foreach (var place in places.EnumerateObject())
        {
            var name = place.Name.Replace(' ', '_');
            if (Spine.PointNames.Contains(name) && Coordinates(place.Value) is var (x, y))
            {
                points.Add(new Keypoint(
                    name, Math.Clamp(x / thumbnail.Width, 0, 1), Math.Clamp(y / thumbnail.Height, 0, 1), detection.Confidence));
            }
        }

        return points.Count == 0 ? detection : detection with
        {
            Keypoints = points,
            Box = new Box(
                points.Min(point => point.X), points.Min(point => point.Y), points.Max(point => point.X), points.Max(point => point.Y)),
        };
    }

    /// <summary>
    /// Shoulders and hips of a fall: under the reference system's names in pixels of the thumbnail, null for one that is not seen; and
    /// under ours, 0 to 1, unless the fall comes from the reference system.
    /// </summary>
    /// <param name="detection">The fall.</param>
    /// <param name="fall">What is known of it.</param>
    /// <param name="thumbnail">Size in pixels; null leaves the reference system's names out.</param>
    public static JsonElement Points(Detection detection, FallReport fall, (int Width, int Height)? thumbnail)
    {
        var spine = detection.Keypoints.Where(point => Spine.PointNames.Contains(point.Name)).DistinctBy(point => point.Name).ToDictionary(point => point.Name);
        var points = new Dictionary<string, float[]?>();
        if (thumbnail is var (width, height))
        {
            foreach (var name in Spine.PointNames)
            {
                points[name.Replace('_', ' ')] = spine.TryGetValue(name, out var point) ? [Pixels(point.X, width), Pixels(point.Y, height)] : null;
            }
        }

        if (fall.Track > 0 || thumbnail is null)
        {
            foreach (var (name, point) in spine)
            {
                points[name] = [point.X, point.Y];
            }
        }

        return JsonSerializer.SerializeToElement(points, TimelineJson.Default.DictionaryStringSingleArray);
    }

    private static float Pixels(float share, int length) => MathF.Round(share * length, 2);

    private static bool IsOne(DetectionDocument? detection) =>
        detection is { LeaningAngle: not null, KeypointCorr: not null, Track: null, Box: null, Keypoints: null };

    /// <summary>Numbers, or text where the event comes from a timeline log; null when it is no place.</summary>
    private static (float X, float Y)? Coordinates(JsonElement place) =>
        place.ValueKind == JsonValueKind.Array && place.GetArrayLength() == 2 && Number(place[0]) is { } x && Number(place[1]) is { } y
            ? (x, y)
            : null;

    private static float? Number(JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();
        return float.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var number)
            && float.IsFinite(number) ? number : null;
    }
}

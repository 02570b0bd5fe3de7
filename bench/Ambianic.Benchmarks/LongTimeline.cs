using System.Globalization;
using Ambianic.Core.Health;
using Ambianic.Core.Timeline;
using Ambianic.Core.Visibility;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;
using Ambianic.Storage.Database;

namespace Ambianic.Benchmarks;

/// <summary>
/// A database of many events, as eight cameras of a house fill it over years: mostly persons and quiet pictures, some cats, dogs and cars,
/// now and then an outage, seldom a fall. The same each time; without event files.
/// </summary>
internal static class LongTimeline
{
    private const int Batch = 1000;
    private const string Folder = "detections/20230101-000000.000000";

    private static readonly DateTimeOffset Begin = new(2023, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Pipelines = ["front_door", "back_door", "kitchen", "hall", "garden", "garage", "living_room", "bedroom"];

    /// <summary>Fills the database of a data directory.</summary>
    public static void Fill(string dataDir, int events)
    {
        var random = new Random(1);
        var database = new EventDatabase(Path.Combine(dataDir, EventDatabase.FileName));
        database.Prepare();
        using (var writer = database.OpenToWrite())
        {
            var at = Begin;
            foreach (var batch in Enumerable.Range(0, events).Chunk(Batch))
            {
                EventRows.Insert(writer, [.. batch.Select(number => (Event(number, at = at.AddSeconds(random.Next(1, 120)), random), false))]);
            }
        }

        database.ReleaseFile();
    }

    private static DetectionEvent Event(int number, DateTimeOffset at, Random random)
    {
        var name = EventNames.For(at.AddMicroseconds(number % 1000));
        var pipeline = Pipelines[random.Next(Pipelines.Length)];
        var seen = new DetectionEvent
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"{random.NextInt64():x16}{number:x16}"),
            At = at,
            Pipeline = pipeline,
            Source = $"{pipeline}_camera",
            Display = "Object Detection",
            RelDir = Folder,
            ImageFileName = name + EventNames.ImageSuffix,
            ThumbnailFileName = name + EventNames.ThumbnailSuffix,
            JsonFileName = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}{EventNames.JsonSuffix}"),
        };
        return random.Next(10_000) switch
        {
            < 3 => seen with { Detections = [Fall(random)], Display = "Fall Detection", Remarks = new EventRemarks("Grandma was on the floor beside her bed", EventFeedback.Correct) },
            < 50 => seen with { Outage = new OutageReport(pipeline, seen.Source, at, VisibilityState.NoVideo, at.AddMinutes(-1), "source " + seen.Source + ": no route to host"), ImageFileName = "" },
            < 6000 => seen with { Detections = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Of("person", random))] },
            < 6500 => seen with { Detections = [Of("cat", random)] },
            < 6800 => seen with { Detections = [Of("dog", random), Of("person", random)] },
            < 7500 => seen with { Detections = [Of("car", random)] },
            _ => seen,
        };
    }

    /// <summary>Confidences above 0.99 are rare.</summary>
    private static Detection Of(string label, Random random)
    {
        var (x, y) = (random.NextSingle() * 0.5f, random.NextSingle() * 0.5f);
        return new Detection(label, 0.3f + (0.692f * MathF.Sqrt(random.NextSingle())), new Box(x, y, x + 0.3f, y + 0.4f));
    }

    private static Detection Fall(Random random) => Of(FallLabels.Fall, random) with
    {
        Confidence = 0.995f,
        Details = new FallReport { Track = 1, State = FallState.Fallen, LeaningAngle = 80, DownSeconds = 3, Evidence = new FallEvidence() },
    };
}

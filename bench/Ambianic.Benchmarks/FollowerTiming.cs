using System.CommandLine;
using System.Globalization;
using Ambianic.Core.Timeline;
using Ambianic.Storage.Database;

namespace Ambianic.Benchmarks;

/// <summary>What it costs to ask a long timeline for what is new, as alerting does.</summary>
internal static class FollowerTiming
{
    private const int Rounds = 1000;

    public static Command Command()
    {
        var events = new Option<int>("--events") { DefaultValueFactory = _ => 100_000, Description = "how many are on the timeline" };
        var command = new Command("follower", "times reading what is new on a long timeline") { events };
        command.SetAction(parsed => Measure(parsed.GetValue(events)));
        return command;
    }

    private static void Measure(int events)
    {
        var folder = Directory.CreateTempSubdirectory("ambianic-follower-").FullName;
        try
        {
            var database = new EventDatabase(Path.Combine(folder, EventDatabase.FileName));
            database.Prepare();
            var now = new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
            using (var writer = database.OpenToWrite())
            {
                foreach (var batch in Enumerable.Range(0, events).Select(i => (Event(i, now.AddSeconds(-10 * (events - i))), false)).Chunk(1000))
                {
                    EventRows.Insert(writer, batch);
                }
            }

            EventCursor end;
            using (var connection = database.OpenToRead())
            {
                end = EventSequence.End(connection, now);
            }

            Console.WriteLine("| read | events | median µs | slowest of 100 µs |");
            Console.WriteLine("|---|---|---|---|");
            Time("nothing new", end);
            Time("one new", end with { Sequence = end.Sequence - 1, EventId = $"{events - 2:x32}" });
            Time("a page of 256", end with { Sequence = end.Sequence - 256, EventId = $"{events - 257:x32}" });
            Time("by time, after a rebuild", end with { Numbering = "" });
            database.ReleaseFile();

            void Time(string name, EventCursor cursor)
            {
                var read = 0;
                var times = new double[Rounds];
                for (var i = -Rounds / 10; i < Rounds; i++)
                {
                    var began = TimeProvider.System.GetTimestamp();
                    using (var connection = database.OpenToRead())
                    {
                        read = EventSequence.ReadAfter(connection, cursor, 256, now).Events.Count;
                    }

                    times[Math.Max(0, i)] = TimeProvider.System.GetElapsedTime(began).TotalMicroseconds;
                }

                Array.Sort(times);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {read} | {times[Rounds / 2]:0} | {times[Rounds * 99 / 100]:0} |"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static DetectionEvent Event(int number, DateTimeOffset at) => new()
    {
        Id = $"{number:x32}",
        At = at,
        Pipeline = "front",
        Detections = [new("person", 0.9f, new(0.1f, 0.1f, 0.4f, 0.9f))],
        RelDir = "detections/a",
        ImageFileName = $"{number}-image.jpg",
        ThumbnailFileName = $"{number}-thumbnail.jpg",
        JsonFileName = $"{number}-inference.json",
    };
}

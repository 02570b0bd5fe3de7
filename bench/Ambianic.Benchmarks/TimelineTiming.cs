using System.CommandLine;
using System.Globalization;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision.Falls;
using Ambianic.Media.Pictures;
using Ambianic.Storage;
using Ambianic.Storage.Database;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Benchmarks;

/// <summary>Pages of a very long timeline: one filter at a time, at its beginning and at its far end; then what requests cost the pipelines.</summary>
internal static class TimelineTiming
{
    private const int PageSize = 50;
    private const int Rounds = 300;
    private const int RowsRemoved = 256;

    private static readonly (string Name, EventQuery Query)[] Filters =
    [
        ("none", new EventQuery()),
        ("time", new EventQuery { From = new DateTimeOffset(2023, 6, 1, 0, 0, 0, TimeSpan.Zero), To = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero) }),
        ("pipeline", new EventQuery { Pipeline = "kitchen" }),
        ("label, frequent", new EventQuery { Label = "person" }),
        ("label, rare", new EventQuery { Label = FallLabels.Fall }),
        ("confidence >= 0", new EventQuery { MinConfidence = 0 }),
        ("confidence >= 0.81", new EventQuery { MinConfidence = 0.81 }),
        ("confidence >= 0.99, rare", new EventQuery { MinConfidence = 0.99 }),
        ("state, fallen", new EventQuery { State = "fallen" }),
        ("state, no_video", new EventQuery { State = "no_video" }),
        ("text, frequent", new EventQuery { Text = "person" }),
        ("text, rare", new EventQuery { Text = "floor bed" }),
        ("feedback", new EventQuery { Feedback = EventFeedback.Correct }),
    ];

    public static Command Command()
    {
        var events = new Option<int>("--events") { DefaultValueFactory = _ => 1_000_000, Description = "how many are on the timeline" };
        var rate = new Option<int>("--rate") { DefaultValueFactory = _ => 500, Description = "requests a second against the running program; 0 leaves that out" };
        var keep = new Option<string?>("--data") { Description = "data directory that is filled unless it has a database; kept. The default is a temporary one" };
        var command = new Command("timeline", "times pages of a very long timeline by each filter, and asks the running program for them while pipelines run") { events, rate, keep };
        command.SetAction((parsed, cancellation) => MeasureAsync(parsed.GetValue(events), parsed.GetValue(rate), parsed.GetValue(keep), cancellation));
        return command;
    }

    private static async Task MeasureAsync(int events, int rate, string? keep, CancellationToken cancellation)
    {
        var folder = keep ?? Directory.CreateTempSubdirectory("ambianic-timeline-").FullName;
        try
        {
            Fill(folder, events);
            await PagesAsync(folder, cancellation);
            if (rate > 0)
            {
                await TimelineLoad.MeasureAsync(folder, rate, cancellation);
            }

            Remove(folder);
        }
        finally
        {
            if (keep is null)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static void Fill(string folder, int events)
    {
        Directory.CreateDirectory(folder);
        var file = new FileInfo(Path.Combine(folder, EventDatabase.FileName));
        var began = TimeProvider.System.GetTimestamp();
        if (!file.Exists)
        {
            LongTimeline.Fill(folder, events);
        }

        file.Refresh();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{events} events, {file.Length / 1e6:0} MB, filled in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0} s"));
        Console.WriteLine();
    }

    private static async Task PagesAsync(string folder, CancellationToken cancellation)
    {
        await using var store = SqliteEventStore.Open(
            folder, Path.Combine(folder, "timeline.yaml"), new EventFeed(), new EventPictureEncoder(), TimeProvider.System, NullLogger<SqliteEventStore>.Instance);
        Console.WriteLine("p99 of the processor is what p99 is on a machine that does nothing else.");
        Console.WriteLine();
        Console.WriteLine("| filter | events of the page | first page median ms | p99 ms | processor p99 ms | far end median ms | p99 ms | processor p99 ms |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (var (name, query) in Filters)
        {
            var asked = query with { Limit = PageSize };
            var (count, first) = await TimeAsync(store, asked, null, cancellation);
            var end = await store.PageAsync(asked with { Limit = PageSize + 1 }, EventOrder.Oldest, null, cancellation);
            var (_, last) = await TimeAsync(store, asked, end.Next, cancellation); // the last page but for the event that it begins behind
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {count} | {first} | {last} |"));
        }

        Console.WriteLine();
    }

    private static async Task<(int Events, string Times)> TimeAsync(SqliteEventStore store, EventQuery query, long? after, CancellationToken cancellation)
    {
        var (times, busy) = (new double[Rounds], new double[Rounds]);
        var count = 0;
        for (var round = -Rounds / 10; round < Rounds; round++)
        {
            var cpu = Environment.CpuUsage.TotalTime;
            var began = TimeProvider.System.GetTimestamp();
            count = (await store.PageAsync(query, EventOrder.Newest, after, cancellation)).Events.Count;
            times[Math.Max(0, round)] = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
            busy[Math.Max(0, round)] = (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds;
        }

        Array.Sort(times);
        Array.Sort(busy);
        return (count, string.Create(CultureInfo.InvariantCulture, $"{times[Rounds / 2]:0.00} | {times[Rounds * 99 / 100]:0.0} | {busy[Rounds * 99 / 100]:0.0}"));
    }

    /// <summary>What retention does to the database: it reads the oldest events and removes their rows.</summary>
    private static void Remove(string folder)
    {
        var database = new EventDatabase(Path.Combine(folder, EventDatabase.FileName));
        using (SqliteConnection writer = database.OpenToWrite())
        {
            var times = new double[20];
            for (var round = 0; round < times.Length; round++)
            {
                var began = TimeProvider.System.GetTimestamp();
                EventRows.Remove(writer, EventRows.Oldest(writer, long.MinValue, DateTimeOffset.MaxValue, RowsRemoved));
                times[round] = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
            }

            Array.Sort(times);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"rows of the {RowsRemoved} oldest events removed: median {times[times.Length / 2]:0} ms, slowest of {times.Length} {times[^1]:0} ms"));
        }

        database.ReleaseFile();
    }
}

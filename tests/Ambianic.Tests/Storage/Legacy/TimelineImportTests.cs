using System.Globalization;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;
using Ambianic.Storage;
using Ambianic.Storage.Files;
using Ambianic.Storage.Legacy;
using SkiaSharp;

namespace Ambianic.Tests.Storage.Legacy;

public sealed class TimelineImportTests : IDisposable
{
    private readonly TimelineFixture _fixture = new();
    private readonly TemporaryDirectory _old = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _fixture.Dispose();
        _old.Dispose();
    }

    [Fact]
    public async Task RunAsync_DataOfTheReference_IsOnTheTimelineAndOnlyCopied()
    {
        WriteOld();

        var result = await ImportAsync();
        var again = await ImportAsync();

        Assert.Equal((3, 0), (result.Imported, result.Known));
        Assert.Equal((0, 3), (again.Imported, again.Known));
        Assert.Equal(
            ["detections/20210501-100000.000000/broken-inference.json", "timeline-event-log.yaml.1", "timeline-event-log.yaml:28"],
            result.LeftAlone.Select(file => file.Path).Order(StringComparer.Ordinal));
        Assert.True(File.Exists(_old["detections/20210501-100000.000000/a-image.jpg"]));
        Assert.Equal("picture", await File.ReadAllTextAsync(Path.Combine(_fixture.DataDir, "detections/20210501-100000.000000/a-image.jpg"), Cancellation));

        await using var store = _fixture.Open();
        Assert.Equal(["c", "b", "a"], await TimelineFixture.IdsAsync(store, new EventQuery()));
        var person = Assert.Single(await TimelineFixture.EventsAsync(store, new EventQuery { Id = "c" })).Detections[0];
        Assert.Equal(("person", 0.875f, 0.25f), (person.Label, person.Confidence, person.Box.XMin));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_FallOfTheReference_ShowsWhereThePersonLies(bool hasJson)
    {
        const string folder = "detections/20210501-100000.000000";
        Directory.CreateDirectory(_old[folder]);
        await File.WriteAllBytesAsync(Path.Combine(_old[folder], "a-thumbnail.jpg"), Picture(256, 144), Cancellation);
        var json = $$$"""
            {"id": "a", "datetime": "2021-05-01T10:00:01.000001", "thumbnail_file_name": "a-thumbnail.jpg", "json_file_name": "a-inference.json",
             "rel_dir": "{{{folder}}}", "inference_meta": {"display": "Fall Detection"}, "inference_result": [{"label": "FALL", "confidence": 0.5,
             "leaning_angle": 70, "keypoint_corr": {"left shoulder": [64, 108], "left hip": [128, 72], "right shoulder": null, "right hip": null}}]}
            """;
        await File.WriteAllTextAsync(hasJson ? Path.Combine(_old[folder], "a-inference.json") : _old["timeline-event-log.yaml"], hasJson ? json : $"- args: {json.ReplaceLineEndings(" ")}\n", Cancellation);

        var result = await ImportAsync();

        Assert.Equal(1, result.Imported);
        await using var store = _fixture.Open();
        var seen = Assert.Single(await store.QueryAsync(new EventQuery(), Cancellation).ToListAsync(Cancellation));
        var fall = Assert.Single(seen.Detections);
        Assert.Equal(FallState.Fallen, fall.Fall?.State);
        Assert.Equal(new Box(0.25f, 0.5f, 0.5f, 0.75f), fall.Box);
        Assert.Equal(["left_shoulder", "left_hip"], fall.Keypoints.Select(point => point.Name));
    }

    private static byte[] Picture(int width, int height)
    {
        using var bitmap = new SKBitmap(width, height);
        return bitmap.Encode(SKEncodedImageFormat.Jpeg, 80).ToArray();
    }

    [Fact]
    public async Task RunAsync_FilesThatNobodyCanRead_AreNamedAndTheRestIsOnTheTimeline()
    {
        WriteOld();
        var folder = _old["detections/20210501-100000.000000"];
        File.CreateSymbolicLink(Path.Combine(folder, "a-thumbnail.jpg"), "a-thumbnail.jpg");
        File.CreateSymbolicLink(Path.Combine(folder, "aa-inference.json"), "aa-inference.json");
        NamedPipe.Make(Path.Combine(folder, "ab-inference.json"));
        NamedPipe.Make(_old["pipe.yaml"]);
        File.WriteAllText(_old["nul.yaml"], """
            - args: {datetime: '2021-05-01T10:00:01.000001', json_file_name: "x-inference.json", rel_dir: "detections/a\0b", id: x}
            - args: {datetime: '2021-05-01T10:00:01.000001', json_file_name: "x\0-inference.json", rel_dir: "detections/a", id: y}
            """);

        var result = await ImportAsync();

        Assert.Equal(3, result.Imported);
        Assert.Superset(
            new HashSet<string> { "detections/20210501-100000.000000/aa-inference.json", "detections/20210501-100000.000000/ab-inference.json", "pipe.yaml", "nul.yaml:1", "nul.yaml:2" },
            result.LeftAlone.Select(file => file.Path).ToHashSet());
        await using var store = _fixture.Open();
        Assert.Equal(["c", "b", "a"], await TimelineFixture.IdsAsync(store, new EventQuery()));
    }

    [Fact]
    public async Task RunAsync_EntriesOfALogAreDamaged_AreNamedByTheirLineAndTheOthersImported()
    {
        File.WriteAllText(_old["timeline-event-log.yaml"], "  rest: of an entry\n" + string.Concat(
            Entry("a", 1), // line 2
            Entry("b", 2) + "  id: twice\n", // line 8
            Entry("c", 3), // line 15
            "- args: [}\n", // line 21
            Entry("d", 4), // line 22
            "- args: " + new string('[', 100_000) + "\n", // line 28
            Entry("e", 5), // line 29
            "- args:\n    datetime: '2021-05")); // line 35, where the log ends

        var result = await ImportAsync();

        Assert.Equal(4, result.Imported);
        Assert.Equal(
            [1, 8, 21, 28, 35],
            result.LeftAlone.Select(file => int.Parse(file.Path["timeline-event-log.yaml:".Length..], CultureInfo.InvariantCulture)));
        Assert.Contains("line 14", result.LeftAlone[1].Reason, StringComparison.Ordinal);
        await using var store = _fixture.Open();
        Assert.Equal(["e", "d", "c", "a"], await TimelineFixture.IdsAsync(store, new EventQuery()));

        static string Entry(string id, int second) => $"""
            - args:
                datetime: '2021-05-01T10:00:0{second}.000001'
                json_file_name: {id}-inference.json
                rel_dir: detections/20210501-100000.000000
              id: {id}
              message: Detection Event

            """;
    }

    [Fact]
    public async Task RunAsync_CannotWriteOn_WhatWasCopiedIsOnTheTimeline()
    {
        WriteOld();
        Directory.CreateDirectory(Path.Combine(_fixture.DataDir, "detections/20210501-100000.000000/b-inference.json")); // in the way

        await Assert.ThrowsAnyAsync<IOException>(ImportAsync);

        await using var store = _fixture.Open();
        Assert.Equal(["c", "a"], await TimelineFixture.IdsAsync(store, new EventQuery()));
    }

    [Fact]
    public async Task RunAsync_NothingThere_SaysWhatIsMissing()
    {
        var error = await Assert.ThrowsAnyAsync<IOException>(ImportAsync);

        Assert.Contains("detections/", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The program runs two hours east of UTC; the other one ran where the entry's two times say.</summary>
    [Theory]
    [InlineData("1619863201.3", "2021-05-01T12:00:01.000001+02:00")] // in UTC, as in a container
    [InlineData("1619856001.0", "2021-05-01T10:00:01.000001+02:00")] // here
    [InlineData("1619877601.0", "2021-05-01T16:00:01.000001+02:00")] // four hours west
    [InlineData("'2021-05-01T04:15:02.5Z'", "2021-05-01T06:15:01.000001+02:00")] // in Nepal
    [InlineData("'2021-05-01T14:00:02+04:00'", "2021-05-01T12:00:01.000001+02:00")] // an offset instead of Z
    [InlineData("1619860000.0", "2021-05-01T10:00:01.000001+02:00")] // no quarter of an hour: what is local here
    [InlineData("1619924401.0", "2021-05-01T10:00:01.000001+02:00")] // no clock is 17 hours from UTC
    [InlineData("yesterday", "2021-05-01T10:00:01.000001+02:00")]
    [InlineData("null", "2021-05-01T10:00:01.000001+02:00")]
    [InlineData("", "2021-05-01T10:00:01.000001+02:00")]
    public async Task RunAsync_EntryAlsoSaysTheMoment_IsAtThatMoment(string created, string expected)
    {
        WriteEntry("'2021-05-01T10:00:01.000001'", created, withFile: false, "e");
        WriteEntry("'2021-05-01T10:00:01.000001'", created, withFile: true, "f");

        var first = await ImportAsync();
        var again = await ImportAsync();

        Assert.Equal((2, 0), (first.Imported, again.Imported));
        Assert.Empty(again.LeftAlone);
        foreach (var id in new[] { "e", "f" })
        {
            var json = await File.ReadAllTextAsync(Path.Combine(_fixture.DataDir, $"detections/20210501-100000.000000/{id}-inference.json"), Cancellation);
            var seen = EventJson.FromFile(System.Text.Encoding.UTF8.GetBytes(json), "detections/x", "x", _fixture.Time.LocalTimeZone, _ => null);
            Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), seen.At);
        }
    }

    /// <summary>A data directory of the reference that is used as it is, and one that is indexed anew.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OldDataInPlace_EntryAlsoSaysTheMoment_IsAtThatMoment(bool isReindexed)
    {
        WriteEntry("'2021-05-01T10:00:01.000001'", "1619863201.3", withFile: true, "f"); // in UTC, as in a container
        File.AppendAllText(_old["timeline-event-log.yaml"], "- cut: [\n");
        File.WriteAllText(_old["other.yaml"], "no: list\n");
        CopyAll(_old.Path, _fixture.DataDir);
        if (isReindexed)
        {
            await TimelineIndex.RebuildAsync(_fixture.DataDir, _fixture.Time, new Progress<RebuildProgress>(), Cancellation);
        }

        await using var store = _fixture.Open();
        await store.IndexRecovered;

        var seen = Assert.Single(await TimelineFixture.EventsAsync(store, new EventQuery()));
        Assert.Equal("f", seen.Id);
        Assert.Equal(new DateTimeOffset(2021, 5, 1, 10, 0, 1, TimeSpan.Zero), seen.At, TimeSpan.FromMilliseconds(1));
    }

    private static void CopyAll(string from, string to)
    {
        foreach (var path in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }
    }

    [Fact]
    public async Task RunAsync_DatetimeHasAnOffset_IsNotDoubted()
    {
        WriteEntry("'2021-05-01T10:00:01.000001+01:00'", "1619863201.3", withFile: false, "e");

        await ImportAsync();

        await using var store = _fixture.Open();
        var seen = Assert.Single(await TimelineFixture.EventsAsync(store, new EventQuery()));
        Assert.Equal("e", seen.Id);
        Assert.Equal(new DateTimeOffset(2021, 5, 1, 10, 0, 1, TimeSpan.FromHours(1)), seen.At, TimeSpan.FromMilliseconds(1));
    }

    [Theory]
    [InlineData("1604208600.2", -4)]
    [InlineData("1604212200.2", -5)]
    public void WithOffset_HourThatOccursTwice_IsTheOneThatTheMomentTells(string created, int hours)
    {
        var newYork = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");

        var datetime = ReferenceTime.WithOffset("2020-11-01T01:30:00.100000", ReferenceTime.Moment(created)!.Value, newYork);

        Assert.Equal($"2020-11-01T01:30:00.100000-0{-hours}:00", datetime);
    }

    /// <summary>An event whose log says more than its file, in which all else stays as it is.</summary>
    [Fact]
    public async Task RunAsync_EventWithItsFile_KeepsWhatTheFileSays()
    {
        WriteEntry("'2021-05-01T10:00:01.000001'", "1619863201.3", withFile: true, "f");

        await ImportAsync();

        Assert.Equal(
            """{"id": "f", "datetime": "2021-05-01T12:00:01.000001+02:00",  "own": [1, 2]}""",
            await File.ReadAllTextAsync(Path.Combine(_fixture.DataDir, "detections/20210501-100000.000000/f-inference.json"), Cancellation));
    }

    private void WriteEntry(string datetime, string created, bool withFile, string id)
    {
        var folder = _old["detections/20210501-100000.000000"];
        Directory.CreateDirectory(folder);
        if (withFile)
        {
            File.WriteAllText(Path.Combine(folder, $"{id}-inference.json"), $$"""{"id": "{{id}}", "datetime": {{datetime.Replace('\'', '"')}},  "own": [1, 2]}""");
        }

        File.AppendAllText(_old["timeline-event-log.yaml"], $"""
            - args:
                datetime: {datetime}
                json_file_name: {id}-inference.json
                rel_dir: detections/20210501-100000.000000
              id: {id}
              {(created.Length > 0 ? $"created: {created}" : "message: Detection Event")}

            """);
    }

    private Task<ImportResult> ImportAsync() => TimelineImport.RunAsync(_old.Path, _fixture.DataDir, _fixture.Time, Cancellation);

    private void WriteOld()
    {
        var folder = _old["detections/20210501-100000.000000"];
        Directory.CreateDirectory(folder);
        foreach (var (id, second) in new[] { ("a", 1), ("b", 2) })
        {
            File.WriteAllText(Path.Combine(folder, $"{id}-image.jpg"), "picture");
            File.WriteAllText(Path.Combine(folder, $"{id}-inference.json"), $$"""
                {"id": "{{id}}", "datetime": "2021-05-01T10:00:0{{second}}.000001", "image_file_name": "{{id}}-image.jpg",
                 "rel_dir": "detections/20210501-100000.000000", "inference_result": null, "inference_meta": {"display": "Object Detection"} }
                """);
        }

        File.WriteAllText(Path.Combine(folder, "broken-inference.json"), "{");
        File.WriteAllText(_old["timeline-event-log.yaml.1"], "not: a list");

        // 0.875 as NumPy's float32; the second entry has its JSON still, the third leads out of the folder.
        File.WriteAllText(_old["timeline-event-log.yaml"], """
            - args:
                datetime: '2021-05-01T10:00:03.000001'
                id: c
                image_file_name: c-image.jpg
                inference_meta: !!python/object:ambianic.pipeline.Meta
                  display: Object Detection
                inference_result:
                - box: {xmax: 0.5, xmin: 0.25, ymax: 1.0, ymin: 0.125}
                  confidence: !!python/object/apply:numpy.core.multiarray.scalar
                  - !!python/object/apply:numpy.dtype
                    args: [f4, 0, 1]
                    state: !!python/tuple [3, <, null, null, null, -1, -1, 0]
                  - !!binary |
                    AABgPw==
                  label: person
                json_file_name: c-inference.json
                rel_dir: detections/20210501-100000.000000
                thumbnail_file_name: c-thumbnail.jpg
              created: 1619856003.0
              id: c
              message: Detection Event
              priority: INFO
            - args:
                datetime: '2021-05-01T10:00:01.000001'
                json_file_name: a-inference.json
                rel_dir: detections/20210501-100000.000000
              id: a
            - args:
                datetime: '2021-05-01T10:00:01.000001'
                json_file_name: x-inference.json
                rel_dir: detections/../../etc
              id: x

            """);
    }
}

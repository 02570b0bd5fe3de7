using System.Text.Json;
using Ambianic.Core.Configuration;
using Ambianic.Core.Health;
using Ambianic.Core.Timeline;
using Ambianic.Core.Visibility;
using Ambianic.Storage.Files;
using Ambianic.Tests.Storage;

namespace Ambianic.Tests.Core.Timeline;

public sealed class OutageRecorderTests : IDisposable
{
    private readonly TimelineFixture _fixture = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task SaveAsync_TwoPipelinesAtOnce_AreAnnouncedAndRebuiltFromTheirFilesAlone()
    {
        await using (var store = _fixture.Open())
        {
            using var announced = _fixture.Feed.Listen();
            var recorder = new OutageRecorder(store, _fixture.Time);
            await recorder.SaveAsync(Report("door", VisibilityState.NoVideo, 0), Cancellation);
            await recorder.SaveAsync(Report("yard", VisibilityState.Black, 0), Cancellation);
            await recorder.SaveAsync(Report("door", VisibilityState.Visible, 60), Cancellation);
            Assert.Equal(VisibilityState.NoVideo, (await announced.NextAsync(Cancellation)).Outage?.Visibility);
        }

        File.Delete(_fixture.DatabasePath);
        await using var rebuilt = _fixture.Open();
        await rebuilt.IndexRecovered;

        var last = (await new OutageRecorder(rebuilt, _fixture.Time).LastAsync(Cancellation)).OrderBy(report => report.Pipeline).ToList();
        Assert.Equal([("door", VisibilityState.Visible), ("yard", VisibilityState.Black)], last.Select(report => (report.Pipeline, report.Visibility)));
        Assert.Equal((TimelineFixture.Start, TimelineFixture.Start.AddSeconds(60)), (last[0].OutageSince, last[0].At));
        Assert.Equal(3, await rebuilt.CountAsync(new EventQuery { Label = EventNames.OutageLabel }, Cancellation));
    }

    [Fact]
    public async Task SaveAsync_ReasonWithCredentials_IsMaskedAndHasTheReferencesKeys()
    {
        await using var store = _fixture.Open();
        await new OutageRecorder(store, _fixture.Time).SaveAsync(
            Report("door", VisibilityState.NoVideo, 0) with { Reason = "rtsp://joe:s3cret@camera/1 does not answer" }, Cancellation);

        var json = await File.ReadAllTextAsync(Directory.GetFiles(_fixture.DataDir, "*-inference.json", SearchOption.AllDirectories).Single(), Cancellation);
        var written = JsonDocument.Parse(json).RootElement;

        Assert.Equal(
            ["id", "datetime", "image_file_name", "thumbnail_file_name", "json_file_name", "rel_dir", "inference_result", "inference_meta", "pipeline", "source", "sight"],
            written.EnumerateObject().Select(property => property.Name));
        Assert.Equal(0, written.GetProperty("inference_result").GetArrayLength());
        Assert.Equal("blind", written.GetProperty("sight").GetProperty("state").GetString());
        Assert.DoesNotContain("s3cret", json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SaveAsync_Outage_HasACardAsItsThumbnailAndNoPicture()
    {
        await using var store = _fixture.Open();
        await new OutageRecorder(store, _fixture.Time).SaveAsync(Report("door", VisibilityState.NoVideo, 0), Cancellation);

        DetectionEvent? seen = null;
        await foreach (var one in store.QueryAsync(new EventQuery(), Cancellation))
        {
            seen = one;
        }

        Assert.Equal("", seen!.ImageFileName);
        Assert.Equal((320, 180), JpegSize.Read(Path.Combine(_fixture.DataDir, seen.RelDir, seen.ThumbnailFileName)));
    }

    [Fact]
    public async Task SaveAsync_AskedAgainForWhatASlowDiskHasStoredMeanwhile_IsOneEvent()
    {
        await using var store = _fixture.Open();
        var recorder = new OutageRecorder(store, _fixture.Time);
        var (blind, sees) = (Report("door", VisibilityState.NoVideo, 0), Report("door", VisibilityState.Visible, 60));

        await recorder.SaveAsync(blind, Cancellation);
        await recorder.SaveAsync(blind, Cancellation);
        await recorder.SaveAsync(sees, Cancellation);

        Assert.Equal(2, await store.CountAsync(new EventQuery { Label = EventNames.OutageLabel }, Cancellation));
    }

    [Fact]
    public void IsExpired_BlindnessIsNoQuietPicture_HasItsOwnAge()
    {
        var policy = new RetentionPolicy(new RetentionOptions { MaxAgeDaysByLabel = new Dictionary<string, double> { ["quiet"] = 1, ["sight"] = 90 } });
        var blind = TimelineFixture.Event("x", TimelineFixture.Start) with { Outage = Report("door", VisibilityState.NoVideo, 0) };

        Assert.False(policy.IsExpired(blind, TimeSpan.FromDays(30)));
        Assert.True(policy.IsExpired(blind, TimeSpan.FromDays(91)));
    }

    private static OutageReport Report(string pipeline, VisibilityState sight, int second) =>
        new(pipeline, "camera", TimelineFixture.Start.AddSeconds(second), sight, TimelineFixture.Start, "no route to host");
}

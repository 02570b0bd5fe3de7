using System.Collections.Concurrent;
using System.Diagnostics;
using Ambianic.Core.Timeline;
using Ambianic.Storage.Files;

namespace Ambianic.Tests.Storage;

/// <summary>A pipe that nobody reads stands where the log is to be: who opens it to write waits in the kernel, as for a disk that does not answer.</summary>
public sealed class HangingDiskTests : IDisposable
{
    private readonly TimelineFixture _fixture = new();
    private readonly ConcurrentQueue<DetectionEvent> _announced = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task AppendAsync_DiskHangs_WaitsNoLongerThanItMustAndStoresWhenItAnswers()
    {
        await using var store = _fixture.Open();
        using var listening = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var listener = ListenAsync(listening.Token);
        var before = (await _fixture.StoreAsync(store, [0]))[0];
        var seen = TimelineFixture.Event(before.RelDir, TimelineFixture.Start.AddSeconds(1));
        using var frame = _fixture.Frame();
        using var pipe = Pipe();

        var first = store.AppendAsync(seen, new EventPicture(frame), Cancellation).AsTask();
        var error = await FailureAsync(first);

        Assert.Contains("the disk has not answered for", error.Message, StringComparison.Ordinal);
        Assert.Equal(error.Message, store.Fault);
        var next = seen with { Id = "next" };
        Assert.True(store.AppendAsync(next, new EventPicture(frame), Cancellation).AsTask().IsFaulted); // nobody waits twice
        Assert.True(store.StartFolderAsync(TimelineFixture.Start, Cancellation).AsTask().IsFaulted);
        await Assert.ThrowsAsync<IOException>(() => store.CountAsync(new EventQuery(), Cancellation).AsTask());

        await pipe.AnswerAsync();
        await Eventually.TrueAsync(() => _announced.Any(told => told.Id == seen.Id));
        await store.AppendAsync(seen with { JsonFileName = "another-try.json" }, null, Cancellation); // who gave up may ask again

        Assert.Equal([seen.Id, before.Id], await TimelineFixture.IdsAsync(store, new EventQuery()));
        Assert.Single(_announced, told => told.Id == seen.Id);
        Assert.False(File.Exists(_fixture.FullPath(seen, "another-try.json")));
        Assert.Null(store.Fault);
        await listening.CancelAsync();
        await listener;
    }

    [Fact]
    public async Task AppendAsync_DiskHangsAndNobodyTriesAgain_TroubleDoesNotStayForEver()
    {
        await using var store = _fixture.Open();
        var seen = TimelineFixture.Event(await store.StartFolderAsync(TimelineFixture.Start, Cancellation), TimelineFixture.Start);
        using var frame = _fixture.Frame();
        using var pipe = Pipe();
        await FailureAsync(store.AppendAsync(seen, new EventPicture(frame), Cancellation).AsTask());
        Assert.NotNull(store.Fault);
        await pipe.AnswerAsync();

        _fixture.Time.Advance(TimeSpan.FromMinutes(21)); // its pipeline was taken out of the configuration

        Assert.Null(store.Fault);
    }

    [Fact]
    public async Task WaitAsync_ThreadGetsOnOnceAndThenHangs_TellsAfterTheLimitAndNoLater()
    {
        var pulse = new WriterPulse(_fixture.Time);
        var waiting = pulse.WaitAsync(new TaskCompletionSource().Task, "/disk", Cancellation);
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        pulse.Beat();

        _fixture.Time.Advance(TimeSpan.FromSeconds(2));
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<IOException>(() => waiting.WaitAsync(Eventually.Patience, Cancellation));
    }

    [Fact]
    public async Task DisposeAsync_DiskHangs_EndsAllTheSameAndSaysWhatIsNotStored()
    {
        var store = _fixture.Open();
        var seen = TimelineFixture.Event(await store.StartFolderAsync(TimelineFixture.Start, Cancellation), TimelineFixture.Start);
        using var frame = _fixture.Frame();
        using var pipe = Pipe();
        await FailureAsync(store.AppendAsync(seen, new EventPicture(frame), Cancellation).AsTask());

        var closing = store.DisposeAsync().AsTask();
        await PassTimeAsync(closing);
        await closing;

        Assert.Contains(_fixture.Logger.Lines, line => line.StartsWith("Error: The program ends while its disk hangs", StringComparison.Ordinal));
        await pipe.AnswerAsync();
    }

    private async Task ListenAsync(CancellationToken cancellation)
    {
        try
        {
            using var events = _fixture.Feed.Listen();
            while (true)
            {
                _announced.Enqueue(await events.NextAsync(cancellation));
            }
        }
        catch (OperationCanceledException)
        {
            // the test is over
        }
    }

    private async Task<IOException> FailureAsync(Task storing)
    {
        await PassTimeAsync(storing);
        return await Assert.ThrowsAsync<IOException>(() => storing);
    }

    private Task PassTimeAsync(Task task) => Eventually.TrueAsync(() =>
    {
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        return task.IsCompleted;
    });

    private NamedPipe Pipe()
    {
        var path = _fixture.LogPath;
        File.Delete(path);
        using var made = Process.Start("mkfifo", [path]);
        made.WaitForExit();
        Assert.Equal(0, made.ExitCode);
        return new NamedPipe(path);
    }

    private sealed class NamedPipe(string path) : IDisposable
    {
        private Task _reading = Task.CompletedTask;

        /// <summary>Completes when there is a writer.</summary>
        public async Task AnswerAsync()
        {
            var reader = await Task.Run(() => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            File.Delete(path);
            _reading = Task.Run(async () =>
            {
                await using (reader)
                {
                    await reader.CopyToAsync(Stream.Null);
                }
            });
        }

        public void Dispose() => _reading.Wait(Eventually.Patience);
    }
}

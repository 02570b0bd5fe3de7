using System.Runtime.CompilerServices;
using Ambianic.Core.Frames;
using Ambianic.Core.Health;
using Ambianic.Core.Pipelines;

namespace Ambianic.Tests.Core.Pipelines;

/// <summary>What the log says of a camera that is away.</summary>
public sealed class CameraAwayTests : SupervisorFixture, IDisposable
{
    private readonly SemaphoreSlim _pictures = new(0);
    private string? _fault = "nothing answers";
    private int _connected;

    private IEnumerable<string> Told => PipelineLog.Lines.Concat(Log.Lines).Where(line => !line.StartsWith("Debug", StringComparison.Ordinal));

    public void Dispose() => _pictures.Dispose();

    [Fact]
    public async Task Run_CameraAwayForADay_IsSixLinesAnHour()
    {
        var pipeline = new Pipeline("door", new ScriptedSource(Pool, live: true, Connect), [], Time, PipelineLog);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = pipeline.RunAsync(stop.Token);

        await PassAsync(pipeline, TimeSpan.FromHours(24));

        var lines = Told.ToList();
        Assert.StartsWith("Warning: Pipeline door: no video: nothing answers; reconnecting in 0.", lines[0], StringComparison.Ordinal);
        Assert.InRange(lines.Count, 120, 146);
        Assert.All(lines.Skip(1), line => Assert.Matches("^Warning: Pipeline door: no video since 20.*, for .* and [0-9]+ attempts: nothing answers$", line));
        Assert.Matches("for (23 h 5[0-9] min|1 d 0 h) and [0-9]{4} attempts", lines[^1]);

        _fault = null;
        await PassAsync(pipeline, TimeSpan.FromSeconds(30), until: PipelinePhase.Connecting);
        await ShowAsync(pipeline);
        Time.Advance(FaultLog.OverAfter);
        await ShowAsync(pipeline);
        await Eventually.TrueAsync(() => Told.Last().StartsWith("Information", StringComparison.Ordinal));
        Assert.Matches("^Information: Pipeline door: video is back after 1 d 0 h, [0-9]{4} attempts$", Told.Last());
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Run_ReasonChangesToAndFro_TellsEachOnce()
    {
        var pipeline = new Pipeline("door", new ScriptedSource(Pool, live: true, Connect), [], Time, PipelineLog);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = pipeline.RunAsync(stop.Token);

        for (var round = 0; round < 6; round++)
        {
            await PassAsync(pipeline, TimeSpan.FromSeconds(60));
            _fault = round % 2 == 0 ? $"no picture for {round} s" : "nothing answers";
        }

        Assert.Collection(
            Told,
            line => Assert.StartsWith("Warning: Pipeline door: no video: nothing answers", line, StringComparison.Ordinal),
            line => Assert.StartsWith("Warning: Pipeline door: still no video, now because: no picture for 0 s", line, StringComparison.Ordinal));
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Run_CameraThatGivesAPictureAndBreaksOff_IsNotBack()
    {
        var breaksOff = ScriptedSource.Gives(1, new SourceException("broke off"));
        var source = new ScriptedSource(Pool, live: true, breaksOff);
        var pipeline = new Pipeline("door", source, [], Time, PipelineLog);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = pipeline.RunAsync(stop.Token);

        for (var tries = 1; tries <= 100; tries++)
        {
            await Eventually.TrueAsync(() => source.Connected == tries && pipeline.Facts.Phase == PipelinePhase.Waiting);
            Time.Advance(TimeSpan.FromSeconds(0.5));
        }

        Assert.Equal(["Information: Pipeline door watches scripted", "Warning: Pipeline door: no video: broke off"], Told.Select(line => line.Split(';')[0]));
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    [Slow]
    public async Task Run_PipelineThatIsRecreatedMeanwhile_SaysNoMore()
    {
        await using var running = Run(new ScriptedSource(Pool, live: true, Connect), Configure("door"));

        await AdvanceUntilAsync(() => running.Now is [{ Rebuilt: 5 }]);
        var minutes = (int)(Time.GetUtcNow() - new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero)).TotalMinutes;

        Assert.Single(Told, line => line.Contains("the whole pipeline is recreated", StringComparison.Ordinal));
        Assert.Single(Told, line => line.Contains("starts to read", StringComparison.Ordinal));
        Assert.InRange(Told.Count(), 3, 3 + (minutes / 10));
    }

    private async IAsyncEnumerable<Frame> Connect(Func<Frame> show, [EnumeratorCancellation] CancellationToken cancellation)
    {
        Interlocked.Increment(ref _connected);
        if (_fault is { } fault)
        {
            throw new SourceException(fault);
        }

        while (true)
        {
            await _pictures.WaitAsync(cancellation);
            yield return show();
        }
    }

    private async Task PassAsync(Pipeline pipeline, TimeSpan time, PipelinePhase until = PipelinePhase.Waiting)
    {
        var end = Time.GetUtcNow() + time;
        while (Time.GetUtcNow() < end)
        {
            Wait(() => pipeline.Facts.Phase == PipelinePhase.Waiting);
            var before = Volatile.Read(ref _connected);
            Time.Advance(TimeSpan.FromSeconds(30)); // the longest wait
            Wait(() => Volatile.Read(ref _connected) > before && pipeline.Facts.Phase == until);
        }

        await Task.CompletedTask;

        static void Wait(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, Eventually.Patience));
    }

    private async Task ShowAsync(Pipeline pipeline)
    {
        var before = pipeline.Status.Processed;
        _pictures.Release();
        await Eventually.TrueAsync(() => pipeline.Status.Processed > before);
    }
}

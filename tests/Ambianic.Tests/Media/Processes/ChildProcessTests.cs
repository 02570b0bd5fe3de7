using Ambianic.Media.Processes;
using Ambianic.Tests.Media.Sources;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Media.Processes;

public sealed class ChildProcessTests(Clips clips) : IClassFixture<Clips>
{
    private readonly FakeTimeProvider _time = new(); // stands still, so nobody's patience ends

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DisposeAsync_ProgramIsHalted_EndsWithoutWaiting()
    {
        var process = await StartAsync("tail", "-f", clips.Write("halted", ""));
        RunningProcesses.Signal([process.Id], RunningProcesses.Halt);

        await process.DisposeAsync().AsTask().WaitAsync(Eventually.Patience, Cancellation);

        Assert.Empty(RunningProcesses.WithArgument(Path.Combine(clips.Folder, "halted")));
    }

    [Fact]
    public async Task Kill_ProgramIsAScriptThatStartedAnother_EndsBoth()
    {
        var watched = clips.Write("watched", "");
        var process = await StartAsync("sh", "-c", $"tail -f {watched}; true");
        await Eventually.TrueAsync(() => RunningProcesses.WithArgument(watched).Count > 0);

        process.Kill();
        await process.DisposeAsync().AsTask().WaitAsync(Eventually.Patience, Cancellation);

        await Eventually.TrueAsync(() => RunningProcesses.WithArgument(watched).Count == 0);
    }

    private Task<ChildProcess> StartAsync(string program, params string[] arguments)
    {
        var path = Executables.OfThisProcess.Find(program);
        Assert.SkipUnless(path is not null, $"{program} is not installed");
        return ChildProcess.StartAsync(Executables.OfThisProcess, path, arguments, withInput: false, _ => { }, _time);
    }
}

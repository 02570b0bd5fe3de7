using Ambianic.Configuration;
using Ambianic.Core;
using Ambianic.Core.Configuration;
using Ambianic.Core.Pipelines;
using Ambianic.Inference.Models;
using Ambianic.Server.Hosting;
using Ambianic.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Server.Tests.Hosting;

public sealed class ConfigurationReloadTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task StopAsync_ReadingHangs_IsAbandoned()
    {
        using var diskAnswers = new ManualResetEventSlim();
        var reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        File.WriteAllText(_directory["config.yaml"], "pipelines: {}\n");
        await using var application = AmbianicHost.Build(Load(), port: 0, () =>
        {
            reading.TrySetResult();
            diskAnswers.Wait();
            return Load();
        });
        await AmbianicHost.StartAsync(application);
        var reload = application.Services.GetServices<IHostedService>().OfType<ConfigurationReload>().Single();

        try
        {
            await reading.Task.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
            await application.StopAsync(TestContext.Current.CancellationToken);

            Assert.True(reload.ExecuteTask!.IsCompleted);
        }
        finally
        {
            diskAnswers.Set();
        }
    }

    [Fact]
    public async Task ExecuteAsync_EditedBetweenTheStartAndTheFirstLook_IsTakenOver()
    {
        File.WriteAllText(_directory["config.yaml"], "pipelines: {door: [source: {uri: /nowhere.mp4}]}\n");
        await using var application = AmbianicHost.Build(Load(), port: 0, Load);
        File.WriteAllText(_directory["config.yaml"], "pipelines: {gate: [source: {uri: /nowhere.mp4}]}\n");

        await AmbianicHost.StartAsync(application);

        var supervisor = application.Services.GetRequiredService<PipelineSupervisor>();
        await Eventually.TrueAsync(() => supervisor.Observe().Pipelines is [{ Name: "gate" }]);
        await application.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task ExecuteAsync_FileGrowsBeyondAllMemory_IsRejectedAndTakenOverWhenMended()
    {
        const long FourTerabytes = 4L << 40; // a sparse file, as a slip of a tool makes it
        File.WriteAllText(_directory["config.yaml"], "pipelines: {door: [source: {uri: /nowhere.mp4}]}\n");
        await using var application = AmbianicHost.Build(Load(), port: 0, Load);
        await AmbianicHost.StartAsync(application);
        var (current, supervisor) = (application.Services.GetRequiredService<CurrentConfiguration>(), application.Services.GetRequiredService<PipelineSupervisor>());

        using (var file = new FileStream(_directory["config.yaml"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) // the program may be reading it
        {
            file.SetLength(FourTerabytes);
        }

        await Eventually.TrueAsync(() => current.Rejected.Any(problem => problem.Message.Contains("larger than 16 MiB", StringComparison.Ordinal)));
        Assert.Equal("door", Assert.Single(supervisor.Observe().Pipelines).Name);
        File.WriteAllText(_directory["config.yaml"], "pipelines: {gate: [source: {uri: /nowhere.mp4}]}\n");
        await Eventually.TrueAsync(() => supervisor.Observe().Pipelines is [{ Name: "gate" }]);
        await application.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task ExecuteAsync_FileBecomesAFolderThatIsRemoved_IsTakenForRemoved()
    {
        File.WriteAllText(_directory["config.yaml"], "pipelines: {door: [source: {uri: /nowhere.mp4}]}\n");
        File.WriteAllText(_directory["config.local.yaml"], "pipelines: {gate: [source: {uri: /nowhere.mp4}]}\n");
        await using var application = AmbianicHost.Build(Load(), port: 0, Load);
        await AmbianicHost.StartAsync(application);
        var (current, supervisor) = (application.Services.GetRequiredService<CurrentConfiguration>(), application.Services.GetRequiredService<PipelineSupervisor>());
        await Eventually.TrueAsync(() => supervisor.Observe().Pipelines.Any(status => status.Name == "gate"));

        File.Delete(_directory["config.local.yaml"]);
        Directory.CreateDirectory(_directory["config.local.yaml"]);
        await Eventually.TrueAsync(() => current.Rejected.Count > 0);
        Directory.Delete(_directory["config.local.yaml"]);

        await Eventually.TrueAsync(() => supervisor.Observe().Pipelines is [{ Name: "door" }] && current.Rejected.Count == 0); // accepted after the pipelines changed
        await application.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task ExecuteAsync_WriterHoldsTheFileLocked_IsTakenOverWhenReleasedAndRejectedNever()
    {
        const int LooksWhileLocked = 20;
        File.WriteAllText(_directory["config.yaml"], "pipelines: {door: [source: {uri: /nowhere.mp4}]}\n");
        await using var application = AmbianicHost.Build(Load(), port: 0);
        var (current, supervisor) = (application.Services.GetRequiredService<CurrentConfiguration>(), application.Services.GetRequiredService<PipelineSupervisor>());
        var (time, log, reads) = (new FakeTimeProvider(), new LogRecorder<ConfigurationReload>(), 0);
        using var reload = new ConfigurationReload(() => { reads++; return Load(); }, current, supervisor, time, log);
        await reload.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => reads == 1);

        using (var file = new StreamWriter(await OpenLockedAsync(_directory["config.yaml"])))
        {
            var looks = 0;
            await Eventually.TrueAsync(() =>
            {
                time.Advance(TimeSpan.FromSeconds(0.5));
                return ++looks == LooksWhileLocked;
            });
            file.Write("pipelines: {gate: [source: {uri: /nowhere.mp4}]}\n"); // as long as what was there
        }

        await Eventually.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(0.5));
            return supervisor.Observe().Pipelines is [{ Name: "gate" }] && current.Result.Configuration.Pipelines is [{ Name: "gate" }];
        });
        Assert.DoesNotContain(log.Lines, line => line.StartsWith("Error:", StringComparison.Ordinal));
        await reload.StopAsync(TestContext.Current.CancellationToken);
        await supervisor.ApplyAsync([], TestContext.Current.CancellationToken);
    }

    /// <summary>Waits while the program reads the file, as a writer that locks has to.</summary>
    private static async Task<FileStream> OpenLockedAsync(string path)
    {
        FileStream? file = null;
        await Eventually.TrueAsync(() =>
        {
            try
            {
                file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.None);
                return true;
            }
            catch (IOException)
            {
                return false;
            }
        });
        return file!;
    }

    [Fact]
    public async Task ExecuteAsync_EditCannotBeReadAtFirst_IsTriedAgainAndSaidOnce()
    {
        File.WriteAllText(_directory["config.yaml"], "pipelines: {door: [source: {uri: /nowhere.mp4}]}\n");
        await using var application = AmbianicHost.Build(Load(), port: 0);
        var (current, supervisor) = (application.Services.GetRequiredService<CurrentConfiguration>(), application.Services.GetRequiredService<PipelineSupervisor>());
        var (time, log, reads) = (new FakeTimeProvider(), new LogRecorder<ConfigurationReload>(), 0);
        using var reload = new ConfigurationReload(() => ++reads is 2 or 3 ? throw new InvalidOperationException("a defect") : Load(), current, supervisor, time, log);
        await reload.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => reads == 1);

        File.WriteAllText(_directory["config.yaml"], "pipelines: {gate: [source: {uri: /nowhere.mp4}]}\n");
        await Eventually.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(0.5));
            return supervisor.Observe().Pipelines is [{ Name: "gate" }];
        });

        Assert.Equal(4, reads);
        Assert.Single(log.Lines, line => line.StartsWith("Error: The edited configuration could not be taken over", StringComparison.Ordinal));
        await reload.StopAsync(TestContext.Current.CancellationToken);
        await supervisor.ApplyAsync([], TestContext.Current.CancellationToken);
    }

    private ConfigurationResult Load()
    {
        var files = ConfigurationFiles.Locate(_directory["config.yaml"], _directory.Path, name => name == "AMBIANIC_DIR" ? _directory.Path : null);
        return new ConfigurationLoader(BuiltInElements.AddTo(new ElementRegistry()), ModelCatalog.Known).Load(files);
    }
}

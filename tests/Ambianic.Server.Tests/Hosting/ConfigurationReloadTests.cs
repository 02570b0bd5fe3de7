using Ambianic.Configuration;
using Ambianic.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Ambianic.Hosting;

public sealed class ConfigurationReloadTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task StopAsync_ReadingHangs_IsLeftBehind()
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
            var looks = 0;
            await Eventually.TrueAsync(() =>
            {
                if (looks++ % 400 == 0) // again, because an edit before the first reading is no change
                {
                    File.AppendAllText(_directory["config.yaml"], "#\n");
                }

                return reading.Task.IsCompleted;
            });
            await application.StopAsync(TestContext.Current.CancellationToken);

            Assert.True(reload.ExecuteTask!.IsCompleted);
        }
        finally
        {
            diskAnswers.Set();
        }
    }

    private ConfigurationResult Load()
    {
        var files = ConfigurationFiles.Locate(_directory["config.yaml"], _directory.Path, name => name == "AMBIANIC_DIR" ? _directory.Path : null);
        return new ConfigurationLoader(BuiltInElements.AddTo(new ElementRegistry())).Load(files);
    }
}

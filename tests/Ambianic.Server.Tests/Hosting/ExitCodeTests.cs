using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Ambianic.Server.Tests.Hosting;

public sealed class ExitCodeTests
{
    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task WaitAsync_AServiceEnds_ExitCodeTellsWhetherByADefect(bool fails, int expected)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddHostedService(services => new EndingService(fails, services.GetRequiredService<IHostApplicationLifetime>()));
        using var host = builder.Build();

        await host.StartAsync(TestContext.Current.CancellationToken);

        Assert.Equal(expected, await AmbianicHost.WaitAsync(host, TestContext.Current.CancellationToken));
    }

    private sealed class EndingService(bool fails, IHostApplicationLifetime lifetime) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            if (fails)
            {
                throw new InvalidOperationException("a defect");
            }

            lifetime.StopApplication();
        }
    }
}

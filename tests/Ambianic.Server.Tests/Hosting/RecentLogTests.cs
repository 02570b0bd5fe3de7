using Ambianic.Core.Configuration;
using Ambianic.Server.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Server.Tests.Hosting;

public sealed class RecentLogTests
{
    [Fact]
    public void Emit_MoreThanFits_DropsTheOldestLines()
    {
        var log = new RecentLog(new FakeTimeProvider(), mostBytes: 100_000);
        using (var factory = LoggerFactory.Create(logging => logging.AddAmbianicLog(new LoggingOptions { ConsoleLevel = LoggingLevel.Error }, log)))
        {
            var logger = factory.CreateLogger("Test");
            for (var number = 0; number < 1000; number++)
            {
                logger.ConfigurationTakenOver($"{number} {new string('x', 1000)}");
            }
        }

        var lines = log.Find(LoggingLevel.Debug, null, null, 1000);
        Assert.InRange(lines.Count, 20, 60);
        Assert.Contains("999 x", lines[^1].Text, StringComparison.Ordinal);
        Assert.Equal(lines[^1].Number, log.Last);
        Assert.Equal(lines.Take(5).Select(line => line.Number), log.Find(LoggingLevel.Debug, null, after: 0, limit: 5).Select(line => line.Number));
    }

    [Fact]
    public void Last_AfterARestart_IsGreaterThanAnyNumberBefore()
    {
        var time = new FakeTimeProvider();
        var former = new RecentLog(time).Last;
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(new RecentLog(time).Last >= former + 1_000_000);
    }
}

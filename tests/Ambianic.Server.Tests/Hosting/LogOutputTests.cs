using Ambianic.Core.Configuration;
using Ambianic.Server.Hosting;
using Ambianic.Tests;
using Microsoft.Extensions.Logging;

namespace Ambianic.Server.Tests.Hosting;

public sealed class LogOutputTests
{
    [Fact]
    public void File_OfTheLog_ShowsTheEventIdBehindThePartThatSpeaks()
    {
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "ambianic.log");
        using (var factory = LoggerFactory.Create(logging => logging.AddAmbianicLog(new LoggingOptions { File = file })))
        {
            factory.CreateLogger("Ambianic.Server.Api.ApiErrors").RequestFailed(null, "/api/timeline", "the disk is full");
            factory.CreateLogger("Other").Log(LogLevel.Warning, "without an id");
        }

        var lines = File.ReadAllLines(file);
        Assert.Equal(2, lines.Length);
        Assert.EndsWith(" Ambianic.Server.Api.ApiErrors[7001]: /api/timeline could not be answered: the disk is full", lines[0], StringComparison.Ordinal);
        Assert.EndsWith(" Other: without an id", lines[1], StringComparison.Ordinal);
    }
}

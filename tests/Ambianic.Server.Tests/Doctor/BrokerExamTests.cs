using Ambianic.Server.Doctor;
using Ambianic.Tests;
using Ambianic.Tests.Messaging.Providers;

namespace Ambianic.Server.Tests.Doctor;

/// <summary>A real broker.</summary>
[Slow]
public sealed class BrokerExamTests
{
    [Theory]
    [InlineData("Heron4Tern", "Ok", "lets us in")]
    [InlineData("Plover9Ruff", "Problem", "refuses user or password")]
    public async Task Broker_WithAPassword_IsLoggedInto(string password, string level, string said)
    {
        await using var broker = await Broker.StartAsync("allow_anonymous false\npassword_file DIR/passwords", ("passwords", "me:Heron4Tern\n"));
        using var examined = new Examined($"mqtt: {{uri: 'mqtt://me:{password}@127.0.0.1:{broker.Port}'}}\n");

        var finding = Assert.Single(await BrokerExam.RunAsync(examined.Examination, TestContext.Current.CancellationToken));

        Assert.Equal((level, true), (finding.Level.ToString(), finding.Found.Contains(said, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Broker_ThatIsAway_IsAProblem()
    {
        using var examined = new Examined("mqtt: {uri: 'mqtt://127.0.0.1:9'}\n");

        var finding = Assert.Single(await BrokerExam.RunAsync(examined.Examination, TestContext.Current.CancellationToken));

        Assert.Equal((FindingLevel.Problem, true), (finding.Level, finding.Found.StartsWith("127.0.0.1:9: ", StringComparison.Ordinal)));
    }
}

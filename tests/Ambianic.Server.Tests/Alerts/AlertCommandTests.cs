using System.Globalization;
using Ambianic.Core.Alerts;
using Ambianic.Tests;
using Ambianic.Tests.Messaging;
using TestResult = Ambianic.Core.Alerts.TestResult;

namespace Ambianic.Server.Tests.Alerts;

/// <summary><c>ambianic alert test</c> and <c>ambianic alert drill</c>, with the running program and without.</summary>
public sealed class AlertCommandTests : IDisposable
{
    private const string NobodyListens = "9";

    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Test_NoProgramRuns_SendsFromHereAndTellsHowEachWent()
    {
        await using var hub = new RecordingServer();
        Write($"notifications: {{default: {{providers: ['json://{hub.Authority}/hook', 'json://127.0.0.1:9/Wren9Owl77']}}}}");

        var finished = await RunAsync("alert", "test", "--port", NobodyListens);

        Assert.Equal(1, finished.ExitCode);
        Assert.Contains("sent    default/0", finished.Output, StringComparison.Ordinal);
        Assert.Contains("failed  default/1", finished.Output, StringComparison.Ordinal);
        Assert.Contains("TEST", System.Text.Encoding.UTF8.GetString(Assert.Single(hub.Requests).Body), StringComparison.Ordinal);
        Assert.DoesNotContain("Wren9Owl77", finished.Output + finished.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_OneEntryThatWorks_ExitsWithZero()
    {
        await using var hub = new RecordingServer();
        Write($"notifications: {{default: {{providers: ['json://127.0.0.1:9/x']}}, carer: {{providers: ['json://{hub.Authority}/hook']}}}}");

        Assert.Equal(0, (await RunAsync("alert", "test", "carer", "--port", NobodyListens)).ExitCode);
    }

    [Fact]
    public async Task Test_NobodyIsConfigured_SaysSo()
    {
        Write("display_name: x");
        var finished = await RunAsync("alert", "test", "--port", NobodyListens);

        Assert.Equal(1, finished.ExitCode);
        Assert.Contains("Nobody would be told", finished.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_EntryThatIsMissing_IsAnError()
    {
        Write("display_name: x");
        var finished = await RunAsync("alert", "test", "carer", "--port", NobodyListens);

        Assert.NotEqual(0, finished.ExitCode);
        Assert.Contains("notifications has no entry 'carer'", finished.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_ProgramRuns_HasItSend()
    {
        await using var house = await AlertHouse.StartAsync();
        house.Desk.Results = [new TestResult(new Recipient("default", 0), "mail", DeliveryOutcome.Delivered)];
        Write("display_name: x");

        var finished = await RunAsync("alert", "test", "--port", Port(house));

        Assert.Equal(0, finished.ExitCode);
        Assert.Contains("default/0", finished.Output, StringComparison.Ordinal);
        Assert.Contains("mail", finished.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drill_NoProgramRuns_SaysWhatToDo()
    {
        var finished = await RunAsync("alert", "drill", "--pipeline", "hall", "--port", NobodyListens);

        Assert.NotEqual(0, finished.ExitCode);
        Assert.Contains("ambianic run", finished.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 0, "answered by neighbour")]
    [InlineData(false, 1, "Nobody has answered")]
    public async Task Drill_ProgramRuns_TellsHowItWent(bool isAnswered, int exitCode, string said)
    {
        await using var house = await AlertHouse.StartAsync();
        house.Desk.Drilled = [isAnswered ? AlertHouse.Fall with { AcknowledgedAt = AlertHouse.Fall.RaisedAt, AcknowledgedBy = "neighbour" } : AlertHouse.Fall];

        var finished = await RunAsync("alert", "drill", "--pipeline", "broken", "--wait", "0", "--port", Port(house));

        Assert.Equal(exitCode, finished.ExitCode);
        Assert.Contains(said, finished.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drill_NobodyWouldBeTold_SaysSo()
    {
        await using var house = await AlertHouse.StartAsync();
        var finished = await RunAsync("alert", "drill", "--pipeline", "broken", "--port", Port(house));

        Assert.Equal(1, finished.ExitCode);
        Assert.Contains("Nobody would be told of a fall in broken", finished.Output, StringComparison.Ordinal);
    }

    private static string Port(AlertHouse house) => house.House.Address.Port.ToString(CultureInfo.InvariantCulture);

    private void Write(string configuration) => File.WriteAllText(
        _directory["config.yaml"], $"{configuration}\nui: {{baseurl: 'https://home.example.org'}}\nsources: {{door: {{uri: 'rtsp://127.0.0.1:9/door'}}}}\npipelines: {{hall: [source: door, save_detections: ]}}\n");

    private Task<AmbianicProgram.Finished> RunAsync(params string[] arguments) => AmbianicProgram.RunAsync(_directory.Path, Cancellation, arguments);
}

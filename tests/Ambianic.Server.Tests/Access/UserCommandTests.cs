using System.Diagnostics;
using System.Globalization;
using System.Net;
using Ambianic.Core.Alerts;
using Ambianic.Storage.Access;
using Ambianic.Tests;
using TestResult = Ambianic.Core.Alerts.TestResult;

namespace Ambianic.Server.Tests.Access;

/// <summary><c>ambianic user</c> and <c>ambianic token</c>, and commands that call the running program.</summary>
public sealed class UserCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public UserCommandTests() => File.WriteAllText(_directory["config.yaml"], "sources: {door: {uri: 'rtsp://127.0.0.1:9/door'}}\npipelines: {hall: [source: door]}\n");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task UserAndToken_AddedListedAndRemoved()
    {
        var added = await RunAsync("five green frogs\n", "user", "add", "Ann");
        var second = await RunAsync("five green frogs\n", "user", "add", "bob", "--role", "carer");
        var listed = await RunAsync("", "user", "list");
        var last = await RunAsync("", "user", "remove", "ann");
        var token = await RunAsync("", "token", "add", "ha", "--role", "viewer", "--days", "30");
        var tokens = await RunAsync("", "token", "list");

        Assert.Equal((0, 0, 0), (added.ExitCode, second.ExitCode, token.ExitCode));
        Assert.Contains("ann can log in as admin", added.Output, StringComparison.Ordinal);
        Assert.Contains("bob", listed.Output, StringComparison.Ordinal);
        Assert.Equal(1, last.ExitCode);
        Assert.Contains("ann is the last administrator", last.Errors, StringComparison.Ordinal);
        Assert.Matches(@"^[\w\-]{43}\s*$", token.Output);
        Assert.Contains("ha ", tokens.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(token.Output.Trim(), tokens.Output, StringComparison.Ordinal);
        using var database = new AccessDatabase(_directory["data"], TimeProvider.System);
        Assert.Equal(AccessRole.Carer, database.Load().FindUser("bob")!.Role);
    }

    [Theory]
    [InlineData("short\n", "at least 10 characters")]
    [InlineData("", "a password is missing")]
    public async Task UserAdd_PasswordThatIsNotGoodEnough_ChangesNothing(string typed, string said)
    {
        var finished = await RunAsync(typed, "user", "add", "ann");

        Assert.Equal(1, finished.ExitCode);
        Assert.Contains(said, finished.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(_directory["data/access.db"]));
    }

    [Fact]
    public async Task TokenAdd_BeforeThereIsAnAdministrator_SaysWhatToDo()
    {
        var finished = await RunAsync("", "token", "add", "ha");

        Assert.Equal(1, finished.ExitCode);
        Assert.Contains("ambianic user add", finished.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AlertTest_EverybodyHasToLogIn_MakesATokenAndRemovesIt()
    {
        await using var house = await Alerts.AlertHouse.StartAsync();
        house.Desk.Results = [new TestResult(new Recipient("default", 0), "mail", DeliveryOutcome.Delivered)];
        using var database = new AccessDatabase(house.House.DataDir, TimeProvider.System);
        Assert.Null(database.Add(new UserAccount("ann", "no hash", AccessRole.Admin, TimeProvider.System.GetUtcNow())));
        using (var refused = await house.Client.GetAsync(new Uri("/api/notifications/test", UriKind.Relative), Cancellation))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        await File.AppendAllTextAsync(_directory["config.yaml"], $"data_dir: {house.House.DataDir}\n", Cancellation);
        var finished = await RunAsync("", "alert", "test", "--port", house.House.Address.Port.ToString(CultureInfo.InvariantCulture));

        Assert.Equal("", finished.Errors);
        Assert.Equal(0, finished.ExitCode);
        Assert.Empty(database.Load().Tokens);
    }

    private async Task<(int ExitCode, string Output, string Errors)> RunAsync(string typed, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ambianic.dll"), .. arguments])
        {
            WorkingDirectory = _directory.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await process.StandardInput.WriteAsync(typed);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(Cancellation);
        var errors = process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        return (process.ExitCode, await output, await errors);
    }
}

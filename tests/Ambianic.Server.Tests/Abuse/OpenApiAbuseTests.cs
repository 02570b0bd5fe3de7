using System.Globalization;
using Ambianic.Storage.Access;
using Ambianic.Tests;
using CsCheck;

namespace Ambianic.Server.Tests.Abuse;

/// <summary>
/// Whatever is sent to any operation of the program's description, with any role or none: it does not fail, keeps its secrets, and refuses
/// those who may not. Nothing of the operations is written here. <c>AMBIANIC_ABUSE</c> is the number of calls for each operation and role.
/// </summary>
[Slow]
public sealed class OpenApiAbuseTests : IAsyncLifetime
{
    private const int Calls = 12;
    private const int FewestOperations = 40;
    private const int LargestBody = Ambianic.Server.Access.ConnectionLimits.LargestBody;

    private static readonly AccessRole?[] Callers = [null, AccessRole.Viewer, AccessRole.Carer, AccessRole.Admin];

    private AbusedHouse _house = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static int CallsOfEach => int.TryParse(Environment.GetEnvironmentVariable("AMBIANIC_ABUSE"), NumberStyles.None, CultureInfo.InvariantCulture, out var calls) ? calls : Calls;

    public async ValueTask InitializeAsync() => _house = await AbusedHouse.StartAsync();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Fact]
    public async Task EveryOperation_WhateverIsSent_DoesNotFailNorTellSecretsNorLetInOthers()
    {
        var description = await _house.DescriptionAsync();
        var operations = Operation.Read(description);
        var wrong = new List<string>();
        var statuses = new SortedDictionary<int, int>();

        Assert.True(operations.Count >= FewestOperations, $"only {operations.Count} operations were found");
        foreach (var operation in operations)
        {
            var needed = _house.RoleFor(operation);
            await Gen.Select(Gen.Int[0, Callers.Length - 1].Select(i => Callers[i]), AbusiveCall.For(operation, description)).SampleAsync(
                async (caller, call) =>
                {
                    var answer = await RawHttp.SendAsync(_house.Address, operation.Method, call, caller is { } role ? _house.Tokens[role] : null, Cancellation);
                    statuses[answer.Status] = statuses.GetValueOrDefault(answer.Status) + 1;
                    if (Problem(operation, needed, caller, call, answer) is { } problem)
                    {
                        wrong.Add($"{operation} by {caller?.ToString() ?? "nobody"}: {problem}\n    {call}\n    {answer.Text.Trim()[..Math.Min(answer.Text.Trim().Length, 300)]}");
                    }
                },
                iter: CallsOfEach * Callers.Length,
                threads: 1);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{operations.Count} operations: {string.Join(", ", statuses.Select(status => $"{status.Value} times {status.Key}"))}");
        Assert.True(wrong.Count == 0, $"{wrong.Count} answers are wrong:\n{string.Join('\n', wrong.DistinctBy(one => one.Split('\n')[0]).Take(40))}");
        using var client = new HttpClient { BaseAddress = _house.Address };
        Assert.Contains("pong", await client.GetStringAsync(new Uri("/api/ping", UriKind.Relative), Cancellation), StringComparison.Ordinal);
    }

    private string? Problem(Operation operation, AccessRole? needed, AccessRole? caller, AbusiveCall call, RawAnswer answer)
    {
        var all = answer.Head + answer.Text;
        return answer.Status == 0 && call.Body is not { Length: > LargestBody } ? "no answer within a minute"
            : answer.Status >= 500 && !operation.Statuses.Contains(answer.Status) ? $"failed with {answer.Status}"
            : _house.Secrets.FirstOrDefault(secret => all.Contains(secret, StringComparison.Ordinal)) is { } secret ? $"tells {secret}"
            : caller is not AccessRole.Admin && all.Contains(AbusedHouse.Hidden, StringComparison.Ordinal) ? "tells of other users"
            : answer.Head.Split("\r\n").Skip(1).Any(line => line.StartsWith("X-Injected", StringComparison.OrdinalIgnoreCase)) ? "has a header that was injected"
            : all.Contains("   at Ambianic.", StringComparison.Ordinal) ? "shows a stack trace"
            : answer.Status is >= 200 and < 300 && (needed ?? AccessRole.Viewer) > (caller ?? AccessRole.Viewer) ? $"is granted, and needs {needed}"
            : answer.Status is >= 200 and < 300 && needed is not null && caller is null ? $"is granted to nobody, and needs {needed}"
            : null;
    }
}

using Ambianic.Server.Api;
using Ambianic.Tests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Server.Tests.Api;

public sealed class ApiErrorsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LogRecorder<ApiErrors> _log = new();
    private readonly ApiErrors _errors;

    public ApiErrorsTests() => _errors = new ApiErrors(new NoAnswer(), _time, _log);

    [Fact]
    public async Task TryHandleAsync_SameCauseAgainAndAgain_IsLoggedOnceUntilItIsWell()
    {
        for (var second = 3; second < 100; second += 5)
        {
            await FailAsync("/api/timeline", new IOException($"events.db: the disk has not answered for {second} s"));
            _time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Single(_log.Lines);
        await FailAsync("/api/timeline", new IOException("events.db: the disk is full"));
        await FailAsync("/api/health", new InvalidOperationException("a defect"));
        Assert.Equal(3, _log.Lines.Count);

        _time.Advance(TimeSpan.FromMinutes(11));
        await FailAsync("/api/timeline", new IOException("events.db: the disk has not answered for 3 s"));
        Assert.Equal(4, _log.Lines.Count);
    }

    [Fact]
    public async Task TryHandleAsync_AnswerPage_IsLoggedWithoutTheTokenOfTheLink()
    {
        await FailAsync("/a/token-of-a-link/picture", new InvalidOperationException("a defect"));

        Assert.DoesNotContain("token-of-a-link", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    private async Task FailAsync(string path, Exception error)
    {
        var context = new DefaultHttpContext();
        context.Request.Path = path;
        await _errors.TryHandleAsync(context, error, TestContext.Current.CancellationToken);
        Assert.True(context.Response.StatusCode >= 500);
    }

    private sealed class NoAnswer : IProblemDetailsService
    {
        public ValueTask WriteAsync(ProblemDetailsContext context) => ValueTask.CompletedTask;

        public ValueTask<bool> TryWriteAsync(ProblemDetailsContext context) => ValueTask.FromResult(true);
    }
}

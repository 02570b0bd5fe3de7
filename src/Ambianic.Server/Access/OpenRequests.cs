using System.Collections.Concurrent;
using System.Security.Claims;
using Ambianic.Storage.Access;
using Microsoft.AspNetCore.Authorization;

namespace Ambianic.Server.Access;

/// <summary>Ends answers that go on for long, such as the live timeline, when their caller may not see them any more.</summary>
internal sealed class OpenRequests(AccessBook book, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<HttpContext, string> _open = new();

    /// <summary>Answers a call, and watches over it meanwhile.</summary>
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        // What anybody may ask goes on whoever they are: the answer that adds the first administrator, for one.
        if (context.User.FindFirstValue(AccessHandler.Credential) is not { } credential
            || context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            await next(context);
            return;
        }

        _open[context] = $"{credential} {context.User.FindFirstValue(ClaimTypes.Role)}";
        try
        {
            await next(context);
        }
        finally
        {
            _open.TryRemove(context, out _);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (!_open.IsEmpty)
                {
                    EndRefused(await book.CurrentAsync());
                }
            }
        }
        catch (OperationCanceledException)
        {
            // the program stops
        }
    }

    private void EndRefused(AccessState state)
    {
        var allowed = state.NeedsLogIn ? Allowed(state.Records).ToHashSet() : [$" {Policies.Admin}"];
        foreach (var (context, _) in _open.Where(open => !allowed.Contains(open.Value)))
        {
            context.Abort();
        }
    }

    private IEnumerable<string> Allowed(AccessRecords records)
    {
        var now = time.GetUtcNow();
        foreach (var token in records.Tokens)
        {
            if (!(token.ExpiresAt <= now) && records.RoleOf(token) is { } role)
            {
                yield return Of(token.Hash, role);
            }
        }

        foreach (var session in records.Sessions)
        {
            if (!AccessHandler.IsOver(session, now) && records.FindUser(session.User) is { } user)
            {
                yield return Of(session.Hash, user.Role);
            }
        }
    }

    private static string Of(string credential, AccessRole role) => $"{credential} {Policies.Of(role)}";
}

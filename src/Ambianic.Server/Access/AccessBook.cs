using Ambianic.Storage.Access;

namespace Ambianic.Server.Access;

/// <summary>
/// Tells at each request who may do anything, so that a user who was removed is refused at once. A disk that does not answer holds up
/// no request: what was known last goes on to count. Safe to use from several threads.
/// </summary>
internal sealed class AccessBook(AccessDatabase database, TimeProvider time, ILogger<AccessBook> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task<AccessState>? _look;
    private volatile AccessState? _last;
    private volatile bool _hangs;
    private string? _fault;

    /// <summary>Finds out for each request.</summary>
    public static void Use(IApplicationBuilder application) => application.Use(async (context, next) =>
    {
        context.Features.Set(await context.RequestServices.GetRequiredService<AccessBook>().CurrentAsync());
        await next(context);
    });

    /// <summary>True when people have to log in, as far as is known without waiting for the disk.</summary>
    public bool NeedsLogIn
    {
        get
        {
            if (_last is null)
            {
                _ = CurrentAsync().AsTask(); // known the next time
            }

            return _last is { NeedsLogIn: true };
        }
    }

    /// <summary>Everybody as they are now; as they were last when that cannot be found out.</summary>
    public async ValueTask<AccessState> CurrentAsync()
    {
        Task<AccessState> look;
        lock (_gate)
        {
            look = _look = _look is { IsCompleted: false } running ? running : Task.Run(Look);
        }

        if (_hangs && !look.IsCompleted)
        {
            return Last();
        }

        try
        {
            return await look.WaitAsync(Patience, time);
        }
        catch (TimeoutException)
        {
            _hangs = true;
            return Last();
        }
    }

    private AccessState Last() => _last ?? new AccessState(AccessRecords.None, $"{AccessDatabase.FileName} cannot be read now: the disk does not answer");

    private AccessState Look()
    {
        try
        {
            (_last, _fault, _hangs) = (new AccessState(database.Load(), null), null, false);
            return _last;
        }
        catch (IOException error)
        {
            _hangs = false;
            if (_fault != error.Message)
            {
                logger.AccessNotRead(error.Message);
                _fault = error.Message;
            }

            return _last ?? new AccessState(AccessRecords.None, error.Message);
        }
    }
}

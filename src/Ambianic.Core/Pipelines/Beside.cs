namespace Ambianic.Core.Pipelines;

/// <summary>
/// Begins work beside the caller, on the task scheduler that runs the caller. In the program that is the pool of threads. In a
/// test it is one that decides what comes next, so that every order can be tried: nothing of a pipeline may leave it.
/// </summary>
internal static class Beside
{
    /// <summary>Begins <paramref name="work"/> and returns at once.</summary>
    /// <returns>Completes, or fails, with the work.</returns>
    public static Task Run(Func<Task> work) => Task.Factory
        .StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Current).Unwrap();

    /// <inheritdoc cref="Run(Func{Task})"/>
    public static Task Run(Action work) => Task.Factory
        .StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Current);

    /// <summary>Cancels without waiting for what listens to it. Does nothing when the source is disposed by then.</summary>
    /// <returns>Completes when all that listens has been told.</returns>
    public static Task Cancel(CancellationTokenSource source) => Run(() =>
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // what it was to end has ended by itself
        }
    });
}

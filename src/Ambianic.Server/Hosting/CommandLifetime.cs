namespace Ambianic.Server.Hosting;

/// <summary>
/// Leaves the signals to the command that runs the host, which stops it when it has started. A host that hears them itself
/// gives up a start that is half done, and says that the web server has failed.
/// </summary>
internal sealed class CommandLifetime : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

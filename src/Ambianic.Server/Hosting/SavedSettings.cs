using Ambianic.Configuration.Saving;
using Ambianic.Core.Configuration;
using Ambianic.Storage.Files;

namespace Ambianic.Server.Hosting;

/// <summary>Where settings are written.</summary>
/// <param name="Settings">The file; null when there is none, as in a demonstration.</param>
/// <param name="IsWatched">True when the running program takes over edits of its files.</param>
internal sealed record SettingsFile(LocalSettings? Settings, bool IsWatched);

/// <summary>Writes settings that people change while the program runs, and waits until the running program has taken them over.</summary>
internal sealed class SavedSettings(SettingsFile file, CurrentConfiguration current, ConfigurationHistory history, TimeProvider time, ILogger<SavedSettings> logger)
{
    /// <summary>It takes a second; a disk that hangs must not hold the caller for ever.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    /// <summary>Why nothing can be saved.</summary>
    public static readonly ConfigurationProblem NoFile = new(
        "configuration", 0, 0, "", "this program was started without configuration files, so nothing can be saved; start it with 'ambianic run'");

    /// <summary>True when there is a file for settings.</summary>
    public bool CanSave => file.Settings is not null;

    /// <summary>The file for settings; null when there is none.</summary>
    public LocalSettings? File => file.Settings;

    /// <summary>Writes settings. When this returns they are in force, unless a pipeline takes long to restart.</summary>
    /// <exception cref="IOException">The file cannot be written; the message says what to do.</exception>
    public Task<SaveResult> SaveAsync(Func<WrittenConfiguration, IReadOnlyList<SettingChange>> changes, CancellationToken cancellation) =>
        WriteAsync(settings => settings.Save(changes, TryKeep), cancellation);

    /// <summary>Writes the whole file. When this returns it is in force, unless a pipeline takes long to restart.</summary>
    /// <param name="change">Its text.</param>
    /// <param name="by">Who does it, for the history.</param>
    /// <param name="cancellation">Stops waiting; what is being written is still completed.</param>
    /// <exception cref="IOException">The file cannot be written, or what it held cannot be kept; the message says what to do.</exception>
    public Task<SaveResult> ReplaceAsync(TextChange change, string by, CancellationToken cancellation) =>
        WriteAsync(settings => settings.Replace(change, content => history.Add(content, by)), cancellation);

    /// <summary>Uses the disk of the configuration, as long as it answers.</summary>
    /// <exception cref="IOException">It does not.</exception>
    public async Task<T> OnDiskAsync<T>(Func<T> use, CancellationToken cancellation)
    {
        try
        {
            return await Task.Run(use, CancellationToken.None).WaitAsync(LongestWait, time, cancellation);
        }
        catch (TimeoutException error)
        {
            throw new IOException("the disk that holds the configuration does not answer; look at it, and then whether the setting was saved", error);
        }
    }

    private async Task<SaveResult> WriteAsync(Func<LocalSettings, SaveResult> write, CancellationToken cancellation)
    {
        if (file.Settings is not { } settings)
        {
            return new SaveResult(null, [NoFile]);
        }

        var saved = await OnDiskAsync(() => write(settings), cancellation);
        if (saved.Result is { } result && file.IsWatched)
        {
            await TakenOverAsync(result.Digest, cancellation);
        }

        return saved;
    }

    /// <summary>A setting may be what makes room on a full disk.</summary>
    private void TryKeep(ReadOnlyMemory<byte> content)
    {
        try
        {
            history.Add(content, "a call that sets one setting");
        }
        catch (IOException error)
        {
            logger.VersionNotKept(error.Message);
        }
    }

    private async Task TakenOverAsync(string digest, CancellationToken cancellation)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var limit = time.CreateTimer(_ => enough.Cancel(), null, LongestWait, Timeout.InfiniteTimeSpan);
        try
        {
            while (true)
            {
                var next = current.NextEdit; // asked for first, so that no edit is missed
                if (current.Result.Digest == digest)
                {
                    return;
                }

                await next.WaitAsync(enough.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // it is written, and will be in force
        }
    }
}

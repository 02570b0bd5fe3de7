using Ambianic.Configuration.Saving;
using Ambianic.Core.Configuration;

namespace Ambianic.Server.Hosting;

/// <summary>Where settings are written.</summary>
/// <param name="Settings">The file; null when there is none, as in a demonstration.</param>
/// <param name="IsWatched">True when the running program takes over edits of its files.</param>
internal sealed record SettingsFile(LocalSettings? Settings, bool IsWatched);

/// <summary>Writes settings that people change while the program runs, and waits until the running program has taken them over.</summary>
internal sealed class SavedSettings(SettingsFile file, CurrentConfiguration current, TimeProvider time)
{
    /// <summary>It takes a second; a disk that hangs must not hold the caller for ever.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    private static readonly ConfigurationProblem NoFile = new(
        "configuration", 0, 0, "", "this program was started without configuration files, so nothing can be saved; start it with 'ambianic run'");

    /// <summary>True when there is a file for settings.</summary>
    public bool CanSave => file.Settings is not null;

    /// <summary>Writes settings. When this returns they are in force, unless a pipeline takes long to restart.</summary>
    /// <exception cref="IOException">The file cannot be written; the message says what to do.</exception>
    public async Task<SaveResult> SaveAsync(Func<WrittenConfiguration, IReadOnlyList<SettingChange>> changes, CancellationToken cancellation)
    {
        if (file.Settings is not { } settings)
        {
            return new SaveResult(null, [NoFile]);
        }

        SaveResult saved;
        try
        {
            saved = await Task.Run(() => settings.Save(changes), CancellationToken.None).WaitAsync(LongestWait, time, cancellation);
        }
        catch (TimeoutException error)
        {
            throw new IOException("the disk that holds the configuration does not answer; look at it, and then whether the setting was saved", error);
        }

        if (saved.Result is { } result && file.IsWatched)
        {
            await TakenOverAsync(result.Digest, cancellation);
        }

        return saved;
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

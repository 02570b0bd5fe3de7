using System.Security.Cryptography;
using Ambianic.Configuration.Saving;
using Ambianic.Core.Configuration;
using Ambianic.Storage.Files;

namespace Ambianic.Server.Hosting;

/// <summary>Shows the configuration files and their history to people, and replaces the one that the program writes.</summary>
internal sealed class ConfigurationEditor(SavedSettings settings, CurrentConfiguration current, ConfigurationHistory history)
{
    /// <summary>Of this run: a tag of secrets that anybody could compute would help to guess them.</summary>
    private readonly byte[] _tagKey = RandomNumberGenerator.GetBytes(32);

    /// <summary>True when there are files.</summary>
    public bool HasFiles => settings.CanSave;

    /// <summary>The files as they are now.</summary>
    /// <exception cref="IOException">Their disk does not answer.</exception>
    public Task<IReadOnlyList<ShownFile>> FilesAsync(CancellationToken cancellation) =>
        settings.OnDiskAsync(() => settings.File?.Texts.Read() ?? [], cancellation);

    /// <summary>Everything that is wrong with a text; nothing is stored.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="file">The name of the file that it would be the content of; null for a configuration of its own.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>Null when there is no such file.</returns>
    /// <exception cref="IOException">The disk does not answer.</exception>
    public Task<IReadOnlyList<ConfigurationProblem>?> CheckAsync(string text, string? file, CancellationToken cancellation) =>
        settings.OnDiskAsync(() => settings.File is { } files ? files.Texts.Check(text, file) : [SavedSettings.NoFile], cancellation);

    /// <summary>Replaces the file that the program writes.</summary>
    /// <param name="text">YAML; secrets that are to stay may be <c>***</c>.</param>
    /// <param name="isExpected">False when a tag is not that of what the caller has seen.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="IOException">It cannot be written; the message says what to do.</exception>
    public Task<SaveResult> ReplaceAsync(string text, Func<string, bool> isExpected, string by, CancellationToken cancellation) =>
        settings.ReplaceAsync(Change(text, isExpected), by, cancellation);

    /// <summary>Puts an earlier version back.</summary>
    /// <param name="version">The version.</param>
    /// <param name="isExpected">False when a tag is not that of what the caller has seen.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="IOException">It cannot be written; the message says what to do.</exception>
    public Task<SaveResult> RestoreAsync(ConfigurationVersion version, Func<string, bool> isExpected, string by, CancellationToken cancellation) =>
        settings.ReplaceAsync(Change(System.Text.Encoding.UTF8.GetString(version.Content.Span), isExpected) with { IsTrusted = true }, by, cancellation);

    /// <summary>Earlier versions, the newest first.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    public Task<IReadOnlyList<ConfigurationVersion>> VersionsAsync(CancellationToken cancellation) => settings.OnDiskAsync(history.All, cancellation);

    /// <summary>An earlier version; null when there is none.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public Task<ConfigurationVersion?> VersionAsync(long number, CancellationToken cancellation) => settings.OnDiskAsync(() => history.Find(number), cancellation);

    /// <summary>What has changed since a version, secrets masked.</summary>
    public Task<VersionChanges> ChangesAsync(ConfigurationVersion version, CancellationToken cancellation) => settings.OnDiskAsync(
        () =>
        {
            if (settings.File is not { Texts: var texts } || texts.Read() is not [.., var now])
            {
                return new VersionChanges(null, null, []);
            }

            var text = texts.Mask(version.Content);
            var diff = text is null || now.Text is null ? null : UnifiedDiff.Of(text, now.Text, $"{now.Name} (version {version.Number})", $"{now.Name} (now)");
            return new VersionChanges(text, diff, texts.ChangedSecrets(version.Content, now.Content ?? ReadOnlyMemory<byte>.Empty));
        },
        cancellation);

    /// <summary>The tag of a content, as the header ETag has it.</summary>
    public string TagOf(ReadOnlySpan<byte> content) => $"\"{Convert.ToHexStringLower(HMACSHA256.HashData(_tagKey, content).AsSpan(0, 16))}\"";

    private TextChange Change(string text, Func<string, bool> isExpected) => new(
        text,
        content => isExpected(TagOf(content.Span)),
        next => ComputerReach.Problems(current.Result, next)) { NeedsPipelines = current.Result.Configuration.Pipelines.Count > 0 };
}

/// <summary>A version and what has changed since.</summary>
/// <param name="Text">The version, secrets masked; null when it cannot be shown.</param>
/// <param name="Diff">Unified diff from it to the file as it is now; null when one of them cannot be shown.</param>
/// <param name="ChangedSecrets">Where secrets differ, which the diff does not show.</param>
internal sealed record VersionChanges(string? Text, string? Diff, IReadOnlyList<string> ChangedSecrets);

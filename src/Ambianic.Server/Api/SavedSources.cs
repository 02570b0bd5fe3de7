using System.Text.Json.Nodes;
using Ambianic.Configuration.Saving;
using Ambianic.Core.Configuration;
using Ambianic.Server.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ambianic.Server.Api;

/// <summary>Sources as calls show and change them; what a call answers is for the call to decide.</summary>
internal sealed class SavedSources(SavedSettings settings, CurrentConfiguration current)
{
    /// <summary>All sources, in the order of the files.</summary>
    public IReadOnlyList<SourceResource> All => [.. current.Result.Configuration.Sources.Values.Select(SourceResource.Of)];

    /// <summary>A source; null when there is none of this id.</summary>
    public SourceResource? Find(string id) => current.Result.Configuration.Sources.TryGetValue(id, out var source) ? SourceResource.Of(source) : null;

    /// <summary>A source as the configuration has it, secrets masked; null when there is none of this id.</summary>
    public JsonObject? FindWritten(string id) => Written(id, current.Result);

    /// <summary>Adds a source, or changes the settings of it that are given.</summary>
    /// <returns>The configuration with it, or why it was not saved.</returns>
    public async Task<(ConfigurationResult? Result, ProblemHttpResult? Problem)> SaveAsync(SourceSettings source, CancellationToken cancellation)
    {
        var known = current.Result.Configuration;
        if (source.Problem(known) is { } problem)
        {
            return (null, problem);
        }

        var saved = await settings.SaveAsync(_ => source.Changes(known), cancellation);
        return saved.Result is { } result ? (result, null) : (null, SettingsProblems.Refused(saved));
    }

    /// <summary>Removes a source that was added through the API.</summary>
    /// <returns>Why it is still there; null when it is gone.</returns>
    public async Task<ProblemHttpResult?> RemoveAsync(string id, CancellationToken cancellation)
    {
        string? elsewhere = null;
        var saved = await settings.SaveAsync(
            written =>
            {
                elsewhere = written.IsLocal("sources", id) ? null : written.PlaceOf("sources", id);
                return elsewhere is null ? [new SettingChange(["sources", id], null)] : [];
            },
            cancellation);
        return elsewhere is not null ? SettingsProblems.Conflict($"the source is in {elsewhere}, a file that the program never writes; remove it there")
            : saved.Result is not { } result ? SettingsProblems.Refused(saved)
            : result.Configuration.Sources.ContainsKey(id) ? SettingsProblems.Conflict("what was changed of the source through the API is removed; the source itself is in a file that the program never writes")
            : null;
    }

    /// <summary>A source as a configuration has it, secrets masked; null when there is none of this id.</summary>
    public static JsonObject? Written(string id, ConfigurationResult configuration)
    {
        if (!configuration.Configuration.Sources.ContainsKey(id)
            || configuration.Effective["sources"]?[Credentials.MaskName(id)]?.DeepClone() is not JsonObject source)
        {
            return null;
        }

        source.Insert(0, "id", Credentials.MaskName(id));
        return source;
    }
}

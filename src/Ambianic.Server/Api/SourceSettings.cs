using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Ambianic.Configuration.Saving;
using Ambianic.Core.Configuration;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ambianic.Server.Api;

/// <summary>A source as a call sets it: keys of the section <c>sources</c>; what is not given stays as it is.</summary>
internal sealed record SourceSettings(
    string? Id,
    string? Uri,
    string? Type = null,
    bool? Live = null,
    string? Format = null,
    double? Fps = null,
    int? Width = null,
    string? Transport = null,
    string? Tls = null,
    double? StallSeconds = null)
{
    private const int LongestId = 100;
    private const int LongestUri = 4000;

    /// <summary>What the call may not do; null when the loader may look at it.</summary>
    public ProblemHttpResult? Problem(AmbianicConfiguration configuration) =>
        string.IsNullOrWhiteSpace(Id) || Id.Length > LongestId ? SettingsProblems.Wrong($"id is missing, or has more than {LongestId} characters")
        : Credentials.MaskName(Id) != Id ? SettingsProblems.Wrong("id is shown, so it must not hold an address or a password")
        : Id.Any(letter => char.IsControl(letter) || letter == '/') ? SettingsProblems.Wrong("id must not hold '/' or control characters")
        : string.IsNullOrWhiteSpace(Uri) || Uri.Length > LongestUri ? SettingsProblems.Wrong($"uri is missing, or has more than {LongestUri} characters")
        : Uri.Contains(Credentials.Masked, StringComparison.Ordinal) && !IsSame(configuration) ? SettingsProblems.Wrong($"uri holds {Credentials.Masked}, which stands for a secret; write the secret itself")
        : new[] { Uri, Type, Format, Transport, Tls }.Any(SettingsProblems.IsDirective) ? SettingsProblems.Wrong("no value begins with @ here; such values are written into config.yaml")
        : SettingsProblems.HasVariables(Uri) && !IsSame(configuration) ? SettingsProblems.Wrong("variables are written into config.yaml, not through the API: they could hand a secret to another address")
        : configuration.Api.AllowLocalSources || IsSame(configuration) || IsNetwork(configuration) ? null
        : TypedResults.Problem(
            "files, devices and programs of this computer, and a format, may be set through the API only when the configuration says 'api: {allow_local_sources: true}'; or write the source into config.yaml",
            statusCode: StatusCodes.Status403Forbidden);

    /// <summary>What is to be written.</summary>
    public IReadOnlyList<SettingChange> Changes(AmbianicConfiguration configuration)
    {
        (string Key, object? Value)[] given =
        [
            ("uri", IsSame(configuration) ? null : Uri), ("type", Type), ("live", Live), ("format", Format), ("fps", Fps), ("width", Width),
            ("transport", Transport), ("tls", Tls), ("stall_seconds", StallSeconds),
        ];
        return [.. given.Where(setting => setting.Value is not null).Select(setting => new SettingChange(["sources", Id!, setting.Key], setting.Value))];
    }

    /// <summary>The source that these settings describe, without anything being saved. To be asked when <see cref="Problem"/> has none.</summary>
    /// <param name="configuration">Of a source that it has, what is not given is as it is there.</param>
    /// <param name="options">The source; null when a setting is wrong.</param>
    /// <returns>What is wrong; null when nothing is.</returns>
    public ValidationProblem? TryResolve(AmbianicConfiguration configuration, out SourceOptions? options)
    {
        options = null;
        if (Words.Wrong(("type", Words.Problem<SourceType>(Type)), ("transport", Words.Problem<RtspTransport>(Transport)), ("tls", Words.Problem<TlsRule>(Tls))) is { } wrong)
        {
            return wrong;
        }

        var known = configuration.Sources.GetValueOrDefault(Id!) ?? new SourceOptions();
        var uri = IsSame(configuration) ? known.Uri : Uri!;
        var resolved = known with
        {
            Id = Id!,
            Uri = uri,
            Type = Words.Parse<SourceType>(Type) ?? known.Type,
            Live = Live ?? (uri == known.Uri ? known.Live : SourceAddress.IsEndless(uri)),
            Format = Format ?? known.Format,
            Fps = Fps ?? known.Fps,
            Width = Width ?? known.Width,
            Transport = Words.Parse<RtspTransport>(Transport) ?? known.Transport,
            Tls = Words.Parse<TlsRule>(Tls) ?? known.Tls,
            StallSeconds = StallSeconds ?? known.StallSeconds,
        };
        var results = new List<ValidationResult>();
        if (!Validator.TryValidateObject(resolved, new ValidationContext(resolved), results, validateAllProperties: true))
        {
            return TypedResults.ValidationProblem(results
                .GroupBy(result => JsonNamingPolicy.SnakeCaseLower.ConvertName(result.MemberNames.FirstOrDefault() ?? "uri"))
                .ToDictionary(group => group.Key, group => group.Select(result => result.ErrorMessage ?? "").ToArray()));
        }

        options = resolved;
        return null;
    }

    /// <summary>A decoder reads what a format says, so a format may lead from a stream to files; one that the source has already, too.</summary>
    private bool IsNetwork(AmbianicConfiguration configuration) =>
        Format is null && configuration.Sources.GetValueOrDefault(Id!)?.Format is null
        && SourceAddress.SchemeOf(Uri!) is { } scheme && SourceAddress.Networks.Contains(scheme, StringComparer.OrdinalIgnoreCase);

    /// <summary>True for the address as it was shown, secrets masked: who changes another setting need not know them.</summary>
    private bool IsSame(AmbianicConfiguration configuration) =>
        Format is null && configuration.Sources.TryGetValue(Id!, out var known) && Credentials.Mask(known.Uri) == Uri;
}

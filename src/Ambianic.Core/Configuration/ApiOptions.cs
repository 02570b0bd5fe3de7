namespace Ambianic.Core.Configuration;

/// <summary>The section <c>api</c>: what programs and pages may do.</summary>
public sealed record ApiOptions
{
    /// <summary>Origins of other pages that may call, for example <c>https://ui.example.org</c>. The default is none.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>Lets sources that are set through the API be files, devices and programs of this computer, and name a <c>format</c>. The default is false.</summary>
    public bool AllowLocalSources { get; init; }
}

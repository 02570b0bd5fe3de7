using Ambianic.Core.Configuration;

namespace Ambianic.Server.Api;

/// <summary>A source in <c>/api/sources</c>; secrets of its address are masked.</summary>
internal sealed record SourceResource(
    string Id,
    string Uri,
    SourceType Type,
    bool Live,
    string? Format,
    double? Fps,
    int Width,
    RtspTransport Transport,
    TlsRule Tls,
    double StallSeconds)
{
    public static SourceResource Of(SourceOptions source) => new(
        source.Id,
        Credentials.Mask(source.Uri),
        source.Type,
        source.Live,
        source.Format,
        source.Fps,
        source.Width,
        source.Transport,
        source.Tls,
        source.StallSeconds);
}

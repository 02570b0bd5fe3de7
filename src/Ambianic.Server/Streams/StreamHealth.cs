using System.Text.Json;
using Ambianic.Server.Api;

namespace Ambianic.Server.Streams;

/// <summary>How the pipelines are, written once for all listeners whenever something changes that matters to people; counters do not.</summary>
internal sealed class StreamHealth(HealthReports reports, JsonSerializerOptions json)
{
    private string _key = "";
    private volatile Version _version = new(0, null);

    /// <summary>Looks whether something has changed. For one thread at a time.</summary>
    /// <returns>True when it has.</returns>
    public bool Update()
    {
        var report = reports.Now();
        var key = KeyOf(report);
        if (key == _key)
        {
            return false;
        }

        _key = key;
        _version = new Version(_version.Number + 1, Write(report));
        return true;
    }

    /// <summary>What a listener has not been told; null when there is nothing. Its first message is of this moment.</summary>
    /// <param name="version">What it was told last; null when nothing.</param>
    public (long Version, ReadOnlyMemory<byte> Data)? After(long? version)
    {
        var now = _version;
        return version == now.Number ? null : (now.Number, version is null || now.Data is null ? Write(reports.Now()) : now.Data);
    }

    private byte[] Write(HealthReport report) => JsonSerializer.SerializeToUtf8Bytes(report, json);

    /// <summary>Texts of faults hold times and counts, so only whether there is one counts.</summary>
    private static string KeyOf(HealthReport report) => string.Join('\n', [
        $"{report.SupervisorIsAlive} {report.SystemicTrouble is null} {report.StorageTrouble is null} {report.AlertFault is null}",
        .. report.ConfigurationProblems,
        .. report.Pipelines.Select(pipeline =>
            $"{pipeline.Name} {pipeline.State} {pipeline.Since.UtcTicks} {pipeline.Visibility} {pipeline.VisibilitySince.UtcTicks} {pipeline.Picture} {pipeline.Stuck} {pipeline.NeedsPerson}"),
    ]);

    private sealed record Version(long Number, byte[]? Data);
}

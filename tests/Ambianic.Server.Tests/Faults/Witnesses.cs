using System.Text.Json.Nodes;

namespace Ambianic.Server.Tests.Faults;

/// <summary>Pipelines that nothing is done to, as the health report shows them at one moment.</summary>
internal sealed class Witnesses(IEnumerable<JsonNode> statuses)
{
    private readonly long _moment = TimeProvider.System.GetTimestamp();
    private readonly List<JsonNode> _statuses = [.. statuses];

    /// <summary>Frames that they lost, and times that something was done to them.</summary>
    public long Lost => _statuses.Sum(status => (long)status["dropped"]! + (long)status["failed"]! + (long)status["healed"]! + (long)status["rebuilt"]!);

    /// <summary>True when each has looked at two more pictures: the first may have been under way at that moment.</summary>
    public bool WatchedOnSince(Witnesses before) => FewestSince(before) >= 2;

    /// <summary>Of the pictures that were due since a moment, the share that the laziest has looked at. One that stands still loses none, and sees none.</summary>
    public double ShareSince(Witnesses before, double fps) =>
        FewestSince(before) / (fps * TimeProvider.System.GetElapsedTime(before._moment, _moment).TotalSeconds);

    private long FewestSince(Witnesses before) => _statuses.Zip(before._statuses, (now, then) => Processed(now) - Processed(then)).Min();

    private static long Processed(JsonNode status) => (long)status["processed"]!;
}

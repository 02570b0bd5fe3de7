using System.Runtime.CompilerServices;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;

namespace Ambianic.Tests.Core.Pipelines.Interleavings;

/// <summary>A camera that serves one connection at a time, and while there are faults falls silent, breaks, or lets go late.</summary>
internal sealed class FaultyCamera(House house, SourceOptions options) : IFrameSource
{
    /// <summary>What does not let go for this long is abandoned: somebody else may connect.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromSeconds(6);

    public string Id => options.Id;

    public bool IsLive => true;

    public async IAsyncEnumerable<Frame> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var connection = Connect(cancellation);
        var letsGoAfter = house.Fails(4) ? TimeSpan.FromSeconds(3 * (1 + house.Any(4))) : TimeSpan.Zero;
        try
        {
            var (isSilent, breaksAfter, isFast) = (house.Fails(4), house.Fails(4) ? house.Any(5) : int.MaxValue, house.Any(4) == 0);
            for (var i = 0; i < breaksAfter; i++)
            {
                if (isSilent && i > 0)
                {
                    await Task.Delay(TimeSpan.FromMinutes(1), house.Time, cancellation);
                    break;
                }

                if (!isFast || i % 3 > 0)
                {
                    await Task.Delay(TimeSpan.FromSeconds(1), house.Time, cancellation);
                }

                yield return house.Pool.Rent(4, 2, PixelFormat.I420, i);
            }

            throw new SourceException("the camera hung up");
        }
        finally
        {
            if (letsGoAfter > TimeSpan.Zero)
            {
                await Task.Delay(letsGoAfter, house.Time, CancellationToken.None);
            }

            connection.IsOpen = false;
        }
    }

    private Connection Connect(CancellationToken cancellation)
    {
        house.Begin($"a connection to {Id}");
        var now = house.Time.GetUtcNow();
        var others = house.Connections.Where(other =>
            other.IsOpen && (other.Camera == options.Uri || other.Source.Split('/')[0] == Id.Split('/')[0]) && !(now - other.ToldToEnd >= Abandoned));
        foreach (var other in others)
        {
            house.Wrongs.Add($"{Id} connects while {other} is connected");
        }

        var connection = new Connection(Id, options.Uri) { IsOpen = true };
        cancellation.Register(() => connection.ToldToEnd = house.Time.GetUtcNow());
        house.Connections.Add(connection);
        return connection;
    }

    /// <param name="Source">Pipeline, version and camera.</param>
    /// <param name="Camera">Its URI.</param>
    internal sealed record Connection(string Source, string Camera)
    {
        public bool IsOpen { get; set; }

        public DateTimeOffset? ToldToEnd { get; set; }
    }
}

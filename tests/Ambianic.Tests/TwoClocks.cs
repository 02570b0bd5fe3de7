using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests;

/// <summary>A wall clock that can be set, which the monotonic one does not notice.</summary>
internal sealed class TwoClocks(DateTimeOffset start) : FakeTimeProvider(start)
{
    public TwoClocks()
        : this(new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>How far somebody has set the wall clock.</summary>
    public TimeSpan Step { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Step;

    public override long GetTimestamp() => base.GetUtcNow().Ticks;
}

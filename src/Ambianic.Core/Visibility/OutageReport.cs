using Ambianic.Core.Health;

namespace Ambianic.Core.Visibility;

/// <summary>What people should hear of an outage of a pipeline.</summary>
/// <param name="Pipeline">Its name.</param>
/// <param name="Source">Its source.</param>
/// <param name="At">From when on it is so.</param>
/// <param name="Visibility">What is wrong with the picture; <see cref="VisibilityState.Visible"/> says that the outage is over.</param>
/// <param name="OutageSince">Since when the picture cannot be used, or until now could not.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record OutageReport(string Pipeline, string Source, DateTimeOffset At, VisibilityState Visibility, DateTimeOffset OutageSince, string Reason);

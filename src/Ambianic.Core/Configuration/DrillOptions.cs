using System.ComponentModel.DataAnnotations;

namespace Ambianic.Core.Configuration;

/// <summary>The section <c>drill</c>: a rehearsal of an alert every month. Without it there is none.</summary>
public sealed record DrillOptions
{
    /// <summary>Pipeline whose alert is rehearsed; empty is none.</summary>
    public string Pipeline { get; init; } = "";

    /// <summary>Day of the month, 1 to 28. The default is 1.</summary>
    [Range(1, 28)]
    public int Day { get; init; } = 1;

    /// <summary>Time of that day, <c>HH:MM</c>. The default is 10:00.</summary>
    public TimeOnly At { get; init; } = new(10, 0);
}

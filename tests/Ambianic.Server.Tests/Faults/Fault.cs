namespace Ambianic.Server.Tests.Faults;

/// <summary>Something that goes wrong.</summary>
/// <param name="Name">For people.</param>
/// <param name="Source">Kind of source that it happens to.</param>
/// <param name="Pipeline">The pipeline that it happens to.</param>
/// <param name="Promise">How soon it is noticed, and lived through.</param>
/// <param name="InjectAsync">Breaks it.</param>
/// <param name="MendAsync">Ends the fault; null when the fault is a moment.</param>
/// <param name="Says">What the report must say before the fault is ended.</param>
internal sealed record Fault(
    string Name, string Source, string Pipeline, Promise Promise, Func<Task> InjectAsync, Func<Task>? MendAsync = null, string Says = "")
{
    /// <summary>How long it goes on after it has shown.</summary>
    public TimeSpan Hold { get; init; }
}

/// <summary>How the program lived through a fault.</summary>
/// <param name="Fault">What went wrong.</param>
/// <param name="Shown">State that the health report showed.</param>
/// <param name="Reason">What it said.</param>
/// <param name="Noticed">From the fault until it was shown.</param>
/// <param name="Recovered">From the end of the fault until the next sample arrived.</param>
/// <param name="LostByOthers">Frames that other pipelines lost, and times that something was done to them.</param>
/// <param name="SeenByOthers">Of the pictures that were due to each of the other pipelines, the share that it has looked at; the smallest.</param>
/// <param name="LostEvents">Events that were announced and are not on the timeline.</param>
internal sealed record Recovery(
    Fault Fault, string Shown, string Reason, TimeSpan Noticed, TimeSpan Recovered, long LostByOthers, double SeenByOthers, int LostEvents);

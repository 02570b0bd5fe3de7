namespace Ambianic.Server.Tests.Faults;

/// <summary>What happened to the program as a whole, and how it lived through it.</summary>
/// <param name="What">For people.</param>
/// <param name="Shown">Where it can be seen.</param>
/// <param name="Promise">How soon it is noticed, and lived through.</param>
/// <param name="Noticed">From the moment until it was shown; null when there is nobody to show it.</param>
/// <param name="Recovered">From its end until all was well.</param>
/// <param name="LostByOthers">Frames that the pipelines lost that were not meant, and times that something was done to them.</param>
/// <param name="LostEvents">Events that were announced and are not on the timeline.</param>
internal sealed record Incident(string What, string Shown, Promise Promise, TimeSpan? Noticed, TimeSpan Recovered, long LostByOthers, int LostEvents = 0);

namespace Ambianic.Core.Alerts;

/// <summary>
/// The store was damaged or deleted while it was in use, and is a new one. The caller commits everything that it remembers: all alerts that
/// have not ended, deliveries that wait, snoozes, and how far the timeline was read. Thrown once for each loss.
/// </summary>
/// <param name="message">What happened and what is lost, for people.</param>
public sealed class AlertStoreReplacedException(string message) : IOException(message);

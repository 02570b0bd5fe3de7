namespace Ambianic.Messaging.Http;

/// <summary>A host that a provider sends to, and whether it can be reached.</summary>
/// <param name="Host">A name or an IP address.</param>
/// <param name="Port">1 to 65535.</param>
/// <param name="IsEncrypted">True when it was reached by TLS.</param>
/// <param name="Fault">Why it cannot be reached, for people, without secrets; null when it can.</param>
public sealed record ReachedHost(string Host, int Port, bool IsEncrypted, string? Fault);

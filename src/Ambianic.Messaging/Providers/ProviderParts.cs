using Ambianic.Messaging.Http;

namespace Ambianic.Messaging.Providers;

/// <summary>What providers are made with.</summary>
/// <param name="Http">For requests.</param>
/// <param name="Time">Clock.</param>
internal sealed record ProviderParts(ProviderHttp Http, TimeProvider Time);

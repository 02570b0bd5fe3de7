using Ambianic.Core.Alerts;
using Ambianic.Messaging.Http;
using Ambianic.Messaging.Providers;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Messaging;

/// <summary>What tests of a provider start with: a server that records, and a clock that stands still.</summary>
public abstract class ProviderTest : IAsyncDisposable
{
    protected ProviderTest() => Http = new ProviderHttp(Time);

    private protected RecordingServer Server { get; } = new();

    private protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 5, 1, 10, 0, 0, TimeSpan.Zero));

    private protected ProviderHttp Http { get; }

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>The address with <c>HOST</c> replaced by the server.</summary>
    private protected ProviderAddress Address(string address) => ProviderAddress.Parse(address.Replace("HOST", Server.Authority, StringComparison.Ordinal));

    /// <summary>Sends a message that must arrive.</summary>
    private protected static async Task<DeliveryOutcome> DeliverAsync(IAlertProvider provider, AlertMessage message)
    {
        var outcome = await provider.SendAsync(message, Cancellation);
        Assert.True(outcome.Kind == DeliveryOutcomeKind.Delivered, outcome.Reason);
        return outcome;
    }
}

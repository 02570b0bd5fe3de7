namespace Ambianic.Core.Alerts;

/// <summary>A provider in use.</summary>
internal sealed class ProviderLine(IAlertProvider provider, string? address) : IAsyncDisposable
{
    public IAlertProvider Provider => provider;

    public string? Address => address;

    public string? Problem { get; init; }

    public CancellationTokenSource Stop { get; } = new();

    public Task Listening { get; set; } = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await Stop.CancelAsync();
        await Listening;
        await provider.DisposeAsync();
        Stop.Dispose();
    }
}

/// <summary>Stands for an address that is wrong.</summary>
internal sealed class NoProvider(string name) : IAlertProvider
{
    public string Name => name;

    public Task<DeliveryOutcome> SendAsync(AlertMessage message, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

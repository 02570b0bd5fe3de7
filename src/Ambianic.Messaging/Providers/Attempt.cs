using Ambianic.Core.Alerts;

namespace Ambianic.Messaging.Providers;

/// <summary>One attempt to send, with all its requests, within the time that <see cref="IAlertProvider"/> promises.</summary>
internal static class Attempt
{
    /// <summary>Below the 30 s that are promised, so that the end of what runs still fits in.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(28);

    /// <summary>Runs it; when it takes too long it is cancelled, and its outcome passes.</summary>
    /// <param name="service">What the service is called, for people.</param>
    /// <param name="time">Clock.</param>
    /// <param name="send">Sends.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> came first.</exception>
    public static async Task<DeliveryOutcome> WithinAsync(
        string service, TimeProvider time, Func<CancellationToken, Task<DeliveryOutcome>> send, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            return await send(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return DeliveryOutcome.Passing($"{service} took longer than {Patience.TotalSeconds:0} s");
        }
    }
}

namespace Ambianic.Core.Alerts;

/// <summary>One address that messages can be sent to. Used by one caller at a time.</summary>
public interface IAlertProvider : IAsyncDisposable
{
    /// <summary>What it is called in logs, answers and on the page, without secrets, for example <c>ntfy at ntfy.example.org</c>.</summary>
    string Name { get; }

    /// <summary>Sends a message. Does not try again, and fails within 30 s.</summary>
    /// <returns>How it went; failures of the service, the network and the address are outcomes, not exceptions.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> came first.</exception>
    Task<DeliveryOutcome> SendAsync(AlertMessage message, CancellationToken cancellation);
}

/// <summary>A provider that can be asked whether a person has acknowledged a message.</summary>
public interface IReceiptProvider : IAlertProvider
{
    /// <summary>Asks.</summary>
    /// <param name="receipt">Of the outcome of a delivery, perhaps by an earlier run.</param>
    /// <param name="cancellation">Stops waiting.</param>
    Task<ReceiptStatus> ReadReceiptAsync(string receipt, CancellationToken cancellation);

    /// <summary>Has the service stop telling it again, because somebody has answered elsewhere.</summary>
    /// <param name="receipt">Of the outcome of a delivery, perhaps by an earlier run.</param>
    /// <param name="cancellation">Stops waiting.</param>
    Task<DeliveryOutcome> CancelAsync(string receipt, CancellationToken cancellation);
}

/// <summary>What a provider knows of a message that it has taken.</summary>
/// <param name="IsAcknowledged">A person has acknowledged it.</param>
/// <param name="IsFinal">Asking again is pointless.</param>
/// <param name="By">Who has acknowledged, as far as the provider tells; null when it does not.</param>
public sealed record ReceiptStatus(bool IsAcknowledged, bool IsFinal, string? By = null);

/// <summary>A provider through which people answer, for example with buttons below a chat message.</summary>
public interface IAnswerProvider : IAlertProvider
{
    /// <summary>Answers as they come, until cancelled. Tries again by itself when the service cannot be reached.</summary>
    IAsyncEnumerable<ProviderAnswer> ReadAnswersAsync(CancellationToken cancellation);

    /// <summary>Why answers do not come, for people; null when all is well. May be read from any thread.</summary>
    string? AnswerFault { get; }
}

/// <summary>An answer that came through a provider.</summary>
/// <param name="AlertId">The alert.</param>
/// <param name="Answer">What was answered.</param>
/// <param name="By">Who answered, as far as the provider tells; null when it does not.</param>
public sealed record ProviderAnswer(string AlertId, AlertAnswer Answer, string? By);

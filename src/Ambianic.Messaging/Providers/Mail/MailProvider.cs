using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace Ambianic.Messaging.Providers.Mail;

/// <summary>
/// Mail by SMTP (RFC 5321); addresses as Apprise's page "E-Mail Notifications" writes them. Every recipient gets a mail of its own over
/// one connection, so that nobody sees the others and one who is refused keeps no other waiting.
/// </summary>
internal sealed class MailProvider(MailAccount account, TimeProvider time) : IAlertProvider
{
    private readonly TargetList _recipients = new([.. account.To.Select(mailbox => mailbox.Address)]);

    /// <summary>For <see cref="ProviderCatalog"/>.</summary>
    public static IAlertProvider Create(ProviderAddress address, ProviderParts parts) => new MailProvider(MailAccount.Of(address), parts.Time);

    /// <inheritdoc/>
    public string Name => $"mail by {account.Host}";

    /// <inheritdoc/>
    public Task<DeliveryOutcome> SendAsync(AlertMessage message, CancellationToken cancellation) =>
        Attempt.WithinAsync(account.Host, time, within => SendWithinAsync(message, within), cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [SuppressMessage("Security", "CA5359", Justification = "Without TLS the server would be as little known; verify=no is the wish of its owner.")]
    private async Task<DeliveryOutcome> SendWithinAsync(AlertMessage message, CancellationToken cancellation)
    {
        using var client = new SmtpClient { CheckCertificateRevocation = false }; // whose server may not answer, which must hold up no alert
        if (!account.IsVerified)
        {
            client.ServerCertificateValidationCallback = (_, _, _, _) => true;
        }

        try
        {
            await client.ConnectAsync(account.Host, account.Port, account.Security, cancellation);
            if (account.User is not null)
            {
                await client.AuthenticateAsync(account.User, account.Password!, cancellation);
            }
        }
        catch (Exception error) when (Judge(error) is { } failure)
        {
            return failure;
        }

        var outcome = await _recipients.SendOneByOneAsync(message, recipient => SendAsync(client, message, recipient, cancellation));
        await LeaveAsync(client, cancellation);
        return outcome;
    }

    private async Task<DeliveryOutcome> SendAsync(SmtpClient client, AlertMessage message, string recipient, CancellationToken cancellation)
    {
        var to = account.To.First(mailbox => mailbox.Address == recipient);
        try
        {
            using var letter = MailLetter.Write(message, account.From, to);
            _ = await client.SendAsync(letter, account.From, [to], cancellation);
            return DeliveryOutcome.Delivered;
        }
        catch (SmtpCommandException error) when (error.ErrorCode == SmtpErrorCode.RecipientNotAccepted)
        {
            return Judge(error.StatusCode, $"{account.Host} does not accept the recipient {recipient}: {Said(error)}");
        }
        catch (Exception error) when (Judge(error) is { } failure)
        {
            return failure;
        }
    }

    /// <summary>What an error means; null for one that is no failure of the service.</summary>
    private DeliveryOutcome? Judge(Exception error) => error switch
    {
        AuthenticationException { InnerException: SmtpCommandException inner } => Judge(inner.StatusCode, Refused(inner)),
        AuthenticationException when error.Message.StartsWith('4') => DeliveryOutcome.Passing(Refused(error)),
        AuthenticationException => DeliveryOutcome.Permanent(Refused(error)),
        SmtpCommandException command => Judge(command.StatusCode, $"{account.Host} refused the mail: {Said(command)}"),
        SslHandshakeException => DeliveryOutcome.Passing(
            $"{account.Host}: no secure connection, because its certificate is not trusted or it speaks no TLS on port {account.Port}; look at 'mode', or write verify=no for a server of your own"),
        NotSupportedException => DeliveryOutcome.Passing(account.Security == SecureSocketOptions.StartTls && account.User is null
            ? $"{account.Host} offers no TLS on port {account.Port}; look at 'mode'"
            : $"{account.Host} offers no TLS or no log-in on port {account.Port}; look at 'mode' and the port"),
        SocketException socket => DeliveryOutcome.Passing($"{account.Host} cannot be reached on port {account.Port}: {Credentials.Mask(socket.Message)}"),
        ProtocolException or ServiceNotConnectedException or IOException => DeliveryOutcome.Passing($"{account.Host} broke the connection: {Said(error)}"),
        ServiceNotAuthenticatedException => DeliveryOutcome.Permanent($"{account.Host} wants a user and a password"),
        TimeoutException => DeliveryOutcome.Passing($"{account.Host} did not answer"),
        _ => null,
    };

    /// <summary>RFC 5321: 4xx may pass, 5xx will not.</summary>
    private static DeliveryOutcome Judge(SmtpStatusCode status, string reason) =>
        (int)status < 500 ? DeliveryOutcome.Passing(reason) : DeliveryOutcome.Permanent(reason);

    private string Refused(Exception error) => $"{account.Host} refused user or password; {account.Hint} ({Said(error)})";

    private static string Said(Exception error) => MessageText.Cut(
        Credentials.Mask(error is SmtpCommandException command ? $"{(int)command.StatusCode} {command.Message}" : error.Message).ReplaceLineEndings(" "), 200);

    /// <summary>The mails are taken already: how the farewell goes does not matter.</summary>
    private static async Task LeaveAsync(SmtpClient client, CancellationToken cancellation)
    {
        try
        {
            await client.DisconnectAsync(quit: true, cancellation);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or SocketException or ProtocolException)
        {
            // It is closed with the client.
        }
    }
}

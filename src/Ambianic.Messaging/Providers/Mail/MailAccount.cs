using MailKit.Security;
using MimeKit;

namespace Ambianic.Messaging.Providers.Mail;

/// <summary>What an address of scheme <c>mailto</c> or <c>mailtos</c> says.</summary>
/// <param name="Host">Server for sending.</param>
/// <param name="Port">Its port.</param>
/// <param name="Security">How the connection is secured.</param>
/// <param name="IsVerified">False when its certificate need not be trusted.</param>
/// <param name="User">Whom to log in as; null when nobody has to.</param>
/// <param name="Password">The password.</param>
/// <param name="From">Sender.</param>
/// <param name="To">Recipients, at least one.</param>
/// <param name="Hint">What to do when the password is refused.</param>
internal sealed record MailAccount(
    string Host, int Port, SecureSocketOptions Security, bool IsVerified, string? User, string? Password, MailboxAddress From, IReadOnlyList<MailboxAddress> To, string Hint)
{
    /// <summary>Reads an address.</summary>
    /// <exception cref="FormatException">Something in it is wrong.</exception>
    public static MailAccount Of(ProviderAddress address)
    {
        var service = address.Parameter("smtp") is null ? MailService.Of(address.Host) : null;
        var host = address.Parameter("smtp") ?? service?.Host ?? address.Host;
        if (Uri.CheckHostName(host.Trim('[', ']')) == UriHostNameType.Unknown)
        {
            throw new FormatException("names no mail server");
        }

        var security = address.Parameter("mode")?.ToLowerInvariant() switch
        {
            null => service?.Security ?? (address.IsSecure ? SecureSocketOptions.StartTls : SecureSocketOptions.StartTlsWhenAvailable),
            "starttls" => SecureSocketOptions.StartTls,
            "ssl" => SecureSocketOptions.SslOnConnect,
            "insecure" => SecureSocketOptions.StartTlsWhenAvailable,
            _ => throw new FormatException("has a 'mode' that is none of starttls, ssl and insecure"),
        };
        var mailbox = Mailbox(address.User, address.Host, service);
        var from = Sender(address, mailbox);
        List<MailboxAddress> to = [.. Recipients(address)];
        return new MailAccount(
            host.Trim('[', ']'),
            address.Port ?? service?.Port ?? DefaultPort(security),
            security,
            security != SecureSocketOptions.StartTlsWhenAvailable && !address.IsNo("verify"),
            address.Password is null ? null : service is null ? address.User : mailbox,
            address.Password,
            from,
            to.Count > 0 ? to
                : mailbox is null ? throw new FormatException("names no recipient; write one as path or as 'to'")
                : [new MailboxAddress(null, from.Address)],
            service?.Hint ?? "write the right user and password");
    }

    /// <summary>A user without host part belongs to the domain; on the server of a service it does not say to which.</summary>
    private static string? Mailbox(string? user, string host, MailService? service) =>
        user is null || user.Contains('@') ? user : service?.Host == host ? $"{user}@{service.Domains[0].Replace("*", "com", StringComparison.Ordinal)}" : $"{user}@{host}";

    private static MailboxAddress Sender(ProviderAddress address, string? mailbox)
    {
        var from = address.Parameter("from");
        var written = from is null || !from.Contains('@') ? null : Parse(from, "from");
        var name = address.Parameter("name") ?? (written is null ? from : written.Name);
        var at = written?.Address ?? mailbox ?? $"ambianic@{address.Host}";
        return new MailboxAddress(MessageName(name), Parse(at, "user").Address);
    }

    private static string MessageName(string? name) => string.IsNullOrWhiteSpace(name) ? "Ambianic" : string.Concat(name.Where(character => !char.IsControl(character)));

    private static IEnumerable<MailboxAddress> Recipients(ProviderAddress address) => address.Path
        .Concat($"{address.Parameter("to")},{address.Parameter("cc")},{address.Parameter("bcc")}".Split(',', StringSplitOptions.RemoveEmptyEntries))
        .Select(recipient => Parse(recipient.Contains('@') ? recipient : $"{recipient}@{address.Host}", "to"))
        .DistinctBy(recipient => recipient.Address, StringComparer.OrdinalIgnoreCase);

    private static MailboxAddress Parse(string text, string where) =>
        MailboxAddress.TryParse(text, out var mailbox) && mailbox.Address.IndexOf('@', StringComparison.Ordinal) > 0 && !mailbox.Address.EndsWith('@')
            ? mailbox
            : throw new FormatException($"has something in '{where}' that is no mail address, such as name@example.org");

    private static int DefaultPort(SecureSocketOptions security) => security switch
    {
        SecureSocketOptions.SslOnConnect => 465,
        SecureSocketOptions.StartTls => 587,
        _ => 25,
    };
}

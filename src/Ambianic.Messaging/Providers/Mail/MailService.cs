using MailKit.Security;

namespace Ambianic.Messaging.Providers.Mail;

/// <summary>A mail service whose server is known from the domain of its addresses. Hosts and ports are what the services' own help pages say.</summary>
/// <param name="Domains">Of its addresses; <c>yahoo.*</c> stands for every country.</param>
/// <param name="Host">Its server for sending.</param>
/// <param name="Port">Its port.</param>
/// <param name="Security">How the connection is secured.</param>
/// <param name="Hint">What people most often do wrong when the password is refused.</param>
internal sealed record MailService(string[] Domains, string Host, int Port, SecureSocketOptions Security, string Hint)
{
    private const string AppPassword = "write an app password, which is made in the account's security settings, not the password of the account";
    private const string Allow = "sending by other programs has to be allowed in the account's settings first (POP3/IMAP access)";

    private static readonly MailService[] All =
    [
        new(["gmail.com", "googlemail.com"], "smtp.gmail.com", 587, SecureSocketOptions.StartTls, AppPassword),
        new(["outlook.*", "hotmail.*", "live.*", "msn.com"], "smtp-mail.outlook.com", 587, SecureSocketOptions.StartTls,
            "Microsoft accepts no passwords of programs for these addresses any more; send by another service"),
        new(["office365.com"], "smtp.office365.com", 587, SecureSocketOptions.StartTls, "SMTP AUTH has to be switched on for the mailbox"),
        new(["yahoo.*"], "smtp.mail.yahoo.com", 465, SecureSocketOptions.SslOnConnect, AppPassword),
        new(["icloud.com", "me.com", "mac.com"], "smtp.mail.me.com", 587, SecureSocketOptions.StartTls, AppPassword),
        new(["gmx.com"], "mail.gmx.com", 587, SecureSocketOptions.StartTls, Allow),
        new(["gmx.*"], "mail.gmx.net", 587, SecureSocketOptions.StartTls, Allow),
        new(["web.de"], "smtp.web.de", 587, SecureSocketOptions.StartTls, Allow),
        new(["t-online.de"], "securesmtp.t-online.de", 465, SecureSocketOptions.SslOnConnect, "write the password for mail programs, which is made in the customer centre"),
        new(["fastmail.*"], "smtp.fastmail.com", 465, SecureSocketOptions.SslOnConnect, AppPassword),
        new(["zoho.*"], "smtp.zoho.com", 587, SecureSocketOptions.StartTls, AppPassword),
        new(["yandex.*"], "smtp.yandex.com", 465, SecureSocketOptions.SslOnConnect, AppPassword),
    ];

    /// <summary>The service of a domain, or whose server this is; null when it is none of these.</summary>
    public static MailService? Of(string host) =>
        All.FirstOrDefault(service => service.Host.Equals(host, StringComparison.OrdinalIgnoreCase) || service.Domains.Any(domain => IsOf(domain, host)));

    private static bool IsOf(string domain, string host) => domain.EndsWith('*')
        ? host.StartsWith(domain[..^1], StringComparison.OrdinalIgnoreCase) && host[(domain.Length - 1)..].Split('.') is { Length: <= 2 } ending && ending.All(part => part.Length is 2 or 3)
        : host.Equals(domain, StringComparison.OrdinalIgnoreCase);
}

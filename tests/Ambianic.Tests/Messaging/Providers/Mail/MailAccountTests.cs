using Ambianic.Messaging.Providers;
using Ambianic.Messaging.Providers.Mail;
using MailKit.Security;

namespace Ambianic.Tests.Messaging.Providers.Mail;

public sealed class MailAccountTests
{
    [Theory]
    [InlineData("mailto://me:secret@gmail.com", "smtp.gmail.com", 587, SecureSocketOptions.StartTls, "me@gmail.com")]
    [InlineData("mailto://me%40gmail.com:secret@gmail.com", "smtp.gmail.com", 587, SecureSocketOptions.StartTls, "me@gmail.com")]
    [InlineData("mailtos://me@gmail.com:secret@smtp.gmail.com", "smtp.gmail.com", 587, SecureSocketOptions.StartTls, "me@gmail.com")]
    [InlineData("mailto://me:secret@hotmail.co.uk", "smtp-mail.outlook.com", 587, SecureSocketOptions.StartTls, "me@hotmail.co.uk")]
    [InlineData("mailto://me:secret@outlook.de", "smtp-mail.outlook.com", 587, SecureSocketOptions.StartTls, "me@outlook.de")]
    [InlineData("mailto://me:secret@yahoo.com", "smtp.mail.yahoo.com", 465, SecureSocketOptions.SslOnConnect, "me@yahoo.com")]
    [InlineData("mailto://me:secret@icloud.com", "smtp.mail.me.com", 587, SecureSocketOptions.StartTls, "me@icloud.com")]
    [InlineData("mailto://me:secret@gmx.de", "mail.gmx.net", 587, SecureSocketOptions.StartTls, "me@gmx.de")]
    [InlineData("mailto://me:secret@gmx.com", "mail.gmx.com", 587, SecureSocketOptions.StartTls, "me@gmx.com")]
    [InlineData("mailto://me:secret@web.de", "smtp.web.de", 587, SecureSocketOptions.StartTls, "me@web.de")]
    [InlineData("mailto://me:secret@t-online.de", "securesmtp.t-online.de", 465, SecureSocketOptions.SslOnConnect, "me@t-online.de")]
    [InlineData("mailto://me:secret@fastmail.fm", "smtp.fastmail.com", 465, SecureSocketOptions.SslOnConnect, "me@fastmail.fm")]
    [InlineData("mailto://me:secret@gmail.com:465?mode=ssl", "smtp.gmail.com", 465, SecureSocketOptions.SslOnConnect, "me@gmail.com")]
    [InlineData("mailto://me:secret@example.org", "example.org", 25, SecureSocketOptions.StartTlsWhenAvailable, "me")]
    [InlineData("mailtos://me:secret@example.org", "example.org", 587, SecureSocketOptions.StartTls, "me")]
    [InlineData("mailtos://me:secret@example.org:2525?smtp=mx.example.net&mode=ssl", "mx.example.net", 2525, SecureSocketOptions.SslOnConnect, "me")]
    [InlineData("mailto://me:secret@gmail.com.example.org", "gmail.com.example.org", 25, SecureSocketOptions.StartTlsWhenAvailable, "me")]
    public void Of_AnAddress_GivesServerAndLogIn(string address, string host, int port, SecureSocketOptions security, string user)
    {
        var account = MailAccount.Of(ProviderAddress.Parse(address));

        Assert.Equal((host, port, security, user, "secret"), (account.Host, account.Port, account.Security, account.User!, account.Password!));
    }

    [Theory]
    [InlineData("mailto://me:secret@gmail.com", "\"Ambianic\" <me@gmail.com>", "me@gmail.com")]
    [InlineData("mailto://me:secret@gmail.com/mum@example.org/dad@example.org", "\"Ambianic\" <me@gmail.com>", "mum@example.org dad@example.org")]
    [InlineData("mailto://me:secret@gmail.com?to=mum@example.org,dad@example.org&cc=mum@example.org", "\"Ambianic\" <me@gmail.com>", "mum@example.org dad@example.org")]
    [InlineData("mailto://me:secret@example.org/mum?from=home@example.net&name=My%20home", "\"My home\" <home@example.net>", "mum@example.org")]
    [InlineData("mailto://me:secret@example.org?from=Home", "\"Home\" <me@example.org>", "me@example.org")]
    [InlineData("mailto://relay.example.org/mum@example.net", "\"Ambianic\" <ambianic@relay.example.org>", "mum@example.net")]
    public void Of_AnAddress_GivesSenderAndRecipients(string address, string from, string to)
    {
        var account = MailAccount.Of(ProviderAddress.Parse(address));

        Assert.Equal(from, account.From.ToString());
        Assert.Equal(to, string.Join(' ', account.To));
    }

    [Theory]
    [InlineData("mailto://", "server")]
    [InlineData("mailto://example.org", "recipient")]
    [InlineData("mailto://me:hush12345@example.org?mode=tls", "mode")]
    [InlineData("mailto://me:hush12345@example.org/mum@", "to")]
    public void Of_AWrongAddress_SaysWhatIsWrongAndNoSecret(string address, string what)
    {
        var error = Assert.Throws<FormatException>(() => MailAccount.Of(ProviderAddress.Parse(address)));

        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", error.Message, StringComparison.Ordinal);
    }
}

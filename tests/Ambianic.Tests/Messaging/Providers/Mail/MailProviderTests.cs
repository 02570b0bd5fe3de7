using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Ambianic.Core.Alerts;
using Ambianic.Messaging;
using Ambianic.Tests.Media.Sources.Tls;
using Microsoft.Extensions.Time.Testing;
using MimeKit;

namespace Ambianic.Tests.Messaging.Providers.Mail;

[Slow]
public sealed class MailProviderTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(Messages.Fall.At);
    private readonly ProviderCatalog _catalog;

    public MailProviderTests() => _catalog = new ProviderCatalog(_time);

    public void Dispose() => _catalog.Dispose();

    [Fact]
    public async Task Send_AFallWithPicture_GivesTextHtmlAndAnInlinePicture()
    {
        using var server = await SmtpServer.StartAsync();

        await DeliveredAsync($"mailto://me:right@127.0.0.1:{server.Port}/mum@example.org?from=home@example.net&name=Home", Messages.FallWithPicture);

        var mail = await server.MailAsync();
        Assert.Equal("home@example.net", mail.Sender);
        Assert.Equal(["mum@example.org"], mail.Recipients);
        Assert.Equal("me", mail.User);
        Assert.Equal("\"Home\" <home@example.net>", mail.Message.From.ToString());
        Assert.Equal("mum@example.org", mail.Message.To.ToString());
        Assert.Equal("Fall in the living room", mail.Message.Subject);
        Assert.Contains("Nobody has got up since.", mail.Message.TextBody, StringComparison.Ordinal);
        Assert.Contains(Messages.Fall.AnswerUrl!.AbsoluteUri, mail.Message.TextBody, StringComparison.Ordinal);
        Assert.Contains("href=\"https://home.example.org/a/fedcba98?r=0&amp;s=c2lnbmF0dXJl\"", mail.Message.HtmlBody, StringComparison.Ordinal);
        var picture = Assert.Single(mail.Message.BodyParts.OfType<MimePart>(), part => part.ContentType.MimeType == "image/jpeg");
        Assert.Contains($"src=\"cid:{picture.ContentId}\"", mail.Message.HtmlBody, StringComparison.Ordinal);
        Assert.Equal("inline", picture.ContentDisposition!.Disposition);
        Assert.Equal(Messages.Picture.FileName, picture.FileName);
        Assert.Equal(Messages.Picture.Jpeg.ToArray(), RecordedFile.Of(picture).Bytes);
        Assert.Contains("multipart/related", mail.Raw, StringComparison.Ordinal);
        Assert.Contains("multipart/alternative", mail.Raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_Always_SaysInHeadersWhatItIs()
    {
        using var server = await SmtpServer.StartAsync();
        var address = $"mailto://127.0.0.1:{server.Port}?from=home@example.net&to=mum@example.org";

        await DeliveredAsync(address, Messages.Fall);
        await DeliveredAsync(address, Messages.Person);
        await Eventually.TrueAsync(() => server.Mails.Count == 2);

        var (fall, person) = (server.Mails[0].Message, server.Mails[1].Message);
        Assert.Equal($"{Messages.Fall.IdempotencyKey}@example.net", fall.MessageId);
        Assert.Equal(fall.MessageId, person.MessageId);
        Assert.Equal(Messages.Fall.At.ToUnixTimeSeconds(), fall.Date.ToUnixTimeSeconds());
        Assert.Equal("auto-generated", fall.Headers["Auto-Submitted"]);
        Assert.Equal((MessageImportance.High, XMessagePriority.Highest), (fall.Importance, fall.XPriority));
        Assert.Equal((MessageImportance.Low, XMessagePriority.Lowest), (person.Importance, person.XPriority));
        Assert.DoesNotContain("Answer", person.TextBody, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Hello\r\nBcc: thief@example.com\r\n\r\nBody")]
    [InlineData("Hello\nBcc: thief@example.com")]
    [InlineData("Hello\rBcc: thief@example.com")]
    [InlineData("Hello\u2028Bcc: thief@example.com\0")]
    public async Task Send_ATitleWithSeveralLines_BeginsNoOtherHeader(string title)
    {
        using var server = await SmtpServer.StartAsync();

        await DeliveredAsync($"mailto://127.0.0.1:{server.Port}?from=home@example.net&to=mum@example.org&name=A%0D%0ABcc:%20thief@example.com", Messages.Fall with { Title = title });

        var mail = await server.MailAsync();
        Assert.Empty(mail.Message.Bcc);
        Assert.Equal(["mum@example.org"], mail.Recipients);
        Assert.DoesNotContain(mail.Raw.Split('\n'), line => line.StartsWith("Bcc", StringComparison.OrdinalIgnoreCase));
        Assert.StartsWith("Hello Bcc", mail.Message.Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_EmojiRightToLeftTextAndHtml_ArriveAsTheyAre()
    {
        using var server = await SmtpServer.StartAsync();
        var message = Messages.Fall with { Title = "🚨 سقوط في غرفة المعيشة", Text = $"<b>Fall</b> & more: נפילה 👵🏽\n{new string('x', 10_000)}\n.\n.end" };

        await DeliveredAsync($"mailto://127.0.0.1:{server.Port}?from=home@example.net&to=mum@example.org", message);

        var mail = (await server.MailAsync()).Message;
        Assert.Equal(message.Title, mail.Subject);
        Assert.StartsWith(message.Text, mail.TextBody!.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", mail.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;Fall&lt;/b&gt; &amp; more", mail.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_OneOfTwoRecipientsIsUnknown_TheOtherHasIt()
    {
        using var server = await SmtpServer.StartAsync();

        var outcome = await SendAsync($"mailto://127.0.0.1:{server.Port}/unknown@example.org/mum@example.org?from=home@example.net");

        Assert.Equal(DeliveryOutcomeKind.Delivered, outcome.Kind);
        Assert.Contains("unknown@example.org", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(["mum@example.org"], (await server.MailAsync()).Recipients);
    }

    [Fact]
    public async Task Send_AgainAfterOneRecipientWasBusy_GivesTheOtherNoSecondMail()
    {
        using var server = await SmtpServer.StartAsync();
        await using var provider = _catalog.Create($"mailto://127.0.0.1:{server.Port}/busy@example.org/mum@example.org?from=home@example.net");

        var first = await provider.SendAsync(Messages.Fall, TestContext.Current.CancellationToken);
        var second = await provider.SendAsync(Messages.Fall, TestContext.Current.CancellationToken);

        Assert.Equal((DeliveryOutcomeKind.Passing, DeliveryOutcomeKind.Passing), (first.Kind, second.Kind));
        Assert.Equal(["mum@example.org"], (await server.MailAsync()).Recipients);
    }

    [Theory]
    [InlineData("mailto://me:wrong@127.0.0.1:{0}?from=home@example.net&to=mum@example.org", DeliveryOutcomeKind.Permanent, "refused user or password")]
    [InlineData("mailto://me:later@127.0.0.1:{0}?from=home@example.net&to=mum@example.org", DeliveryOutcomeKind.Passing, "454")]
    [InlineData("mailto://127.0.0.1:{0}?from=home@example.net&to=unknown@example.org", DeliveryOutcomeKind.Permanent, "550")]
    [InlineData("mailto://127.0.0.1:{0}?from=home@example.net&to=busy@example.org", DeliveryOutcomeKind.Passing, "451")]
    [InlineData("mailtos://127.0.0.1:{0}?from=home@example.net&to=mum@example.org", DeliveryOutcomeKind.Passing, "TLS")]
    [InlineData("mailtos://127.0.0.1:{0}?from=home@example.net&to=mum@example.org&mode=ssl", DeliveryOutcomeKind.Passing, "TLS")]
    public async Task Send_WhatTheServerRefuses_IsJudged(string address, DeliveryOutcomeKind kind, string reason)
    {
        using var server = await SmtpServer.StartAsync();

        var outcome = await SendAsync(address.Replace("{0}", $"{server.Port}", StringComparison.Ordinal));

        Assert.Equal(kind, outcome.Kind);
        Assert.Contains(reason, outcome.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", outcome.Reason, StringComparison.Ordinal);
        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task Send_AMailThatIsRefusedAsAWhole_IsPermanent()
    {
        using var server = await SmtpServer.StartAsync();

        var outcome = await SendAsync($"mailto://127.0.0.1:{server.Port}?from=home@example.net&to=mum@example.org", Messages.Fall with { Title = "SPAM" });

        Assert.Equal(DeliveryOutcomeKind.Permanent, outcome.Kind);
        Assert.Contains("554", outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("starttls")]
    [InlineData("ssl")]
    public async Task Send_ByTls_TrustsOnlyWhatItShould(string mode)
    {
        using var folder = new TemporaryDirectory();
        var file = folder["server.pem"];
        using (var certificate = TestCertificates.Make())
        using (var key = certificate.GetRSAPrivateKey()!)
        {
            await File.WriteAllTextAsync(file, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}", TestContext.Current.CancellationToken);
        }

        using var server = await SmtpServer.StartAsync(mode, file);
        var address = $"mailtos://me:right@127.0.0.1:{server.Port}?from=home@example.net&to=mum@example.org&mode={mode}";

        var refused = await SendAsync(address);
        var accepted = await SendAsync(address + "&verify=no");

        Assert.Equal(DeliveryOutcomeKind.Passing, refused.Kind);
        Assert.Contains("certificate is not trusted", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(DeliveryOutcome.Delivered, accepted);
        Assert.True((await server.MailAsync()).IsSecure);
    }

    [Fact]
    public async Task Send_AServerThatNeverAnswers_PassesWithinHalfAMinute()
    {
        using var server = await SmtpServer.StartAsync();

        var sending = SendAsync($"mailto://127.0.0.1:{server.Port}?from=home@example.net&to=wait@example.org");
        await Eventually.TrueAsync(() => server.LetsWait);
        _time.Advance(TimeSpan.FromSeconds(29));

        Assert.Equal(DeliveryOutcomeKind.Passing, (await sending).Kind);
    }

    [Fact]
    public async Task Send_Cancelled_SaysSo()
    {
        using var server = await SmtpServer.StartAsync();
        using var stop = new CancellationTokenSource();
        await using var provider = _catalog.Create($"mailto://127.0.0.1:{server.Port}?from=home@example.net&to=wait@example.org");

        var sending = provider.SendAsync(Messages.Fall, stop.Token);
        await Eventually.TrueAsync(() => server.LetsWait);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task Send_NobodyListens_Passes()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();

        var outcome = await SendAsync($"mailto://127.0.0.1:{port}?from=home@example.net&to=mum@example.org");

        Assert.Equal(DeliveryOutcomeKind.Passing, outcome.Kind);
        Assert.Contains("cannot be reached", outcome.Reason, StringComparison.Ordinal);
    }

    private async Task DeliveredAsync(string address, AlertMessage message) => Assert.Equal(DeliveryOutcome.Delivered, await SendAsync(address, message));

    private async Task<DeliveryOutcome> SendAsync(string address, AlertMessage? message = null)
    {
        await using var provider = _catalog.Create(address);
        return await provider.SendAsync(message ?? Messages.Fall, TestContext.Current.CancellationToken);
    }
}

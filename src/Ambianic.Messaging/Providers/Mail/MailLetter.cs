using System.Text;
using System.Text.Encodings.Web;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using MimeKit;

namespace Ambianic.Messaging.Providers.Mail;

/// <summary>Writes a mail: plain text and HTML, the picture inside.</summary>
internal static class MailLetter
{
    private const string PictureId = "picture@ambianic";
    private const string Button = "display:inline-block;padding:12px 24px;background:#0b5394;color:#ffffff;text-decoration:none";

    /// <summary>Writes one for one recipient. Attempts give the same <c>Message-Id</c> (RFC 5322), so that mail programs can tell a duplicate.</summary>
    public static MimeMessage Write(AlertMessage message, MailboxAddress from, MailboxAddress to)
    {
        var body = new BodyBuilder { TextBody = MessageText.WithLinks(message), HtmlBody = Html(message) };
        if (message.Picture is { } picture)
        {
            var image = body.LinkedResources.Add(picture.FileName, picture.Jpeg.ToArray(), new ContentType("image", "jpeg"));
            image.ContentId = PictureId;
            image.ContentDisposition = new ContentDisposition(ContentDisposition.Inline) { FileName = picture.FileName };
        }

        var letter = new MimeMessage
        {
            Subject = MessageText.Line(message.Title),
            Date = message.At,
            MessageId = $"{message.IdempotencyKey}@{from.Domain}",
            Body = body.ToMessageBody(),
            Importance = message.Severity switch
            {
                AlertSeverity.Critical => MessageImportance.High,
                AlertSeverity.Info => MessageImportance.Low,
                _ => MessageImportance.Normal,
            },
            XPriority = message.Severity switch
            {
                AlertSeverity.Critical => XMessagePriority.Highest,
                AlertSeverity.Info => XMessagePriority.Lowest,
                _ => XMessagePriority.Normal,
            },
        };
        letter.From.Add(from);
        letter.To.Add(to);
        letter.Headers.Add("Auto-Submitted", "auto-generated"); // RFC 3834: nobody's holiday reply answers it
        letter.Headers.Add("X-Ambianic-Alert", message.AlertId);
        return letter;
    }

    private static string Html(AlertMessage message)
    {
        var html = new StringBuilder("<!DOCTYPE html><html><head><meta charset=\"utf-8\"></head><body dir=\"auto\">");
        html.Append($"<h2>{Encode(MessageText.Line(message.Title))}</h2>");
        html.Append($"<p>{string.Join("<br>\n", message.Text.ReplaceLineEndings("\n").Trim().Split('\n').Select(Encode))}</p>");
        if (MessageText.Link(message) is { } link)
        {
            html.Append($"<p><a href=\"{Encode(link.AbsoluteUri)}\" style=\"{Button}\">{MessageText.LinkTitle(message)}</a></p>");
        }

        if (message.Picture is not null)
        {
            html.Append($"<p><img src=\"cid:{PictureId}\" alt=\"What the camera saw\" style=\"max-width:100%\"></p>");
        }

        return html.Append("</body></html>\n").ToString();
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}

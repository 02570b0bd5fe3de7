using System.Globalization;
using System.Text;
using Ambianic.Core.Alerts;

namespace Ambianic.Messaging.Providers;

/// <summary>Fits the text of messages into what services take. Text is cut between whole characters as people see them, and ends in "…" then.</summary>
internal static class MessageText
{
    /// <summary>On one line.</summary>
    public static string Line(string text) => text.ReplaceLineEndings(" ").Trim();

    /// <summary>At most so many UTF-16 units, which are never fewer than the characters that services count.</summary>
    public static string Cut(string text, int most) => Cut(text, most, ellipsis: 1, part => part.Length);

    /// <summary>At most so many bytes of UTF-8.</summary>
    public static string CutBytes(string text, int most) => Cut(text, most, ellipsis: 3, Encoding.UTF8.GetByteCount);

    /// <summary>What a tap on the message opens: the page with the answers when it asks for one, else the event. Null when there is neither.</summary>
    public static Uri? Link(AlertMessage message) => message.AsksForAnswer ? message.AnswerUrl ?? message.DetailsUrl : message.DetailsUrl ?? message.AnswerUrl;

    /// <summary>Title for the page behind <see cref="Link"/>.</summary>
    public static string LinkTitle(AlertMessage message) => message is { AsksForAnswer: true, AnswerUrl: not null } ? "Answer" : "Details";

    /// <summary>The text with its links below, for services that have no other place for links.</summary>
    /// <param name="message">The message.</param>
    /// <param name="most">UTF-16 units at most; the text is cut, never a link.</param>
    public static string WithLinks(AlertMessage message, int most = int.MaxValue)
    {
        var links = (message is { AsksForAnswer: true, AnswerUrl: { } answer } ? $"\nAnswer: {answer.AbsoluteUri}" : "")
            + (message.DetailsUrl is { } details ? $"\nDetails: {details.AbsoluteUri}" : "");
        return Cut(message.Text, Math.Max(1, most - links.Length)) + links;
    }

    private delegate int Size(ReadOnlySpan<char> text);

    private static string Cut(string text, int most, int ellipsis, Size size)
    {
        if (size(text) <= most)
        {
            return text;
        }

        var end = 0;
        for (var left = most - ellipsis; end < text.Length;)
        {
            var length = StringInfo.GetNextTextElementLength(text.AsSpan(end));
            left -= size(text.AsSpan(end, length));
            if (left < 0)
            {
                break;
            }

            end += length;
        }

        return text[..end] + "…";
    }
}

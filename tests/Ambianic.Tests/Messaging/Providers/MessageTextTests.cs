using System.Text;
using Ambianic.Messaging.Providers;

namespace Ambianic.Tests.Messaging.Providers;

public sealed class MessageTextTests
{
    [Theory]
    [InlineData("short", 5, "short")]
    [InlineData("shorter", 5, "shor…")]
    [InlineData("ab👨‍👩‍👧cd", 9, "ab…")] // the family is one character of 8 units
    [InlineData("ab👨‍👩‍👧cd", 11, "ab👨‍👩‍👧…")]
    [InlineData("e\u0301e\u0301e\u0301", 5, "e\u0301e\u0301…")]
    [InlineData("🇩🇪🇫🇷", 7, "🇩🇪…")]
    public void Cut_TooLong_EndsBetweenCharacters(string text, int most, string cut) => Assert.Equal(cut, MessageText.Cut(text, most));

    [Fact]
    public void CutBytes_TooLong_KeepsTheLimit()
    {
        var cut = MessageText.CutBytes(string.Concat(Enumerable.Repeat("שלום 😀", 2000)), 4096);

        Assert.InRange(Encoding.UTF8.GetByteCount(cut), 4080, 4096);
        Assert.EndsWith("…", cut, StringComparison.Ordinal);
        Assert.DoesNotContain('\ufffd', cut);
    }

    [Fact]
    public void WithLinks_LongText_CutsTheTextAndNotTheLinks()
    {
        var text = MessageText.WithLinks(Messages.Fall with { Text = new string('x', 5000) }, 1024);

        Assert.Equal(1024, text.Length);
        Assert.EndsWith($"x…\nAnswer: {Messages.Fall.AnswerUrl}\nDetails: {Messages.Fall.DetailsUrl}", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Link_NothingToAnswer_IsTheEvent()
    {
        Assert.Equal(Messages.Fall.AnswerUrl, MessageText.Link(Messages.Fall));
        Assert.Equal(Messages.Person.DetailsUrl, MessageText.Link(Messages.Person));
        Assert.Null(MessageText.Link(Messages.Outage));
    }
}

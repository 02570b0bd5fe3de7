using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Server.Alerts;
using Ambianic.Server.Hosting;
using Ambianic.Tests;
using Ambianic.Tests.Messaging.Push;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Server.Tests.Alerts;

public sealed class AnswerLinksTests
{
    private static readonly Recipient Neighbour = new("neighbour", 0);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 5, 1, 10, 0, 0, TimeSpan.Zero));
    private readonly MemoryAlertStore _store = new();

    [Theory]
    [InlineData("https://home.example.org", "https://home.example.org/a/")]
    [InlineData("https://home.example.org/", "https://home.example.org/a/")]
    [InlineData(" https://home.example.org:8443/ambianic/?a=b#c ", "https://home.example.org:8443/ambianic/a/")]
    public void For_AddressIsConfigured_LeadsThere(string address, string expected)
    {
        var link = Links(address).For(AlertHouse.Id, Neighbour)!;

        Assert.StartsWith(expected, link.AbsoluteUri, StringComparison.Ordinal);
        Assert.InRange(link.AbsoluteUri.Length - expected.Length, 1, 64); // a text message has room for it
    }

    [Theory]
    [InlineData("")]
    [InlineData("home.example.org")]
    [InlineData("ftp://home.example.org")]
    [InlineData("https://ui.ambianic.ai")]
    public void For_NoAddressThatLeadsHere_IsNoLink(string address)
    {
        Assert.Null(Links(address).For(AlertHouse.Id, Neighbour));
        Assert.Null(Links(address).Details("event"));
    }

    [Theory]
    [InlineData("https://home.example.org", false)] // nobody can log in there, and the page would refuse
    [InlineData("http://127.0.0.1:8778", true)]
    public void Details_WithoutLogIn_AreLinkedOnThisComputerAlone(string address, bool isLinked) =>
        Assert.Equal(isLinked, Links(address).Details("event") is not null);

    [Fact]
    public void Read_Link_SaysAlertAndRecipient()
    {
        var links = Links();

        Assert.Equal(new AnswerLink(AlertHouse.Id, Neighbour, IsExpired: false), links.Read(Token(links)));
        Assert.Equal(new Recipient("", 0, "5f2c0000aaaabbbb"), links.Read(Token(links, new Recipient("", 0, "5f2c0000aaaabbbb")))?.Recipient);
    }

    [Fact]
    public void Read_AfterARestart_StillWorks() => Assert.NotNull(Links().Read(Token(Links())));

    [Fact]
    public void Read_LinkOfAnotherInstallation_IsNone() =>
        Assert.Null(Links().Read(Token(new AnswerLinks(new MemoryAlertStore(), Page("https://home.example.org"), _time, new LogRecorder<AnswerLinks>()))));

    [Fact]
    public void Read_After7Days_IsExpired()
    {
        var links = Links();
        var token = Token(links);

        _time.Advance(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
        Assert.False(links.Read(token)!.IsExpired);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(links.Read(token)!.IsExpired);
    }

    [Fact]
    public void Read_AnyCharacterChangedOrMissing_IsNone()
    {
        var links = Links();
        var token = Token(links);

        Assert.All(Enumerable.Range(0, token.Length), at => Assert.Null(links.Read(token[..at])));
        Assert.All(Enumerable.Range(0, token.Length - 1), at => Assert.Null(links.Read($"{token[..at]}{(token[at] == 'A' ? 'B' : 'A')}{token[(at + 1)..]}")));
        Assert.Null(links.Read(token + "AAAA"));
        Assert.Null(links.Read(new string('A', 100_000)));
        Assert.Null(links.Read("../../etc/passwd"));
    }

    [Fact]
    public void For_KeyCannotBeKept_GivesLinksThatWorkUntilTheNextStart()
    {
        _store.IsBroken = true;
        var log = new LogRecorder<AnswerLinks>();
        var links = new AnswerLinks(_store, Page("https://home.example.org"), _time, log);

        Assert.NotNull(links.Read(Token(links)));
        Assert.Contains("the disk is full", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    private static string Token(AnswerLinks links, Recipient? recipient = null) => links.For(AlertHouse.Id, recipient ?? Neighbour)!.AbsolutePath.Split('/')[^1];

    private AnswerLinks Links(string address = "https://home.example.org") => new(_store, Page(address), _time, new LogRecorder<AnswerLinks>());

    private static PageAddress Page(string address) => new(new CurrentConfiguration(new ConfigurationResult(
        new AmbianicConfiguration { Ui = new UiOptions { Baseurl = address } }, [], [])));
}

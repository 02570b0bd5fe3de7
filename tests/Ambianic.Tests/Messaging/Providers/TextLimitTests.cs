using System.Text;
using Ambianic.Core.Alerts;

namespace Ambianic.Tests.Messaging.Providers;

/// <summary>Text of 10 KB is cut to what each service takes.</summary>
public sealed class TextLimitTests : ProviderTest
{
    private static readonly AlertMessage Long = Messages.Fall with
    {
        Title = string.Concat(Enumerable.Repeat("Küche 🙂 ", 500)),
        Text = string.Concat(Enumerable.Repeat("Küche 🙂 ", 1000)),
    };

    [Fact]
    public async Task Ntfy_LongText_StaysBelowFourKilobytes()
    {
        await SendAsync("ntfy", Long);
        await SendAsync("ntfy", Long with { Picture = Messages.Picture });

        Assert.InRange(Server.Requests[0].Body.Length, 3900, 4096);
        Assert.InRange(Server.Requests[1].Header("X-Message")!.Length, 5000, 7000);
    }

    [Fact]
    public async Task Pushover_LongText_HasAtMost1024And250Characters()
    {
        await SendAsync("pover", Long);

        Assert.InRange(Server.Request.Form["message"].Length, 1000, 1024);
        Assert.InRange(Server.Request.Form["title"].Length, 230, 250);
        Assert.EndsWith("…", Server.Request.Form["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Discord_LongText_HasAtMost4096And2000Characters()
    {
        await SendAsync("discord", Long);

        Assert.InRange(Server.Request.Json.GetProperty("content").GetString()!.Length, 1900, 2000);
        Assert.InRange(Server.Request.Json.GetProperty("embeds")[0].GetProperty("description").GetString()!.Length, 4000, 4096);
    }

    [Fact]
    public async Task Slack_LongText_HasAtMost3000And150Characters()
    {
        await SendAsync("slack webhook", Long);

        var blocks = Server.Request.Json.GetProperty("blocks");
        Assert.InRange(blocks[0].GetProperty("text").GetProperty("text").GetString()!.Length, 130, 150);
        Assert.InRange(blocks[1].GetProperty("text").GetProperty("text").GetString()!.Length, 2900, 3000);
    }

    [Fact]
    public async Task HomeAssistant_LongTextToAPhone_StaysBelowFourKilobytes()
    {
        await SendAsync("hassio phone", Long);

        Assert.InRange(Encoding.UTF8.GetByteCount(Server.Request.Json.GetProperty("message").GetString()!), 1650, 1700);
        Assert.InRange(Server.Request.Body.Length, 2000, 4096);
    }

    [Theory]
    [InlineData("json")]
    [InlineData("gotify")]
    public async Task ServiceWithoutLimit_LongText_IsWhole(string name)
    {
        await SendAsync(name, Long);

        Assert.StartsWith(Long.Text, Server.Request.Json.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private async Task SendAsync(string name, AlertMessage message)
    {
        Server.Answer = _ => ProviderCases.Success(name);
        await DeliverAsync(ProviderCases.Make(name, Server, Http), message);
    }
}

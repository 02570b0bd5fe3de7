using Ambianic.Core.Alerts;
using Ambianic.Messaging.Http;
using Ambianic.Messaging.Providers;

namespace Ambianic.Tests.Messaging.Providers;

/// <summary>Every provider that speaks HTTP, as it is told of a local server.</summary>
internal static class ProviderCases
{
    private static readonly Dictionary<string, (string Address, Func<ProviderAddress, ProviderHttp, Uri, IAlertProvider> Make, string Success)> Cases = new()
    {
        ["json"] = ("json://HOST/in", (address, http, _) => new JsonProvider(address, http), ""),
        ["xml"] = ("xml://HOST/in", (address, http, _) => new XmlProvider(address, http), ""),
        ["form"] = ("form://HOST/in", (address, http, _) => new FormProvider(address, http), ""),
        ["ntfy"] = ("ntfy://HOST/alerts", (address, http, _) => new NtfyProvider(address, http), """{"id":"sPs71M8A2T"}"""),
        ["ntfy.sh"] = ("ntfy://alerts", (address, http, api) => new NtfyProvider(address, http, api), """{"id":"sPs71M8A2T"}"""),
        ["gotify"] = ("gotify://HOST/AbCdEf123", (address, http, _) => new GotifyProvider(address, http), """{"id":1}"""),
        ["pover"] = ("pover://uUser1@aToken1", (address, http, api) => new PushoverProvider(address, http, api), """{"status":1,"receipt":"r1"}"""),
        ["apprise"] = ("apprise://HOST/family", (address, http, _) => new AppriseProvider(address, http), """{"error":null}"""),
        ["ifttt"] = ("ifttt://key1@fall", (address, http, api) => new IftttProvider(address, http, api), "Congratulations! You've fired the fall event"),
        ["hassio"] = ("hassio://HOST/token1", (address, http, _) => new HomeAssistantProvider(address, http), "[]"),
        ["hassio phone"] = ("hassio://HOST/?token=token1&to=mobile_app_phone", (address, http, _) => new HomeAssistantProvider(address, http), "[]"),
        ["discord"] = ("discord://123/AbC", (address, http, api) => new DiscordProvider(address, http, api), """{"id":"1"}"""),
        ["slack webhook"] = ("slack://TA/TB/TC", (address, http, api) => new SlackWebhookProvider(address, http, api), "ok"),
        ["slack bot"] = ("slack://xoxb-1/#alerts", (address, http, api) => new SlackBotProvider(address, http, api), """{"ok":true,"channel":"C1","ts":"1.0"}"""),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    /// <summary>Makes one.</summary>
    public static IAlertProvider Make(string name, RecordingServer server, ProviderHttp http)
    {
        var found = Cases[name];
        return found.Make(ProviderAddress.Parse(found.Address.Replace("HOST", server.Authority, StringComparison.Ordinal)), http, server.Address);
    }

    /// <summary>What its service answers when it has taken a message.</summary>
    public static CannedAnswer Success(string name) => CannedAnswer.Json(Cases[name].Success);
}

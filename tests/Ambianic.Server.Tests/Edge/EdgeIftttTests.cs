using Ambianic.Server.Tests.Api;

namespace Ambianic.Server.Tests.Edge;

/// <summary>The key of IFTTT, in a house of its own whose notifications are off: nothing may be sent there.</summary>
public sealed class EdgeIftttTests
{
    [Theory]
    [InlineData("1235", "\"1235\"")]
    [InlineData("client_Key-1", "client_Key-1")]
    public async Task SetIftttKey_NoProviderYet_IsTheOnlyProvider(string key, string written)
    {
        await using var house = await SettingsHouse.StartAsync("pipelines: {area_watch: [source: webcam]}\nnotifications: {default: {enabled: false}}");

        Assert.Equal(204, (await house.CallAsync("PUT", $"/api/integrations/ifttt/api_key/{key}")).Status);

        Assert.Contains($"ifttt_webhook_id: {written}\n", house.Local, StringComparison.Ordinal);
        Assert.Contains("providers: [\"@format ifttt://{this.ifttt_webhook_id}@ambianic\"]", house.Local, StringComparison.Ordinal);
        Assert.Equal("ifttt://***", (string?)(await house.CallAsync("GET", "/api/config")).Body!["notifications"]!["default"]!["providers"]![0]);
    }
}

using Ambianic.Messaging.Providers;

namespace Ambianic.Tests.Messaging.Providers;

public sealed class NativeAddressTests
{
    [Theory]
    [InlineData("https://discord.com/api/webhooks/417/JHM-8q_B/?thread=9", "discord://417/JHM-8q_B?thread=9")]
    [InlineData("https://hooks.slack.com/services/T1/A1/Ti", "slack://T1/A1/Ti")]
    [InlineData("https://ntfy.sh/one/two", "ntfy://ntfy.sh/one/two")]
    [InlineData("https://maker.ifttt.com/use/key-1/event", "ifttt://key-1/event")]
    [InlineData("http://localhost:8080/notify/family?tags=a", "apprise://localhost:8080/family?tags=a")]
    [InlineData("https://host/base/notify/family/", "apprises://host/base/family")]
    [InlineData("https://prod-1.westeurope.logic.azure.com:443/workflows/64e/triggers/manual/paths/invoke?sp=%2Ft&sig=Ab", "workflows://prod-1.westeurope.logic.azure.com:443/workflows/64e/triggers/manual/paths/invoke?sp=%2Ft&sig=Ab")]
    [InlineData("https://a.api.powerplatform.com/powerautomate/automations/direct/cu/07/workflows/64e/triggers/manual/paths/invoke?sig=Ab", "workflows://a.api.powerplatform.com/powerautomate/automations/direct/cu/07/workflows/64e/triggers/manual/paths/invoke?sig=Ab")]
    [InlineData("https://home.webhook.office.com/webhookb2/a@b/IncomingWebhook/c/d", "msteams://webhookb2/a@b/IncomingWebhook/c/d")]
    [InlineData("https://webhooks.t2bot.io/api/v1/matrix/hook/Ab1", "matrixs://Ab1?mode=t2bot")]
    [InlineData("https://example.org/other", "https://example.org/other")]
    [InlineData("ntfy://topic", "ntfy://topic")]
    public void Translated_Address_IsInOurForm(string native, string ours) => Assert.Equal(ours, NativeAddress.Translated(native));
}

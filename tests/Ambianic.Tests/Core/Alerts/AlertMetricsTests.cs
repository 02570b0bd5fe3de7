using Ambianic.Core.Alerts;

namespace Ambianic.Tests.Core.Alerts;

public sealed class AlertMetricsTests : DeskFixture
{
    private readonly Measurements _measured = new();

    public AlertMetricsTests() => Metrics = new AlertMetrics(_measured);

    [Fact]
    public async Task Deliveries_OfAProviderThatFailsAndThenDoesNot_AreCountedByOutcome()
    {
        Providers.Fail("json://carer", DeliveryOutcome.Passing("no answer"));
        await StartAsync();
        await FallAsync();
        await UntilAsync(() => _measured.Of("ambianic.deliveries").Count >= 2);
        await UntilAsync(() => Desk.Outbox.Waiting == 1);
        Assert.All(_measured.Of("ambianic.deliveries"), attempt => Assert.Equal("json,passing=1", attempt));
        Assert.Equal(["=1"], _measured.Observe("ambianic.outbox.waiting"));
        Assert.NotEqual(["=0"], _measured.Observe("ambianic.outbox.oldest.age"));
        Assert.Equal(["info=0", "warning=0", "critical=1"], _measured.Observe("ambianic.alerts.open"));

        Providers.Send = (_, _, _) => Task.FromResult(DeliveryOutcome.Delivered);
        await UntilAsync(() => _measured.Of("ambianic.deliveries").Contains("json,delivered=1") && Desk.Outbox.Waiting == 0);

        Assert.Equal(["=0"], _measured.Observe("ambianic.outbox.waiting"));
        Assert.Equal(["=0"], _measured.Observe("ambianic.outbox.oldest.age"));
    }

    [Fact]
    public void State_OfDeliveriesThatAreHeld_IsNotOld()
    {
        var at = new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

        var state = OutboxState.Of([Delivery(at, isHeld: true), Delivery(at.AddMinutes(5), isHeld: false), Delivery(at.AddMinutes(3), isHeld: false)]);

        Assert.Equal((3, TimeSpan.FromMinutes(7)), (state.Waiting, state.AgeOfOldest(at.AddMinutes(10))));
    }

    private static Delivery Delivery(DateTimeOffset at, bool isHeld) => new()
    {
        Id = "", AlertId = "", Recipient = new Recipient("default", 0), Kind = DeliveryKind.Alert,
        Severity = Ambianic.Core.Configuration.AlertSeverity.Info, CreatedAt = at, NotBefore = at, IsHeld = isHeld,
    };
}

using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;

namespace Ambianic.Tests.Core.Alerts;

/// <summary>The running desk: what people hear, and what an edit of the configuration changes.</summary>
public sealed class AlertDeskTests : DeskFixture
{
    private static readonly DeliveryOutcome Away = DeliveryOutcome.Passing("no answer");

    [Fact]
    public async Task Event_IsTold()
    {
        await StartAsync();
        await FallAsync();
        await UntilAsync(() => Sent.Count == 1);

        Assert.Equal(("carer", AlertKind.Fall, "Somebody fell: hall"), (Sent[0].To, Sent[0].Message.About, Sent[0].Message.Title));
        Assert.Equal(AlertState.Delivered, Assert.Single(Store.Alerts(new AlertQuery())).State);
        Assert.Null(Desk.Fault);
    }

    [Fact]
    public async Task Expired_IsAnsweredByALink_CountsAsAnswered()
    {
        await StartAsync();
        await FallAsync();
        await UntilAsync(() => Desk.Open.Count == 0 && Sent.Count > 0);
        var ended = Store.Alerts(new AlertQuery { State = AlertState.Expired })[0];

        var answered = await Desk.AnswerAsync(ended.Id, AlertAnswer.TakingCare, "neighbour", Cancellation);

        Assert.Equal((AlertState.Acknowledged, "neighbour"), (answered!.State, answered.AcknowledgedBy));
        await UntilAsync(() => Sent[^1].Message.Kind == DeliveryKind.Taken);
    }

    [Fact]
    public async Task Disabled_NothingIsSent_AlsoAfterARestart_AndNotLater()
    {
        await StartAsync();
        await FallAsync();
        await UntilAsync(() => Sent.Count == 1);
        await Desk.EnableAsync(false, Cancellation);
        await FallAsync("second", track: 2);
        await PassAsync(TimeSpan.FromMinutes(7)); // a reminder of the first was due
        await StopAsync();
        await StartAsync();
        Assert.False(Desk.IsEnabled);
        await FallAsync("third", track: 3);
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.Empty(await Desk.DrillAsync("hall", Cancellation));

        Assert.Single(Sent);
        Assert.DoesNotContain(Store.Deliveries(null, 100), delivery => delivery.State == DeliveryState.Waiting);
        await Desk.EnableAsync(true, Cancellation);
        await FallAsync("fourth", track: 4);
        await UntilAsync(() => Sent.Any(sent => sent.Message.EventId == "fourth"));
        Assert.DoesNotContain(Sent, sent => sent.Message.EventId is "second" or "third");
    }

    [Fact]
    public async Task Configuration_ProviderRemovedWhileItsMessageWaits_FailsAndIsNoFaultOfAProvider()
    {
        Configuration = Configured(("default", ["json://carer", "json://other"]));
        Providers.Fail("json://other", Away);
        await StartAsync();
        await FallAsync();
        await UntilAsync(() => Store.Deliveries(null, 10).Any(delivery => delivery.Attempts > 0 && delivery.State == DeliveryState.Waiting));

        Configuration = Configured(("default", ["json://carer"]));
        await UntilAsync(() => Store.Deliveries(null, 10).Any(delivery => delivery.State == DeliveryState.Failed));
        await PassAsync(TimeSpan.FromMinutes(20));

        Assert.DoesNotContain(Desk.Open, alert => alert.Kind == AlertKind.Provider);
        Assert.Null(Desk.Fault);
    }

    [Fact]
    public async Task Configuration_AddressCorrected_WhatWaitedIsSentAtOnce()
    {
        Providers.Fail("json://carer", DeliveryOutcome.Passing("no such host", TimeSpan.FromHours(1)));
        await StartAsync();
        await SeeAsync(Person("person"));
        await UntilAsync(() => Store.Deliveries(null, 10) is [{ Attempts: 1 }]);

        Configuration = Configured(("default", ["json://right"]));
        var edited = Now;
        await UntilAsync(() => Sent.Count == 1);

        Assert.Equal("right", Sent[0].To);
        Assert.True(Now - edited < TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task Configuration_FewerLevelsThanWereTold_GoesOn()
    {
        var levels = Configured(("default", ["json://carer"]), ("neighbour", ["json://neighbour"]));
        var first = levels.Notifications["default"] with { Escalate = [new() { After = TimeSpan.FromMinutes(1), To = ["neighbour"] }] };
        Configuration = levels with { Notifications = new Dictionary<string, NotificationOptions>(levels.Notifications) { ["default"] = first } };
        await StartAsync();
        await FallAsync();
        await UntilAsync(() => Sent.Any(sent => sent.To == "neighbour"));

        Configuration = levels;
        await UntilAsync(() => Sent.Any(sent => sent.Message.Kind == DeliveryKind.Reminder));

        Assert.DoesNotContain(Log.Lines, line => line.Contains("A step of alerting failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Drill_EscalatesAsAFallDoes()
    {
        var plain = Configured(("default", ["json://carer"]), ("neighbour", ["json://neighbour"]));
        var first = plain.Notifications["default"] with { Escalate = [new() { After = TimeSpan.FromMinutes(2), To = ["neighbour"] }] };
        Configuration = plain with { Notifications = new Dictionary<string, NotificationOptions>(plain.Notifications) { ["default"] = first } };
        await StartAsync();

        var alert = Assert.Single(await Desk.DrillAsync("hall", Cancellation));
        await UntilAsync(() => Sent.Count == 2);

        Assert.Equal(["carer", "neighbour"], Sent.Select(sent => sent.To));
        Assert.All(Sent, sent => Assert.True(sent.Message.IsTest));
        Assert.Equal(AlertState.Acknowledged, (await Desk.AnswerAsync(alert.Id, AlertAnswer.TakingCare, "default", Cancellation))!.State);
    }
}

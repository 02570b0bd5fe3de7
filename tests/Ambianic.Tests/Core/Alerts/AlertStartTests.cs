using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;

namespace Ambianic.Tests.Core.Alerts;

/// <summary>The running desk over restarts, steps of the clock and faults of the device.</summary>
public sealed class AlertStartTests : DeskFixture
{
    private static readonly DeliveryOutcome Away = DeliveryOutcome.Passing("no answer");

    [Fact]
    public async Task Restart_AnotherPersonOfTheSameNumberGetsUp_TheFallIsNotOver()
    {
        await StartAsync();
        await FallAsync(track: 1);
        await UntilAsync(() => Sent.Count == 1);
        await StopAsync();
        await StartAsync();

        await SeeAsync(GotUp("other"));
        await PassAsync(TimeSpan.FromSeconds(30));

        Assert.Null(Assert.Single(Desk.Open).ResolvedAt);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(24 * 365)]
    public async Task Start_WithAnOldClock_RemindersAndEscalationComeInTime(int hours)
    {
        Configuration = Configured(("default", ["json://carer"]), ("neighbour", ["json://neighbour"]));
        Configuration = Configuration with
        {
            Notifications = new Dictionary<string, NotificationOptions>(Configuration.Notifications)
            {
                ["default"] = Configuration.Notifications["default"] with { Escalate = [new EscalationOptions { After = TimeSpan.FromMinutes(2), To = ["neighbour"] }] },
            },
        };
        await StartAsync();
        await FallAsync();
        await UntilAsync(() => Sent.Count == 1);
        await StopAsync();

        Time.Step = -TimeSpan.FromHours(hours);
        await StartAsync();
        await PassAsync(TimeSpan.FromSeconds(10));
        Time.Step = TimeSpan.Zero; // the network tells the time
        var began = Time.GetTimestamp();
        await UntilAsync(() => Sent.Any(sent => sent.To == "neighbour"));

        Assert.True(Time.GetElapsedTime(began) < TimeSpan.FromMinutes(3));
    }

    [Fact]
    public async Task Restart_WhatWaitsIsSentWithTheSameKey_WhatWasDeliveredIsNot()
    {
        Configuration = Configured(("default", ["json://carer", "json://other"]));
        Providers.Fail("json://other", Away);
        await StartAsync();
        await FallAsync();
        await UntilAsync(() => Sent.Count == 1 && Store.Deliveries(null, 10).Any(delivery => delivery.State == DeliveryState.Delivered));
        var waiting = Store.Deliveries(null, 10).Single(delivery => delivery.State == DeliveryState.Waiting);
        await StopAsync();

        Providers.Send = (_, _, _) => Task.FromResult(DeliveryOutcome.Delivered);
        await StartAsync();
        await UntilAsync(() => Sent.Count == 2);

        Assert.Equal(("other", waiting.Id), (Sent[1].To, Sent[1].Message.IdempotencyKey));
        Assert.Single(Sent, sent => sent.To == "carer");
    }

    [Fact]
    public async Task Restart_AfterHoursOff_AFallThatNobodyAnsweredIsToldAgain()
    {
        await StartAsync();
        await FallAsync();
        await UntilAsync(() => Store.Deliveries(null, 10) is [{ State: DeliveryState.Delivered }]);
        await StopAsync();
        Time.Advance(TimeSpan.FromHours(3));

        await StartAsync();
        await UntilAsync(() => Sent.Count == 2);

        Assert.Equal(DeliveryKind.Reminder, Sent[1].Message.Kind);
        Assert.True(Assert.Single(Desk.Open).IsUnanswered);
    }

    [Theory]
    [InlineData(AlertKind.Storage)]
    [InlineData(AlertKind.Disk)]
    [InlineData(AlertKind.Configuration)]
    public async Task DeviceFault_IsToldOnceAndItsEndOnce(AlertKind kind)
    {
        await StartAsync();
        await PassAsync(TimeSpan.FromMinutes(3));
        Faults[kind] = "something is wrong";
        await UntilAsync(() => Sent.Count == 1);
        await PassAsync(TimeSpan.FromMinutes(10));
        Faults.Clear();
        await UntilAsync(() => Sent.Count == 2);
        await PassAsync(TimeSpan.FromMinutes(10));

        Assert.Equal([(kind, DeliveryKind.Alert), (kind, DeliveryKind.Update)], Sent.Select(sent => (sent.Message.About, sent.Message.Kind)));
        Assert.Empty(Desk.Open);
    }

    [Fact]
    public async Task DeviceFault_NobodyCanBeTold_IsRaisedOnce()
    {
        Providers.Fail("json://carer", DeliveryOutcome.Permanent("wrong token"));
        await StartAsync();
        Faults[AlertKind.Disk] = "full";
        await UntilAsync(() => Store.Deliveries(null, 10).Count > 0);
        await PassAsync(TimeSpan.FromMinutes(5));

        Assert.Single(Store.Alerts(new AlertQuery()));
    }

    [Fact]
    public async Task DeviceFault_GoneWhileTheProgramWasOff_Ends()
    {
        await StartAsync();
        Faults[AlertKind.Disk] = "full";
        await UntilAsync(() => Sent.Count == 1);
        await StopAsync();
        Faults.Clear();

        await StartAsync();
        await UntilAsync(() => Sent.Count == 2);

        Assert.Equal(DeliveryKind.Update, Sent[1].Message.Kind);
        Assert.Empty(Desk.Open);
    }

    [Fact]
    public async Task Program_WasKilled_IsTold()
    {
        Store.Commit(new AlertChanges { IsRunning = true });
        await StartAsync();
        await UntilAsync(() => Sent.Count == 1);

        Assert.Equal(AlertKind.Restart, Sent[0].Message.About);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-3)]
    [InlineData(24)]
    public async Task Clock_IsSet_WhatWaitsIsSentAndNothingIsRepeated(int hours)
    {
        Configuration = Configured(("default", ["json://carer"]), ("other", ["json://other"]));
        Providers.Fail("json://carer", Away);
        await StartAsync();
        await FallAsync();
        await UntilAsync(() => Store.Deliveries(null, 10) is [{ Attempts: > 0 }]);

        Time.Step = TimeSpan.FromHours(hours);
        await SettleAsync();
        Providers.Send = (_, _, _) => Task.FromResult(DeliveryOutcome.Delivered);
        var set = Now;
        await UntilAsync(() => Sent.Count == 1);
        await FallAsync("second", track: 2);
        await UntilAsync(() => Sent.Count == 2);

        Assert.True(Now - set < TimeSpan.FromMinutes(3), "critical messages do not wait for a clock");
        Assert.Equal(["fall", "second"], Sent.Select(sent => sent.Message.EventId));
        Assert.Equal(2, Desk.Open.Count);
        Assert.All(Desk.Open, alert => Assert.True(alert.IsUnanswered));
    }
}

using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;

namespace Ambianic.Tests.Core.Alerts;

/// <summary>The running desk: what people hear, whatever happens to the disk, the clock, the providers and the program.</summary>
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
    public async Task Store_CannotStore_ItIsSentFromMemoryAndStoredLater()
    {
        await StartAsync();
        Store.IsBroken = true;
        await FallAsync();
        await UntilAsync(() => Sent.Count == 1);
        Assert.Contains("the disk is full", Desk.Fault, StringComparison.Ordinal);

        Store.IsBroken = false;
        await UntilAsync(() => Desk.Fault is null);

        Assert.Equal(AlertKind.Fall, Assert.Single(Store.Alerts(new AlertQuery())).Kind);
        Assert.Equal(DeliveryState.Delivered, Assert.Single(Store.Deliveries(null, 10)).State);
    }

    [Fact]
    public async Task Store_CannotBeReadAtTheStart_IsReadLaterAndNothingIsLost()
    {
        Providers.Fail("json://carer", Away);
        await StartAsync();
        await FallAsync();
        await UntilAsync(() => Store.Deliveries(null, 10) is [{ Attempts: > 0 }]);
        await StopAsync();
        Providers.Send = (_, _, _) => Task.FromResult(DeliveryOutcome.Delivered);
        Store.IsBroken = true;
        await StartAsync();
        await FallAsync("second", track: 2);
        await UntilAsync(() => Sent.Count == 1);

        Store.IsBroken = false;
        await UntilAsync(() => Sent.Count == 2);

        Assert.Equal(["fall", "second"], Sent.Select(sent => sent.Message.EventId).Order(StringComparer.Ordinal));
        Assert.Equal(2, Desk.Open.Count(alert => alert.Kind == AlertKind.Fall));
    }

    [Fact]
    public async Task Store_CannotStoreHowAnAlertEnded_TheOthersHearItAsItIs()
    {
        Configuration = Configured(("default", ["json://anna", "json://bob"]));
        await StartAsync();
        await FallAsync();
        await UntilAsync(() => Sent.Count == 2);
        var id = Desk.Open[0].Id;
        Store.IsBroken = true;

        await Desk.AnswerAsync(id, AlertAnswer.FalseAlarm, "anna", Cancellation);
        await UntilAsync(() => Sent.Count == 4);

        Assert.All(Sent.Skip(2), sent => Assert.StartsWith("Over: Somebody fell", sent.Message.Title, StringComparison.Ordinal));
        Assert.Equal(AlertState.Closed, Desk.Find(id)?.State);
    }

    [Fact]
    public async Task Provider_FailsAgainAndAgain_IsLoggedOnce()
    {
        Providers.Fail("json://carer", Away);
        await StartAsync();
        await FallAsync();
        await PassAsync(TimeSpan.FromMinutes(14));

        Assert.Single(Log.Lines, line => line.Contains("was not sent", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fall_CouldNotBeStored_IsToldAtOnceAndNotAgainOnceItIs()
    {
        await StartAsync();
        Desk.Take(Fall("fall"));
        await UntilAsync(() => Sent.Count == 1);

        Timeline.Add(Fall("fall"));
        await FallAsync("second", track: 2);
        await UntilAsync(() => Sent.Count == 2);

        Assert.Equal(["fall", "second"], Sent.Select(sent => sent.Message.EventId));
        Assert.Equal(1, Desk.Open.Single(alert => alert.EventId == "fall").Triggers);
    }

    [Fact]
    public async Task Timeline_BreaksInTheMiddleOfWhatWasMissed_TheFallIsToldAllTheSame()
    {
        await StartAsync();
        await StopAsync();
        Time.Advance(TimeSpan.FromHours(5));
        Timeline.Add(Fall("fall", ago: TimeSpan.FromHours(4)));
        for (var number = 0; number < 300; number++)
        {
            Timeline.Add(Person($"p{number}", TimeSpan.FromHours(3)));
        }

        Timeline.BreaksAfterReads = 1;
        await StartAsync();
        await UntilAsync(() => Sent.Count == 1);

        Assert.Contains("1 x FALL (hall)", Sent[0].Message.Text, StringComparison.Ordinal);
        Assert.Equal("Missed alerts, including a fall: hall", Sent[0].Message.Title);
    }

    [Fact]
    public async Task Missed_ThatSomebodyGotUp_EndsTheFallThatIsStillOpen()
    {
        await StartAsync();
        await FallAsync();
        await UntilAsync(() => Sent.Count == 1);
        Timeline.Add(GotUp("up", ago: TimeSpan.FromHours(2)));
        await UntilAsync(() => Desk.Open is [{ ResolvedAt: not null }]);
    }

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
    public async Task Picture_CannotBeReadAsTheDiskHangs_TheMessageIsSentWithoutAndAllElseGoesOn()
    {
        Configuration = Configuration with { Notifications = new Dictionary<string, NotificationOptions> { ["default"] = new() { Providers = ["json://carer"], IncludeAttachments = true } } };
        using var hangs = new ManualResetEventSlim();
        PictureOf = _ =>
        {
            hangs.Wait();
            return null;
        };
        await StartAsync();
        await FallAsync();
        await UntilAsync(() => Sent.Count == 1);
        await FallAsync("second", 2);
        await UntilAsync(() => Sent.Count == 2);

        Assert.Null(Sent[0].Message.Picture);
        Assert.True(Desk.IsAlive);
        hangs.Set();
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
    public async Task Store_IsReplaced_EverythingIsStoredAgain()
    {
        Providers.Fail("json://carer", Away);
        await StartAsync();
        await FallAsync("one", 1);
        await FallAsync("two", 2);
        await UntilAsync(() => Store.Deliveries(null, 10).Count == 2);

        Store.Replace();
        await FallAsync("three", 3);
        await UntilAsync(() => Store.Alerts(new AlertQuery { IsOpen = true }).Count == 3);

        Assert.Equal(3, Store.Deliveries(null, 10).Select(delivery => delivery.AlertId).Distinct().Count());
        Assert.True(Store.IsAlerted("one"));
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

    [Fact]
    public async Task Missed_OlderThanAnHour_BecomesOneSummaryThatIsCriticalForAFall()
    {
        await StartAsync();
        await StopAsync();
        Time.Advance(TimeSpan.FromHours(5));
        for (var number = 0; number < 600; number++)
        {
            Timeline.Add(Person($"p{number}", TimeSpan.FromHours(4)));
        }

        Timeline.Add(Fall("fall", ago: TimeSpan.FromHours(3)));
        await StartAsync();
        await UntilAsync(() => Sent.Count == 1);
        await PassAsync(TimeSpan.FromMinutes(1));

        var (_, message) = Assert.Single(Sent);
        Assert.Equal((AlertKind.Summary, AlertSeverity.Critical), (message.About, message.Severity));
        Assert.Contains("600 x person (hall)", message.Text, StringComparison.Ordinal);
        Assert.Contains("1 x FALL (hall)", message.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Imported_OldEvents_TellNobody()
    {
        await StartAsync();
        Timeline.IsRebuilt = true;
        await FallAsync("imported", ago: TimeSpan.FromDays(30));
        await PassAsync(TimeSpan.FromMinutes(1));

        Assert.Empty(Sent);
        Assert.Empty(Desk.Open);
    }

    [Fact]
    public async Task Timeline_IsRebuilt_NothingIsToldTwice()
    {
        await StartAsync();
        await FallAsync();
        await UntilAsync(() => Store.Deliveries(null, 10) is [{ State: DeliveryState.Delivered }]);

        Timeline.IsRebuilt = true;
        await FallAsync("second", track: 2);
        await UntilAsync(() => Sent.Count == 2);

        Assert.Equal(["fall", "second"], Sent.Select(sent => sent.Message.EventId));
        Assert.All(Desk.Open, alert => Assert.Equal(1, alert.Triggers));
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
    public async Task Provider_Throws_IsTriedAgain()
    {
        var attempts = 0;
        Providers.Send = (_, _, _) => ++attempts < 3 ? throw new InvalidOperationException("a bug") : Task.FromResult(DeliveryOutcome.Delivered);
        await StartAsync();
        await FallAsync();
        await UntilAsync(() => Sent.Count == 1);

        Assert.Equal(3, attempts);
    }

    [Fact]
    public async Task Provider_NeverReturns_IsGivenUpAndTheStopDoesNotWaitForIt()
    {
        Providers.Send = (_, _, cancellation) => Task.Delay(Timeout.InfiniteTimeSpan, Time, cancellation).ContinueWith(_ => Away, TaskScheduler.Default);
        await StartAsync();
        await FallAsync();
        await UntilAsync(() => Store.Deliveries(null, 10) is [{ Attempts: 1 }]);
        await StopAsync();

        Assert.Contains("no answer within 60 s", Store.Deliveries(null, 10)[0].Error, StringComparison.Ordinal);
        Assert.True(Store.Load().EndedCleanly);
    }

    [Fact]
    public async Task Provider_FailsForAQuarterOfAnHour_IsToldThroughTheOther_AndThatItIsOver()
    {
        Configuration = Configured(("default", ["json://carer", "json://other"]));
        Providers.Fail("json://other", Away);
        await StartAsync();
        await FallAsync();
        await UntilAsync(() => Desk.Fault is not null);
        await UntilAsync(() => Sent.Any(sent => sent.Message.About == AlertKind.Provider));
        Assert.Equal("carer", Sent.Single(sent => sent.Message.About == AlertKind.Provider).To);

        Providers.Send = (_, _, _) => Task.FromResult(DeliveryOutcome.Delivered);
        await UntilAsync(() => Sent.Any(sent => sent.Message is { About: AlertKind.Provider, Kind: DeliveryKind.Update }));

        Assert.Null(Desk.Fault);
        Assert.DoesNotContain(Desk.Open, alert => alert.Kind == AlertKind.Provider);
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

    [Fact]
    public async Task Receipt_IsAcknowledged_TheAlertIs()
    {
        Configuration = Configured(("default", ["pover://carer", "json://other"]));
        Providers.Send = (_, _, _) => Task.FromResult(DeliveryOutcome.Delivered with { Receipt = "r1" });
        await StartAsync();
        await FallAsync();
        await UntilAsync(() => Sent.Any(sent => sent.To == "carer"));

        Providers.Receipt = new ReceiptStatus(IsAcknowledged: true, IsFinal: true, "Anna");
        await UntilAsync(() => Desk.Open.Any(alert => alert.AcknowledgedBy == "Anna"));
    }

    [Fact]
    public async Task Receipt_AnsweredElsewhere_TheServiceIsToldToStop()
    {
        Configuration = Configured(("default", ["pover://carer"]));
        Providers.Send = (_, _, _) => Task.FromResult(DeliveryOutcome.Delivered with { Receipt = "r1" });
        await StartAsync();
        await FallAsync();
        await UntilAsync(() => Store.Deliveries(null, 10) is [{ Receipt: "r1" }]);

        await Desk.AnswerAsync(Desk.Open[0].Id, AlertAnswer.TakingCare, "neighbour", Cancellation);
        await UntilAsync(() => Providers.Cancelled.Contains("r1"));
    }

    [Fact]
    public async Task Receipt_AnsweredWhileTheMessageIsUnderWay_TheServiceIsToldToStop()
    {
        Configuration = Configured(("default", ["pover://carer"]));
        var underWay = new TaskCompletionSource<DeliveryOutcome>();
        Providers.Send = (_, message, _) => message.Kind == DeliveryKind.Alert ? underWay.Task : Task.FromResult(DeliveryOutcome.Delivered);
        await StartAsync();
        await FallAsync();
        await Desk.AnswerAsync(Desk.Open[0].Id, AlertAnswer.TakingCare, "neighbour", Cancellation);

        underWay.SetResult(DeliveryOutcome.Delivered with { Receipt = "r1" });
        await Eventually.TrueAsync(() => Providers.Cancelled.Contains("r1")); // no time passes: the message would be given up after a minute
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Receipt_NobodyWantsToHearMore_TheServiceIsToldToStop(bool isSwitchedOff)
    {
        Configuration = Configured(("default", ["pover://carer"]));
        Providers.Send = (_, _, _) => Task.FromResult(DeliveryOutcome.Delivered with { Receipt = "r1" });
        await StartAsync();
        await FallAsync();
        await UntilAsync(() => Store.Deliveries(null, 10) is [{ Receipt: "r1" }, ..]);

        if (isSwitchedOff)
        {
            await Desk.EnableAsync(false, Cancellation);
        }
        else
        {
            Configuration = Configured(("default", ["json://carer"])); // the provider is removed
        }

        await UntilAsync(() => Providers.Cancelled.Contains("r1"));
    }

    [Fact]
    public async Task Chat_HandsOverNoAnswers_IsAFaultUntilItDoes()
    {
        Configuration = Configured(("default", ["tgram://chat"]));
        await StartAsync();
        await UntilAsync(() => Desk.Fault is null);

        Providers.AnswerFault = "Conflict: another program reads them";
        await UntilAsync(() => Desk.Fault is not null);
        await PassAsync(TimeSpan.FromMinutes(10));

        Assert.Equal("chat does not hand over answers: Conflict: another program reads them", Desk.Fault);
        Assert.Single(Log.Lines, line => line.Contains("another program reads them", StringComparison.Ordinal));
        Providers.AnswerFault = null;
        await UntilAsync(() => Desk.Fault is null);
    }

    [Fact]
    public async Task Chat_ListeningBreaks_AnswersAreReadAgain()
    {
        Configuration = Configured(("default", ["tgram://chat"]));
        Providers.BreaksListening = true;
        await StartAsync();
        await FallAsync();
        await UntilAsync(() => Sent.Count == 1);

        Providers.BreaksListening = false;
        await Providers.Answers.Writer.WriteAsync(new ProviderAnswer(Sent[0].Message.AlertId, AlertAnswer.TakingCare, "Ben"), Cancellation);
        await UntilAsync(() => Desk.Open.Any(alert => alert.AcknowledgedBy == "Ben"));
    }

    [Fact]
    public async Task Button_OfAChat_Acknowledges()
    {
        Configuration = Configured(("default", ["tgram://chat"]));
        await StartAsync();
        await FallAsync();
        await UntilAsync(() => Sent.Count == 1);

        await Providers.Answers.Writer.WriteAsync(new ProviderAnswer(Sent[0].Message.AlertId, AlertAnswer.TakingCare, "Ben"), Cancellation);
        await UntilAsync(() => Desk.Open.Any(alert => alert.AcknowledgedBy == "Ben"));
    }

    [Fact]
    public async Task Test_TellsHowEachWent()
    {
        Configuration = Configured(("default", ["json://carer", "json://other", "json://bug"]));
        Providers.Send = (to, _, _) => to switch
        {
            "json://bug" => throw new InvalidOperationException("a bug"),
            "json://other" => Task.FromResult(DeliveryOutcome.Permanent("wrong token")),
            _ => Task.FromResult(DeliveryOutcome.Delivered),
        };
        await StartAsync();

        var results = await Desk.TestAsync(null, Cancellation);

        Assert.Equal([DeliveryOutcomeKind.Delivered, DeliveryOutcomeKind.Permanent, DeliveryOutcomeKind.Passing], results.Select(result => result.Outcome.Kind));
        Assert.Empty(Desk.Open);
    }

    [Fact]
    public async Task Test_AfterTheConfigurationWasEdited_TheEditCountsForAlertsToo()
    {
        await StartAsync();
        Configuration = Configured(("default", ["json://new"]));
        await Desk.TestAsync(null, Cancellation);
        await FallAsync();
        await UntilAsync(() => Sent.Count == 2);

        Assert.All(Sent, sent => Assert.Equal("new", sent.To));
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

    [Fact]
    public async Task Provider_IsDeadWhileThousandsHappen_AreToldAsAFewMessagesAndTheFallAlone()
    {
        const int Many = 10_000;
        Providers.Fail("json://carer", Away);
        await StartAsync();
        for (var number = 0; number < Many; number++)
        {
            Timeline.Add(Person($"p{number}") with { Pipeline = $"camera {number}" });
        }

        await FallAsync();
        await UntilAsync(() => Desk.Open.Count(alert => alert.Kind != AlertKind.Provider) == Many + 1);
        Providers.Send = (_, _, _) => Task.FromResult(DeliveryOutcome.Delivered);
        await UntilAsync(() => Sent.Any(sent => sent.Message.About == AlertKind.Fall));
        await UntilAsync(() => !Store.Deliveries(null, 2 * Many).Any(delivery => delivery.State == DeliveryState.Waiting));

        Assert.InRange(Sent.Count(sent => sent.Message.About != AlertKind.Fall), Many / 100, (Many / 100) + 20);
    }
}

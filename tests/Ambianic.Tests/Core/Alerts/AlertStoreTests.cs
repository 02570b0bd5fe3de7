using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;

namespace Ambianic.Tests.Core.Alerts;

/// <summary>The running desk, whatever happens to its store and the timeline.</summary>
public sealed class AlertStoreTests : DeskFixture
{
    private static readonly DeliveryOutcome Away = DeliveryOutcome.Passing("no answer");

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
}

using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;

namespace Ambianic.Tests.Core.Alerts;

/// <summary>The running desk, whatever the providers do, and the answers that come through them.</summary>
public sealed class AlertProviderTests : DeskFixture
{
    private static readonly DeliveryOutcome Away = DeliveryOutcome.Passing("no answer");

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

using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Core.Vision.Falls;
using CsCheck;

namespace Ambianic.Tests.Core.Alerts;

/// <summary>The state table of docs/reference/alerts.md, row by row.</summary>
public sealed class AlertLifeTests : AlertFixture
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public AlertLifeTests()
    {
        Notifications["default"] = Notifications["default"] with
        {
            Escalate =
            [
                new EscalationOptions { After = 2 * Minute, To = ["neighbour"] },
                new EscalationOptions { After = 5 * Minute, To = ["service"] },
            ],
        };
        Notifications["neighbour"] = new NotificationOptions { Providers = ["json://neighbour"] };
        Notifications["service"] = new NotificationOptions { Providers = ["json://service"] };
    }

    [Fact]
    public void Fall_IsTold_AtOnceToTheFirstLevel()
    {
        Fall();

        Assert.Equal(["default Alert"], Told);
        Assert.Equal((AlertState.Delivered, AlertSeverity.Critical, AlertKind.Fall), (Alert.State, Alert.Severity, Alert.Kind));
    }

    [Fact]
    public void Fall_NobodyAnswers_EscalatesLevelByLevelAndReminds()
    {
        Fall();
        Pass(7 * Minute);

        Assert.Equal(["default Alert", "neighbour Escalation", "service Escalation"], Told);
        Pass(4 * Minute);
        Assert.Equal(["default Reminder", "neighbour Reminder", "service Reminder"], Told.Skip(3).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Fall_NobodyAnswersAtAll_ExpiresAfterAllLevelsAndIsRecorded()
    {
        Fall();
        Pass(AlertBook.GiveUpAfter + (6 * Minute));

        Assert.Empty(Book.Open);
        var ended = Assert.Single(Book.TakeChanges().Alerts);
        Assert.Equal((AlertState.Expired, 2), (ended.State, ended.Level));
        Assert.Contains("service Escalation", Told);
    }

    [Fact]
    public void TakingCare_BeforeTheSecondLevel_StopsEscalationAndTellsTheOthers()
    {
        Fall();
        Pass(3 * Minute);

        Book.Answer(Alert.Id, AlertAnswer.TakingCare, "neighbour", Now);
        Deliver();
        Pass(TimeSpan.FromHours(1));

        Assert.Equal(["default Alert", "neighbour Escalation", "default Taken"], Told);
        Assert.Equal((AlertState.Acknowledged, "neighbour"), (Alert.State, Alert.AcknowledgedBy));
    }

    [Fact]
    public void TakingCare_WhileAMessageIsStillToBeSent_ItIsNotSent()
    {
        Provider = delivery => delivery.Recipient.Notification == "neighbour" ? DeliveryOutcome.Passing("no answer") : DeliveryOutcome.Delivered;
        Fall();
        Pass(2 * Minute);
        Book.Answer(Alert.Id, AlertAnswer.TakingCare, "default", Now);
        Told.Clear();
        Provider = _ => DeliveryOutcome.Delivered;

        Pass(10 * Minute);

        Assert.Equal(["neighbour Taken"], Told);
    }

    [Fact]
    public void TakingCare_BySecondPerson_FirstOneStays()
    {
        Fall();
        Book.Answer(Alert.Id, AlertAnswer.TakingCare, "anna", Now);
        var answered = Book.Answer(Alert.Id, AlertAnswer.TakingCare, "ben", Now);

        Assert.Equal("anna", answered!.AcknowledgedBy);
    }

    [Fact]
    public void GotUp_BeforeAnybodyAnswered_GoesOnUntilAnswered()
    {
        Fall();
        Pass(Minute);
        Fall(FallLabels.GotUp);

        Assert.Equal(AlertState.ResolvedUnacknowledged, Alert.State);
        Pass(90 * TimeSpan.FromSeconds(1));
        Assert.Equal(["default Alert", "default Update", "neighbour Escalation"], Told);
        Assert.Equal(AlertState.ResolvedUnacknowledged, Alert.State);

        var answered = Book.Answer(Alert.Id, AlertAnswer.TakingCare, "neighbour", Now);
        Assert.Equal(AlertState.Closed, answered!.State);
        Assert.Empty(Book.Open);
    }

    [Fact]
    public void GotUp_AfterSomebodyAnswered_Closes()
    {
        Fall();
        Book.Answer(Alert.Id, AlertAnswer.TakingCare, "carer", Now);
        Fall(FallLabels.Recovered);

        Assert.Empty(Book.Open);
        Assert.Equal(AlertState.Closed, Book.TakeChanges().Alerts[^1].State);
    }

    [Fact]
    public void SameFall_GoesOnWhileSomebodyIsOnTheWay_TellsAndDoesNotStartAgain()
    {
        Fall();
        Book.Answer(Alert.Id, AlertAnswer.TakingCare, "carer", Now);
        Pass(Minute);
        Fall(FallLabels.LongLie);

        Assert.Equal("default Update", Told[^1]);
        Assert.Equal((AlertState.Acknowledged, 1), (Alert.State, Alert.Round));
    }

    [Theory]
    [InlineData(FallLabels.Fall, 1)]
    [InlineData(FallLabels.LongLie, 6)]
    public void SameTrack_TriggersAgainAfterAnAnswer_StartsAgain(string label, int minutes)
    {
        Fall();
        Book.Answer(Alert.Id, AlertAnswer.TakingCare, "carer", Now);
        Pass(minutes * Minute);
        Told.Clear();
        Fall(label);
        Pass(3 * Minute);

        Assert.Equal(["default Alert", "neighbour Escalation"], Told);
        Assert.Equal(2, Alert.Round);
    }

    [Fact]
    public void LongLie_OfAnUnansweredFall_RemindsAtOnce()
    {
        Fall();
        Pass(Minute);
        Fall(FallLabels.LongLie);

        Assert.Equal(["default Alert", "default Reminder"], Told);
        Assert.Equal([FallLabels.Fall, FallLabels.LongLie], Alert.Labels);
    }

    [Fact]
    public void OtherTrack_IsAnotherAlert()
    {
        Fall(track: 1);
        Fall(track: 2);

        Assert.Equal(["default Alert", "default Alert"], Told);
        Assert.Equal(2, Book.Open.Count);
    }

    [Fact]
    public void FalseAlarm_ClosesAndTellsTheOthers()
    {
        Fall();
        Pass(3 * Minute);
        var answered = Book.Answer(Alert.Id, AlertAnswer.FalseAlarm, "default", Now);
        Deliver();

        Assert.Equal((AlertState.Closed, AlertFeedback.FalseAlarm), (answered!.State, answered.Feedback));
        Assert.Equal(["default Update", "neighbour Update"], Told.Skip(2).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void FalseAlarm_OfOneThatIsOver_TellsTheOthersWhoAnswered()
    {
        Fall();
        Pass(3 * Minute);
        Fall(FallLabels.GotUp);
        Told.Clear();
        Book.Answer(Alert.Id, AlertAnswer.FalseAlarm, "neighbour", Now);
        Deliver();

        Assert.Equal(["default Taken"], Told);
        Assert.Empty(Book.Open);
    }

    [Fact]
    public void CallForHelp_TellsTheNextLevelAtOnceAndIsNoAnswer()
    {
        Fall();
        Book.Answer(Alert.Id, AlertAnswer.CallForHelp, "default", Now);
        Deliver();

        Assert.Equal(["default Alert", "neighbour Escalation"], Told);
        Assert.True(Alert.IsUnanswered);
        Pass(6 * Minute);
        Assert.Contains("service Escalation", Told);
    }

    [Fact]
    public void CallForHelp_AfterSomebodyTookCare_GoesOnFromTheNextLevelUntilAnswered()
    {
        Fall();
        Book.Answer(Alert.Id, AlertAnswer.TakingCare, "default", Now);
        Pass(20 * Minute);
        Told.Clear();

        Book.Answer(Alert.Id, AlertAnswer.CallForHelp, "default", Now);
        Deliver();
        Assert.Equal(["neighbour Escalation"], Told);
        Assert.True(Alert.IsUnanswered);
        Pass(6 * Minute);

        Assert.Contains("service Escalation", Told);
        Book.Answer(Alert.Id, AlertAnswer.TakingCare, "neighbour", Now);
        Assert.Equal(("neighbour", AlertState.Acknowledged), (Alert.AcknowledgedBy, Alert.State));
    }

    [Fact]
    public void HappensAgain_WhileThatSomebodyTookCareStillWaits_NobodyIsToldThatAnyMore()
    {
        Fall();
        Pass(3 * Minute);
        Provider = _ => DeliveryOutcome.Passing("no connection");
        Book.Answer(Alert.Id, AlertAnswer.TakingCare, "default", Now);
        Deliver();
        Now += 10 * Minute;
        Fall();

        Assert.DoesNotContain(Book.Outbox.Queues.SelectMany(queue => queue.Waiting), delivery => delivery.Kind is DeliveryKind.Taken or DeliveryKind.Update);
        Assert.True(Alert.IsUnanswered);
    }

    [Fact]
    public void LaterLevel_RefusesForEver_TheOneAfterIsToldAtOnce()
    {
        Provider = delivery => delivery.Recipient.Notification == "neighbour" ? DeliveryOutcome.Permanent("401") : DeliveryOutcome.Delivered;
        Fall();
        Pass(2 * Minute);

        Assert.Equal(["default Alert", "neighbour Escalation", "service Escalation"], Told);
    }

    [Fact]
    public void Level_WithNobodyOnIt_IsPassedOver()
    {
        Notifications["neighbour"] = Notifications["neighbour"] with { Enabled = false };
        Fall();
        Pass(2 * Minute);

        Assert.Equal(["default Alert", "service Escalation"], Told);
    }

    [Fact]
    public void Entry_IsRenamed_TheOtherOneTellsHowItGoesOn()
    {
        Fall();
        var before = Notifications["default"];
        Notifications.Remove("default");
        Notifications["family"] = before;
        Book.Use(Settings(), Now);
        Pass(3 * Minute);

        Assert.Equal(["default Alert", "neighbour Escalation"], Told);
        Assert.Equal("family", Alert.Notification);
        Fall(FallLabels.GotUp);
        Assert.Equal(AlertState.ResolvedUnacknowledged, Alert.State);
    }

    [Fact]
    public void LongLie_ReportedTwiceAfterSomebodyTookCare_DoesNotStartAgain()
    {
        Fall();
        Book.Answer(Alert.Id, AlertAnswer.TakingCare, "default", Now);
        Deliver();
        Fall(FallLabels.LongLie);
        Pass(Minute);
        Fall(FallLabels.LongLie);
        Pass(3 * Minute);

        Assert.Equal(AlertState.Acknowledged, Alert.State);
        Assert.DoesNotContain(Told, told => told.Contains("Escalation", StringComparison.Ordinal));
    }

    [Fact]
    public void TakingCare_OneOfTwoOfAnEntry_TheOtherHearsOfIt()
    {
        Notifications["default"] = Notifications["default"] with { Providers = ["json://anna", "json://bob"] };
        Fall();
        Book.Answer(Alert.Id, AlertAnswer.TakingCare, "default", Now, new Recipient("default", 0));

        var taken = Assert.Single(Book.Outbox.Queues.SelectMany(queue => queue.Waiting));
        Assert.Equal((DeliveryKind.Taken, new Recipient("default", 1)), (taken.Kind, taken.Recipient));
    }

    [Fact]
    public void Expired_IsAnsweredAfterAll_TheOthersHearOfIt()
    {
        Fall();
        Pass(AlertBook.GiveUpAfter + (6 * Minute));
        var ended = Book.TakeChanges().Alerts[^1];
        Told.Clear();

        Book.Reopen(ended);
        Book.Answer(ended.Id, AlertAnswer.TakingCare, "neighbour", Now);
        Deliver();

        Assert.Equal(AlertState.Acknowledged, Alert.State);
        Assert.Equal(["default Taken", "service Taken"], Told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void FirstLevel_RefusesForEver_NextLevelIsToldAtOnce()
    {
        Provider = delivery => delivery.Recipient.Notification == "default" ? DeliveryOutcome.Permanent("401") : DeliveryOutcome.Delivered;
        Fall();

        Assert.Equal(["default Alert", "neighbour Escalation"], Told);
    }

    [Fact]
    public void FirstLevel_IsDead_NextLevelIsToldInTime()
    {
        Provider = delivery => delivery.Recipient.Notification == "default" ? DeliveryOutcome.Passing("no connection") : DeliveryOutcome.Delivered;
        Fall();
        Pass(2 * Minute);

        Assert.Equal("neighbour Escalation", Told[^1]);
        Assert.Equal(AlertState.Delivered, Alert.State);
    }

    [Fact]
    public void Reminder_WhileTheFirstMessageStillWaits_IsNotAddedToIt()
    {
        Provider = _ => DeliveryOutcome.Passing("no connection");
        Fall();
        Fall(FallLabels.LongLie);
        Pass(60 * Minute);

        Assert.All(Book.Outbox.Queues, queue => Assert.Single(queue.Waiting));
        Assert.Equal(3, Book.Outbox.Queues.Count);
    }

    [Fact]
    public void UntilDelivered_IsNotEscalatedOnceDeliveredAndStillNeedsAnAnswer()
    {
        Notifications["default"] = Notifications["default"] with { Until = AlertUntil.Delivered };
        Fall();
        Pass(30 * Minute);

        Assert.Equal(["default Alert"], Told);
        Assert.True(Alert.IsUnanswered);
        Pass(AlertBook.GiveUpAfter);
        Assert.Equal(["default Alert"], Told);
        Assert.Equal(AlertState.Expired, Book.TakeChanges().Alerts[^1].State);
    }

    [Fact]
    public void Snooze_HoldsTheNextFallBack_UntilItsEnd()
    {
        Book.Snooze("hall", Now + (30 * Minute), Now);
        Fall();
        Assert.Empty(Told);

        Pass(29 * Minute);
        Assert.Empty(Told);
        Pass(2 * Minute);
        Assert.Equal(["default Alert"], Told);
    }

    [Fact]
    public void Snooze_ByTheButton_AnswersAndHoldsBack()
    {
        Fall();
        Book.Answer(Alert.Id, AlertAnswer.Snooze, "default", Now);
        Deliver();
        Told.Clear();
        Fall(track: 2);

        Assert.Empty(Told);
        Assert.Equal(AlertState.Acknowledged, Book.Open.Single(alert => alert.Incident.EndsWith(":1", StringComparison.Ordinal)).State);
    }

    [Fact]
    public void Devices_AreToldOnceAndByTheirSeverity()
    {
        Devices.Add(new PushSubscription("aa", "https://push/1", "", "", "phone", AlertSeverity.Info));
        Devices.Add(new PushSubscription("bb", "https://push/2", "", "", "tablet", AlertSeverity.Critical));
        Seen("person");
        Fall();

        Assert.Equal(["default Alert", "aa Alert"], Told[..2]);
        Assert.Equal(["aa Alert", "bb Alert", "default Alert"], Told[2..].Order(StringComparer.Ordinal));
    }

    /// <summary>A critical alert ends by an answer, or after everybody was told: whatever happens in whatever order.</summary>
    [Fact]
    public void CriticalAlert_WhateverHappens_EndsAnsweredOrAfterAllLevels() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 400]).Array[1, 40].Sample(
            steps =>
            {
                var story = new AlertLifeTests();
                Dictionary<string, Alert> ended = [];
                foreach (var (action, seconds) in steps)
                {
                    story.Pass(TimeSpan.FromSeconds(seconds));
                    story.Act(action);
                    Collect();
                }

                story.Pass(TimeSpan.FromDays(2));
                Collect();

                Assert.DoesNotContain(story.Book.Open, alert => alert.Severity == AlertSeverity.Critical);
                foreach (var alert in ended.Values.Where(alert => alert.Severity == AlertSeverity.Critical))
                {
                    Assert.True(
                        alert.State == AlertState.Closed ? alert.AcknowledgedAt is not null : alert is { State: AlertState.Expired, Level: 2 },
                        $"{alert.State}, level {alert.Level}, answered by {alert.AcknowledgedBy}");
                }

                void Collect()
                {
                    foreach (var alert in story.Book.TakeChanges().Alerts.Where(alert => alert.HasEnded))
                    {
                        ended[alert.Id] = alert;
                    }
                }
            },
            iter: 2000);

    private void Act(int action)
    {
        var alert = Book.Open.FirstOrDefault();
        switch (action)
        {
            case 0: Fall(); break;
            case 1: Fall(FallLabels.LongLie); break;
            case 2: Fall(FallLabels.GotUp); break;
            case 3: Fall(track: 2); break;
            case 4: Seen("person"); break;
            case 5: Provider = _ => DeliveryOutcome.Permanent("400"); break;
            case 6: Provider = _ => DeliveryOutcome.Passing("away"); break;
            case 7: Provider = _ => DeliveryOutcome.Delivered; break;
            case 8 when alert is not null: Book.Answer(alert.Id, AlertAnswer.TakingCare, "carer", Now); break;
            case 9 when alert is not null: Book.Answer(alert.Id, AlertAnswer.CallForHelp, "carer", Now); break;
        }
    }
}

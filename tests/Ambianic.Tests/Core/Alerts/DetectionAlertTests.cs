using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Core.Health;
using Ambianic.Core.Visibility;

namespace Ambianic.Tests.Core.Alerts;

/// <summary>What is merely good to know: visits, cooldown, quiet hours, schedules, outages.</summary>
public sealed class DetectionAlertTests : AlertFixture
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Visit_OfManyEvents_IsOneMessageAndOneSummary()
    {
        for (var count = 0; count < 10; count++)
        {
            Seen("person");
            Pass(Minute);
        }

        Assert.Equal(["default Alert"], Told);
        Pass(5 * Minute);

        Assert.Equal(["default Alert", "default Summary"], Told);
        Assert.Empty(Book.Open);
        Assert.Equal(10, Book.TakeChanges().Alerts[^1].Triggers);
    }

    [Fact]
    public void Visit_NobodyWantsToHearOf_EndsAsAnyOther()
    {
        Notifications["default"] = new NotificationOptions();
        Devices.Add(new PushSubscription("phone", "https://push.example.org/1", "", "", "phone", AlertSeverity.Critical));
        Seen("person");
        Pass(TimeSpan.FromHours(1));

        Assert.Empty(Told);
        Assert.Empty(Book.Open);
    }

    [Fact]
    public void SwitchedOff_DuringAnOutage_TheNextOneIsTold()
    {
        Outage(VisibilityState.NoVideo);
        Pass(6 * Minute);
        Book.SwitchOff(Now);
        Pass(Minute); // its end is not heard of
        Outage(VisibilityState.NoVideo);
        Pass(6 * Minute);

        Assert.Equal(["default Alert", "default Alert"], Told);
    }

    [Fact]
    public void Visit_OfOneEvent_IsOneMessage()
    {
        Seen("person");
        Pass(TimeSpan.FromHours(1));

        Assert.Equal(["default Alert"], Told);
    }

    [Fact]
    public void NewVisit_AfterTheCooldown_IsANewAlert()
    {
        Seen("person");
        Pass(6 * Minute);
        Seen("person");

        Assert.Equal(["default Alert", "default Alert"], Told);
    }

    [Fact]
    public void ParkedCar_HidesNobodyWhoComes()
    {
        for (var minute = 0; minute < 30; minute++)
        {
            Seen(minute is 10 or 25 ? ["car", "person"] : ["car"]);
            Pass(Minute);
        }

        Assert.Equal(3, Told.Count(told => told == "default Alert"));
    }

    [Theory]
    [InlineData("person", .95, true)]
    [InlineData("person", .5, false)]
    [InlineData("dog", .95, false)]
    public void Filters_DecideWhatIsTold(string label, double least, bool isTold)
    {
        Notifications["default"] = Notifications["default"] with { Labels = ["Person"], MinConfidence = 1 - least + .5 };
        Seen(label);

        Assert.Equal(isTold, Told.Count == 1);
    }

    [Fact]
    public void Filters_NeverHideAFall()
    {
        Notifications["default"] = Notifications["default"] with { Labels = ["dog"], MinConfidence = 1, QuietHours = [new WeeklyHours()] };
        Fall();

        Assert.Equal(["default Alert"], Told);
    }

    [Fact]
    public void QuietHours_HoldBackUntilTheirEnd()
    {
        Notifications["default"] = Notifications["default"] with { QuietHours = [new WeeklyHours { From = new(11, 0), To = new(13, 30) }] };
        Seen("person");
        Seen("dog");
        Pass(89 * Minute);
        Assert.Empty(Told);

        Pass(2 * Minute);

        Assert.Equal(2, Told.Count(told => told == "default Alert"));
        Assert.All(Book.TakeChanges().Deliveries, delivery => Assert.True(delivery.IsHeld));
    }

    [Fact]
    public void Schedule_OutsideOfIt_NothingIsTold()
    {
        Notifications["default"] = Notifications["default"] with { Schedule = [new WeeklyHours { Days = [Weekday.Tue], From = new(8, 0), To = new(18, 0) }] };
        Seen("person");
        Assert.Empty(Told);

        Pass(TimeSpan.FromDays(1));
        Seen("person");
        Assert.Equal(["default Alert"], Told);
    }

    [Fact]
    public void Outage_ShorterThanOutageAfter_IsNeverTold()
    {
        Outage(VisibilityState.NoVideo);
        Pass(4 * Minute);
        Outage(VisibilityState.Visible);
        Pass(TimeSpan.FromHours(1));

        Assert.Empty(Told);
        Assert.Empty(Book.Open);
    }

    [Fact]
    public void Outage_ThatLasts_IsToldAndItsEndToo()
    {
        Outage(VisibilityState.Frozen);
        Pass(5 * Minute);
        Assert.Equal(["default Alert"], Told);

        Outage(VisibilityState.Visible);
        Assert.Equal(["default Alert", "default Update"], Told);
        Assert.Empty(Book.Open);
    }

    [Fact]
    public void Names_OfTheEvent_DecideWhoIsTold()
    {
        Notifications["family"] = new NotificationOptions { Providers = ["json://family"] };
        See(Event([new("person", .9f, new(0, 0, 1, 1))]) with { Notify = ["family", "nobody"] });

        Assert.Equal(["family Alert"], Told);
    }

    [Fact]
    public void SameEvent_Twice_IsOneAlertWithOneKey()
    {
        var seen = Event([Detected("FALL", 1)], "e1");
        See(seen);
        var first = Book.TakeChanges().Deliveries[^1].Id;
        var again = new AgainFixture();

        Assert.Equal(first, again.DeliveryIdOf(seen));
    }

    [Fact]
    public void Outage_BeginsOutsideTheSchedule_IsToldWhenTheScheduleBegins()
    {
        Notifications["default"] = Notifications["default"] with { Schedule = [new WeeklyHours { From = new(14, 0), To = new(20, 0) }] };
        Outage(VisibilityState.NoVideo); // at 12:00
        Pass(TimeSpan.FromMinutes(119));
        Assert.Empty(Told);

        Pass(TimeSpan.FromMinutes(2));
        Assert.Equal(["default Alert"], Told);
    }

    [Fact]
    public void Outage_OfAPipelineThatWasRemoved_Ends()
    {
        Outage(VisibilityState.NoVideo);
        Pass(TimeSpan.FromMinutes(10));
        Assert.Single(Book.Open);

        Book.Use(new AlertSettings(new AmbianicConfiguration { Notifications = Notifications }, Zone, Devices), Now);

        Assert.Empty(Book.Open);
    }

    [Fact]
    public void QuietHours_BeginAfterTheFirstMessage_TheReminderWaitsForTheirEnd()
    {
        Notifications["default"] = Notifications["default"] with
        {
            Severity = AlertSeverity.Warning,
            Until = AlertUntil.Acknowledged,
            RepeatEvery = TimeSpan.FromMinutes(10),
            QuietHours = [new WeeklyHours { From = new(12, 5), To = new(13, 0) }],
        };
        Seen("person");
        Pass(TimeSpan.FromMinutes(59));
        Assert.Equal(["default Alert"], Told);

        Pass(TimeSpan.FromMinutes(2));
        Assert.Equal(["default Alert", "default Reminder"], Told);
    }

    private void Outage(VisibilityState visibility) => See(Event([]) with
    {
        Outage = new OutageReport("hall", "camera", Now, visibility, Now, "no frames"),
    });

    /// <summary>The same program, started again.</summary>
    private sealed class AgainFixture : AlertFixture
    {
        public string DeliveryIdOf(Ambianic.Core.Timeline.DetectionEvent seen)
        {
            See(seen);
            return Book.TakeChanges().Deliveries[^1].Id;
        }
    }
}

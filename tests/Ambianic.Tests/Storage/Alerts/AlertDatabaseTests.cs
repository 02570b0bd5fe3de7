using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Core.Timeline;
using CsCheck;
using Microsoft.Data.Sqlite;

namespace Ambianic.Tests.Storage.Alerts;

public sealed class AlertDatabaseTests : IDisposable
{
    private readonly AlertFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Load_FirstStart_IsEmptyAndEnabled()
    {
        using var database = _fixture.Open();

        var journal = database.Load();

        Assert.Equal((null, true, true), (journal.Cursor, journal.EndedCleanly, journal.IsEnabled));
        Assert.Empty(journal.Open);
        Assert.Empty(journal.Waiting);
        Assert.Empty(journal.Snoozes);
    }

    [Fact]
    public void Alerts_AnyAlert_IsAsItWasCommitted()
    {
        using var database = _fixture.Open();

        Gen.Int[0, int.MaxValue].Sample(
            seed =>
            {
                var alert = AnyRecord.Of<Alert>(new Random(seed));
                database.Commit(new AlertChanges { Alerts = [alert] });
                AnyRecord.AssertSame(alert, Assert.Single(database.Alerts(new AlertQuery { Id = alert.Id })));
            },
            iter: 50,
            threads: 1);
    }

    [Fact]
    public void Deliveries_AnyDelivery_IsAsItWasCommitted()
    {
        using var database = _fixture.Open();

        Gen.Int[0, int.MaxValue].Sample(
            seed =>
            {
                var delivery = AnyRecord.Of<Delivery>(new Random(seed));
                database.Commit(new AlertChanges { Deliveries = [delivery] });
                AnyRecord.AssertSame(delivery, Assert.Single(database.Deliveries(delivery.AlertId, 2)));
            },
            iter: 50,
            threads: 1);
    }

    [Fact]
    public void Subscriptions_AnySubscription_IsAsItWasStored()
    {
        using var database = _fixture.Open();
        var subscription = AnyRecord.Of<PushSubscription>(new Random(1));

        database.Subscribe(subscription);

        AnyRecord.AssertSame(subscription, Assert.Single(database.Subscriptions()));
    }

    [Fact]
    public void Load_AfterRestart_HasWhatIsNotFinished()
    {
        var cursor = AnyRecord.Of<EventCursor>(new Random(1));
        var until = AlertFixture.Start.AddMinutes(30).AddTicks(7);
        var first = _fixture.Open();
        first.Commit(new AlertChanges
        {
            Cursor = cursor,
            Alerts = [AlertFixture.Alert("open"), AlertFixture.Alert("closed", state: AlertState.Closed), AlertFixture.Alert("acknowledged", 1, state: AlertState.Acknowledged)],
            Deliveries =
            [
                AlertFixture.Delivery("waiting", "open"),
                AlertFixture.Delivery("waiting of closed", "closed"),
                AlertFixture.Delivery("delivered", "open", state: DeliveryState.Delivered),
                AlertFixture.Delivery("receipt", "open", state: DeliveryState.Delivered, receipt: "r"),
                AlertFixture.Delivery("receipt of closed", "closed", state: DeliveryState.Delivered, receipt: "r"),
            ],
            Snoozes = new Dictionary<string, DateTimeOffset> { ["front"] = until, ["back"] = AlertFixture.Start.AddMinutes(30) },
            IsRunning = true,
            IsEnabled = false,
        });
        first.Commit(new AlertChanges { Snoozes = new Dictionary<string, DateTimeOffset> { ["back"] = AlertFixture.Start } });

        var journal = _fixture.Reopen(first).Load();

        AnyRecord.AssertSame(cursor, journal.Cursor!);
        Assert.Equal(["open", "acknowledged"], journal.Open.Select(alert => alert.Id));
        Assert.Equal(["waiting", "waiting of closed", "receipt"], journal.Waiting.Select(delivery => delivery.Id));
        Assert.Equal([KeyValuePair.Create("front", until)], journal.Snoozes);
        Assert.Equal((false, false), (journal.EndedCleanly, journal.IsEnabled));
    }

    [Fact]
    public void Load_AfterACleanEnd_SaysSo()
    {
        var database = _fixture.Open();
        database.Commit(new AlertChanges { IsRunning = true, IsEnabled = false });
        database.Commit(new AlertChanges { IsRunning = false, IsEnabled = true });

        var journal = _fixture.Reopen(database).Load();

        Assert.Equal((true, true), (journal.EndedCleanly, journal.IsEnabled));
    }

    [Fact]
    public void Commit_FailsInTheMiddle_LeavesNothingAndCanBeTriedAgain()
    {
        var database = _fixture.Open();
        database.Commit(new AlertChanges { Alerts = [AlertFixture.Alert("first")], IsRunning = true });
        _fixture.Sql("CREATE TRIGGER fails BEFORE INSERT ON settings WHEN NEW.name = 'cursor' BEGIN SELECT RAISE(ABORT, 'no room'); END;");
        var changes = new AlertChanges
        {
            Alerts = [AlertFixture.Alert("first", state: AlertState.Closed), AlertFixture.Alert("second")],
            Deliveries = [AlertFixture.Delivery("delivery", "second")],
            Events = [("second", "event")],
            Snoozes = new Dictionary<string, DateTimeOffset> { ["front"] = AlertFixture.Start.AddHours(1) },
            Cursor = new EventCursor(5, "event", AlertFixture.Start, "numbering"),
            IsRunning = false,
        };

        var error = Assert.Throws<IOException>(() => database.Commit(changes));

        Assert.StartsWith(_fixture.Path, error.Message, StringComparison.Ordinal);
        database = _fixture.Reopen(database);
        var journal = database.Load();
        Assert.Equal(("first", null, false), (Assert.Single(journal.Open).Id, journal.Cursor, journal.EndedCleanly));
        Assert.Empty(journal.Waiting);
        Assert.Empty(journal.Snoozes);
        Assert.False(database.IsAlerted("event"));

        _fixture.Sql("DROP TRIGGER fails;");
        database.Commit(changes);
        database.Commit(changes);

        journal = database.Load();
        Assert.Equal(("second", 5L, true), (Assert.Single(journal.Open).Id, journal.Cursor!.Sequence, journal.EndedCleanly));
        Assert.Equal("delivery", Assert.Single(journal.Waiting).Id);
        Assert.Equal(["event"], database.EventsOf("second"));
        Assert.Equal(2, database.Alerts(new AlertQuery()).Count);
    }

    [Fact]
    public void Alerts_EachFilter_GivesThoseThatMatchNewestFirst()
    {
        using var database = _fixture.Open();
        database.Commit(new AlertChanges
        {
            Alerts =
            [
                AlertFixture.Alert("1", 1, "front", AlertState.Closed),
                AlertFixture.Alert("3", 3, "back") with { Severity = AlertSeverity.Info },
                AlertFixture.Alert("2", 2, "front", AlertState.Expired),
                AlertFixture.Alert("4", 4, "front", AlertState.Delivered),
                AlertFixture.Alert("5", 4, "back", AlertState.Delivered),
            ],
        });

        Assert.Equal("54321", Ids(new AlertQuery()));
        Assert.Equal("2", Ids(new AlertQuery { Id = "2" }));
        Assert.Equal("54", Ids(new AlertQuery { State = AlertState.Delivered }));
        Assert.Equal("543", Ids(new AlertQuery { IsOpen = true }));
        Assert.Equal("21", Ids(new AlertQuery { IsOpen = false }));
        Assert.Equal("3", Ids(new AlertQuery { Severity = AlertSeverity.Info }));
        Assert.Equal("421", Ids(new AlertQuery { Pipeline = "front" }));
        Assert.Equal("32", Ids(new AlertQuery { From = AlertFixture.Start.AddMinutes(2), To = AlertFixture.Start.AddMinutes(4) }));
        Assert.Equal("4", Ids(new AlertQuery { Pipeline = "front", IsOpen = true, Severity = AlertSeverity.Critical, From = AlertFixture.Start.ToUniversalTime() }));
        Assert.Equal("43", Ids(new AlertQuery { Offset = 1, Limit = 2 }));
        Assert.Equal("1", Ids(new AlertQuery { Offset = 4, Limit = 2 }));
        Assert.Equal("", Ids(new AlertQuery { Limit = 0 }));

        string Ids(AlertQuery query) => string.Concat(database.Alerts(query).Select(alert => alert.Id));
    }

    [Fact]
    public void Deliveries_OfOneAlertOrAll_AreNewestFirst()
    {
        using var database = _fixture.Open();
        database.Commit(new AlertChanges
        {
            Deliveries = [AlertFixture.Delivery("1", "a", 1), AlertFixture.Delivery("3", "b", 3), AlertFixture.Delivery("2", "a", 2)],
        });
        database.Commit(new AlertChanges { Deliveries = [AlertFixture.Delivery("1", "a", 1, DeliveryState.Failed)] });

        Assert.Equal(["3", "2"], database.Deliveries(null, 2).Select(delivery => delivery.Id));
        Assert.Equal(["2", "1"], database.Deliveries("a", 10).Select(delivery => delivery.Id));
        Assert.Equal(DeliveryState.Failed, database.Deliveries("a", 10)[1].State);
    }

    [Fact]
    public void EventsOf_EventOfTwoAlerts_IsInBothOnceInTheOrderOfCommit()
    {
        using var database = _fixture.Open();
        database.Commit(new AlertChanges { Events = [("a", "2"), ("a", "1"), ("b", "2")] });
        database.Commit(new AlertChanges { Events = [("a", "2"), ("a", "3")] });

        Assert.Equal(["2", "1", "3"], database.EventsOf("a"));
        Assert.Equal(["2"], database.EventsOf("b"));
        Assert.True(database.IsAlerted("3"));
        Assert.False(database.IsAlerted("a"));
    }

    [Fact]
    public void Feedback_RealAlertsAndARehearsal_CountsTheRealOnesByPipelineAndKind()
    {
        using var database = _fixture.Open();
        database.Commit(new AlertChanges
        {
            Alerts =
            [
                AlertFixture.Alert("1") with { Feedback = AlertFeedback.Correct },
                AlertFixture.Alert("2") with { Feedback = AlertFeedback.FalseAlarm },
                AlertFixture.Alert("3") with { Feedback = AlertFeedback.FalseAlarm },
                AlertFixture.Alert("4") with { Feedback = AlertFeedback.FalseAlarm, IsTest = true },
                AlertFixture.Alert("5"),
                AlertFixture.Alert("6", pipeline: "back") with { Feedback = AlertFeedback.Correct, Kind = AlertKind.Detection },
            ],
        });

        Assert.Equal(
            [new FeedbackCount("back", AlertKind.Detection, 1, 0), new FeedbackCount("front", AlertKind.Fall, 1, 2)], database.Feedback());
    }

    [Fact]
    public void Secret_AskedForAgain_IsTheOneThatWasMadeFirst()
    {
        var database = _fixture.Open();
        var made = 0;

        Assert.Equal([1], database.Secret("links", Make));
        Assert.Equal([1], database.Secret("links", Make));
        Assert.Equal([2], database.Secret("push", Make));
        Assert.Equal([1], _fixture.Reopen(database).Secret("links", Make));

        byte[] Make() => [(byte)++made];
    }

    [Fact]
    public void Secret_AskedForByManyAtOnce_IsOne()
    {
        using var database = _fixture.Open();
        var made = 0;
        byte[]?[] secrets = new byte[16][];

        Parallel.For(0, secrets.Length, i => secrets[i] = database.Secret("links", () => [(byte)Interlocked.Increment(ref made)]));

        Assert.All(secrets, secret => Assert.Equal([1], secret));
    }

    [Fact]
    public void Subscribe_SameEndpointOrId_ReplacesTheEarlierOne()
    {
        using var database = _fixture.Open();
        database.Subscribe(AlertFixture.Subscription("1", "https://push/a"));
        database.Subscribe(AlertFixture.Subscription("2", "https://push/b"));
        database.Subscribe(AlertFixture.Subscription("3", "https://push/a"));
        database.Subscribe(AlertFixture.Subscription("2", "https://push/c"));

        Assert.Equal(["3", "2"], database.Subscriptions().Select(subscription => subscription.Id));
        Assert.Equal("https://push/c", database.Subscriptions()[1].Endpoint);
        Assert.True(database.Unsubscribe("3"));
        Assert.False(database.Unsubscribe("3"));
        Assert.Equal(["2"], database.Subscriptions().Select(subscription => subscription.Id));
    }

    [Fact]
    public void Commit_AlertsOfLongAgo_AreRemovedOnceADay()
    {
        using var database = _fixture.Open();
        database.Commit(new AlertChanges
        {
            Alerts = [AlertFixture.Alert("old", state: AlertState.Closed), AlertFixture.Alert("open")],
            Deliveries = [AlertFixture.Delivery("of old", "old", state: DeliveryState.Delivered), AlertFixture.Delivery("of open", "open")],
            Events = [("old", "event of old"), ("open", "event of open")],
        });
        _fixture.Time.Advance(TimeSpan.FromDays(399));
        var recent = AlertFixture.Alert("recent", 399 * 24 * 60, state: AlertState.Closed);
        database.Commit(new AlertChanges { Alerts = [recent], Events = [("old", "late event of old")] });
        _fixture.Time.Advance(TimeSpan.FromHours(25));

        database.Commit(AlertChanges.None);

        Assert.Equal(["recent", "open"], database.Alerts(new AlertQuery()).Select(alert => alert.Id));
        Assert.Equal(["of open"], database.Deliveries(null, 10).Select(delivery => delivery.Id));
        Assert.False(database.IsAlerted("event of old"));
        Assert.True(database.IsAlerted("late event of old"));
        Assert.True(database.IsAlerted("event of open"));
    }

    [Fact]
    public void Commit_ClockIsYearsAheadByMistake_RemovesNothing()
    {
        using var database = _fixture.Open();
        database.Commit(new AlertChanges { Alerts = [AlertFixture.Alert("old", state: AlertState.Closed)] });
        _fixture.Time.Advance(TimeSpan.FromHours(2));
        database.Commit(AlertChanges.None);

        _fixture.Time.Step = TimeSpan.FromDays(1000);
        _fixture.Time.Advance(TimeSpan.FromDays(1));
        database.Commit(AlertChanges.None);

        Assert.Single(database.Alerts(new AlertQuery()));
    }

    [Fact]
    public void Commit_ManyThreads_StoresAll()
    {
        using var database = _fixture.Open();

        Parallel.For(0, 100, i =>
        {
            database.Commit(new AlertChanges { Alerts = [AlertFixture.Alert($"{i}")] });
            Assert.NotEmpty(database.Alerts(new AlertQuery()));
        });

        Assert.Equal(100, database.Load().Open.Count);
    }

    [Fact]
    public void Commit_NewFile_IsReadableByItsOwnerAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "has no such permissions");
        using var database = _fixture.Open();
        database.Commit(new AlertChanges { Alerts = [AlertFixture.Alert("1")] });

        var files = Directory.GetFiles(_fixture.DataDir, "alerts.db*");

        Assert.Contains(_fixture.Path + "-wal", files);
        Assert.All(files, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, ModeOf(file)));
    }

    [Fact]
    public void Load_FileThatOthersMayRead_IsTakenFromThem()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "has no such permissions");
        var database = _fixture.Open();
        database.Commit(new AlertChanges { Alerts = [AlertFixture.Alert("1")] });
        database.Dispose();
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_fixture.Path, (UnixFileMode)0b110_100_100);
        }

        Assert.Single(_fixture.Open().Load().Open);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, ModeOf(_fixture.Path));
    }

    [Theory]
    [InlineData("SELECT document FROM alerts WHERE ended_at IS NULL ORDER BY raised_at, seq")]
    [InlineData("SELECT document FROM alerts WHERE 1 ORDER BY raised_at DESC, seq DESC LIMIT 100")]
    [InlineData("SELECT document FROM deliveries WHERE state = 'Waiting'")]
    [InlineData("SELECT document FROM deliveries WHERE has_receipt = 1 AND alert_id IN (SELECT id FROM alerts WHERE ended_at IS NULL)")]
    [InlineData("SELECT document FROM deliveries WHERE alert_id = 'a' ORDER BY created_at DESC, seq DESC LIMIT 100")]
    [InlineData("SELECT 1 FROM alert_events WHERE event_id = 'e' LIMIT 1")]
    [InlineData("SELECT event_id FROM alert_events WHERE alert_id = 'a' ORDER BY seq")]
    [InlineData("DELETE FROM alerts WHERE ended_at < 5")]
    public void Index_OfAQuery_IsUsed(string sql)
    {
        using (var database = _fixture.Open())
        {
            database.Load();
        }

        using var connection = new SqliteConnection($"Data Source={_fixture.Path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + sql;
        using var reader = command.ExecuteReader();
        List<string> plan = [];
        while (reader.Read())
        {
            plan.Add(reader.GetString(3));
        }

        Assert.NotEmpty(plan);
        Assert.DoesNotContain(plan, step => step.StartsWith("SCAN", StringComparison.Ordinal) && !step.Contains("INDEX", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
    }

    private static UnixFileMode ModeOf(string file) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(file);
}

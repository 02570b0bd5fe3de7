using Ambianic.Core.Alerts;

namespace Ambianic.Tests.Storage.Alerts;

/// <summary>A reader follows the changes of alerts.</summary>
public sealed class AlertFollowerTests : IDisposable
{
    private readonly AlertFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void ReadAfter_AlertsThatChanged_AreThereOnceAsTheyAreNow()
    {
        var database = _fixture.Open();
        Store(database, AlertFixture.Alert("a"));
        var start = database.End();
        Store(database, AlertFixture.Alert("b"));
        Store(database, AlertFixture.Alert("c"));
        Store(database, AlertFixture.Alert("a", state: AlertState.Acknowledged));
        Store(database, AlertFixture.Alert("b", state: AlertState.Closed));

        var first = _fixture.Reopen(database).ReadAfter(start, 2);
        var second = _fixture.Open().ReadAfter(first.Cursor, 2);

        Assert.Equal([("c", AlertState.Raised), ("a", AlertState.Acknowledged)], first.Alerts.Select(changed => (changed.Alert.Id, changed.Alert.State)));
        Assert.Equal([("b", AlertState.Closed)], second.Alerts.Select(changed => (changed.Alert.Id, changed.Alert.State)));
        Assert.False(first.IsOfAnother);
        Assert.Empty(_fixture.Open().ReadAfter(second.Cursor, 2).Alerts);
    }

    [Fact]
    public void ReadAfter_SameAlertStoredAgain_HasNotChanged()
    {
        var database = _fixture.Open();
        Store(database, AlertFixture.Alert("a"));
        var end = database.End();

        Store(database, AlertFixture.Alert("a"));

        Assert.Empty(database.ReadAfter(end, 10).Alerts);
    }

    [Fact]
    public void ReadAfter_PositionOfAnotherDatabase_SaysSo()
    {
        var database = _fixture.Open();
        Store(database, AlertFixture.Alert("a"));
        var end = database.End();

        Assert.True(database.ReadAfter(end with { Numbering = "other" }, 10).IsOfAnother);
        Assert.True(database.ReadAfter(end with { Change = end.Change + 1 }, 10).IsOfAnother);
    }

    [Fact]
    public void ReadAfter_DatabaseOfAnEarlierVersion_GoesOnWithItsAlerts()
    {
        var database = _fixture.Open();
        Store(database, AlertFixture.Alert("a"));
        Store(database, AlertFixture.Alert("b"));
        database.Dispose();
        _fixture.Sql("DROP INDEX alerts_by_change; ALTER TABLE alerts DROP COLUMN changed; DROP TABLE numbering; PRAGMA user_version = 1;");

        database = _fixture.Open();
        var end = database.End();
        Store(database, AlertFixture.Alert("a", state: AlertState.Closed));

        Assert.Equal("a", Assert.Single(database.ReadAfter(end, 10).Alerts).Alert.Id);
        Assert.Equal(["b", "a"], database.ReadAfter(end with { Change = 0 }, 10).Alerts.Select(changed => changed.Alert.Id));
    }

    [Fact]
    public void ReadAfter_DatabaseWasDamaged_NumbersGoOn()
    {
        var database = _fixture.Open();
        Store(database, AlertFixture.Alert("a"));
        Store(database, AlertFixture.Alert("b"));
        var before = database.End();
        database.Dispose();
        _fixture.Sql("DROP TABLE deliveries;");

        database = _fixture.Open();
        database.Load();
        var end = database.End();
        Store(database, AlertFixture.Alert("c"));

        Assert.True(database.ReadAfter(before, 10).IsOfAnother);
        Assert.Equal("c", Assert.Single(database.ReadAfter(end, 10).Alerts).Alert.Id);
    }

    [Fact]
    public void AlertsStored_AlertIsCommitted_IsRaised()
    {
        var database = _fixture.Open();
        var raised = 0;
        database.AlertsStored += () => raised++;

        Store(database, AlertFixture.Alert("a"));
        database.Commit(new AlertChanges { IsRunning = true });

        Assert.Equal(1, raised);
    }

    private static void Store(Ambianic.Storage.Alerts.AlertDatabase database, Alert alert) => database.Commit(new AlertChanges { Alerts = [alert] });
}

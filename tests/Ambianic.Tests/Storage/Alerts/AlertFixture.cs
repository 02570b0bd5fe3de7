using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Storage.Alerts;
using Ambianic.Storage.Database;
using Microsoft.Data.Sqlite;

namespace Ambianic.Tests.Storage.Alerts;

/// <summary>A data directory that a program uses, and what is needed to store alerts.</summary>
internal sealed class AlertFixture : IDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 5, 1, 10, 0, 0, TimeSpan.FromHours(2));

    private readonly List<AlertDatabase> _opened = [];

    public AlertFixture() => File.WriteAllText(System.IO.Path.Combine(DataDir, ".ambianic-lock"), "");

    public string DataDir { get; } = Directory.CreateTempSubdirectory("ambianic-alerts-").FullName;

    public string Path => System.IO.Path.Combine(DataDir, "alerts.db");

    public TwoClocks Time { get; } = new(Start.ToUniversalTime());

    public LogRecorder<AlertDatabase> Logger { get; } = new();

    /// <summary>Disposed with the fixture, or before.</summary>
    public AlertDatabase Open()
    {
        var database = new AlertDatabase(DataDir, Time, Logger);
        _opened.Add(database);
        return database;
    }

    /// <summary>Closes a database and opens another, as the next run of the program does.</summary>
    public AlertDatabase Reopen(AlertDatabase database)
    {
        database.Dispose();
        return Open();
    }

    public static Alert Alert(string id, double minutes = 0, string pipeline = "front", AlertState state = AlertState.Raised) => new()
    {
        Id = id,
        Incident = $"fall:{pipeline}:{id}",
        Notification = "default",
        Kind = AlertKind.Fall,
        Severity = AlertSeverity.Critical,
        State = state,
        Pipeline = pipeline,
        RaisedAt = Start.AddMinutes(minutes),
        TriggeredAt = Start.AddMinutes(minutes),
        RoundAt = Start.AddMinutes(minutes),
        EndedAt = state is AlertState.Closed or AlertState.Expired ? Start.AddMinutes(minutes) : null,
    };

    public static Delivery Delivery(string id, string alertId, double minutes = 0, DeliveryState state = DeliveryState.Waiting, string? receipt = null) => new()
    {
        Id = id,
        AlertId = alertId,
        Recipient = new Recipient("default", 0),
        Kind = DeliveryKind.Alert,
        Severity = AlertSeverity.Critical,
        State = state,
        CreatedAt = Start.AddMinutes(minutes),
        NotBefore = Start.AddMinutes(minutes),
        Receipt = receipt,
    };

    public static PushSubscription Subscription(string id, string endpoint) => new(id, endpoint, "key", "auth", "phone", AlertSeverity.Warning);

    /// <summary>Runs SQL beside the program.</summary>
    public object? Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        using var command = connection.Command(sql);
        return command.ExecuteScalar();
    }

    public void Dispose()
    {
        _opened.ForEach(database => database.Dispose());
        Directory.Delete(DataDir, recursive: true);
    }
}

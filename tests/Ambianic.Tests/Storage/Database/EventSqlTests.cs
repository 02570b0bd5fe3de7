using Ambianic.Core.Timeline;
using Ambianic.Storage.Database;
using Microsoft.Data.Sqlite;

namespace Ambianic.Tests.Storage.Database;

public sealed class EventSqlTests : IDisposable
{
    private readonly TimelineFixture _fixture = new();

    public static TheoryData<string> Filters => [.. AllFilters.Keys];

    private static Dictionary<string, EventQuery> AllFilters => new()
    {
        ["all"] = new EventQuery(),
        ["time"] = new EventQuery { From = TimelineFixture.Start, To = TimelineFixture.Start },
        ["pipeline"] = new EventQuery { Pipeline = "front" },
        ["pipeline and time"] = new EventQuery { Pipeline = "front", From = TimelineFixture.Start },
        ["label"] = new EventQuery { Label = "person" },
        ["label and time"] = new EventQuery { Label = "person", To = TimelineFixture.Start },
        ["label and pipeline"] = new EventQuery { Label = "person", Pipeline = "front" },
        ["id"] = new EventQuery { Id = "1" },
    };

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [MemberData(nameof(Filters))]
    public void Select_AnyFilter_SearchesAnIndexAndSortsNothing(string filter)
    {
        foreach (var afterLast in new[] { false, true })
        {
            var plan = Plan(EventSql.Select(AllFilters[filter], afterLast), AllFilters[filter]);

            Assert.NotEmpty(plan);
            Assert.DoesNotContain(plan, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
            Assert.All(plan, step => Assert.Contains(" USING ", step, StringComparison.Ordinal));
            if (filter != "all" || afterLast)
            {
                Assert.All(plan, step => Assert.StartsWith("SEARCH", step, StringComparison.Ordinal));
            }
        }
    }

    private List<string> Plan(string sql, EventQuery query)
    {
        var database = new EventDatabase(_fixture.DatabasePath);
        database.Prepare();
        using var connection = database.OpenToRead();
        using var command = connection.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + sql;
        EventSql.Bind(command, query);
        foreach (var name in new[] { "$lastAt", "$lastSeq", "$limit", "$offset" })
        {
            command.Parameters.AddWithValue(name, 1);
        }

        using SqliteDataReader reader = command.ExecuteReader();
        List<string> steps = [];
        while (reader.Read())
        {
            steps.Add(reader.GetString(3));
        }

        return steps;
    }
}

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
        ["state"] = new EventQuery { State = "fallen" },
        ["state and label"] = new EventQuery { State = "fallen", Label = "FALL" },
        ["label and confidence"] = new EventQuery { Label = "person", MinConfidence = 0.9 },
        ["zone"] = new EventQuery { Zone = "door" },
        ["zone and state"] = new EventQuery { Zone = "door", State = "fallen" },
        ["feedback"] = new EventQuery { Feedback = EventFeedback.Correct },
        ["id"] = new EventQuery { Id = "1" },
    };

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [MemberData(nameof(Filters))]
    public void Select_AnyFilter_SearchesAnIndexAndSortsNothing(string filter)
    {
        foreach (var order in Enum.GetValues<EventOrder>())
        {
            var plan = Plan(EventSql.Select(AllFilters[filter], order), AllFilters[filter]);

            Assert.NotEmpty(plan);
            Assert.DoesNotContain(plan, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
            Assert.All(plan, step => Assert.Matches("^(SEARCH .* USING |CORRELATED SCALAR SUBQUERY)", step));
        }
    }

    /// <summary>Two bounds on one side would have it search for one and walk to the other.</summary>
    [Theory]
    [InlineData(EventOrder.Newest)]
    [InlineData(EventOrder.Oldest)]
    public void Select_TimeAndCursor_HasOneBoundOnEachSide(EventOrder order)
    {
        var query = new EventQuery { From = TimelineFixture.Start, To = TimelineFixture.Start.AddHours(1) };
        var middle = EventPlace.FirstOf(TimelineFixture.Start.AddMinutes(30));
        using var command = new SqliteCommand();

        EventSql.Bind(command, query, order, middle);

        Assert.Equal(order == EventOrder.Oldest ? middle + 1 : EventPlace.FirstOf(TimelineFixture.Start), command.Parameters["$first"].Value);
        Assert.Equal(order == EventOrder.Newest ? middle : EventPlace.FirstOf(TimelineFixture.Start.AddHours(1)), command.Parameters["$behind"].Value);
        Assert.DoesNotContain("$from", EventSql.Select(query, order), StringComparison.Ordinal);
    }

    [Fact]
    public void Select_Text_FollowsItsIndexInTheOrderOfTime()
    {
        var query = new EventQuery { Text = "front door", From = TimelineFixture.Start };

        var plan = Plan(EventSql.Select(query, EventOrder.Newest), query);

        Assert.Contains(plan, step => step.Contains("VIRTUAL TABLE INDEX", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
        Assert.Contains(plan, step => step.StartsWith("SEARCH e USING INTEGER PRIMARY KEY", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.87)]
    [InlineData(1.0)]
    public void Select_Confidence_SortsNoMoreThanAPageOfEachPart(double confidence)
    {
        var query = new EventQuery { MinConfidence = confidence, From = TimelineFixture.Start };

        var plan = Plan(EventSql.Select(query, EventOrder.Newest), query);

        var parts = plan.Where(step => step.Contains("events_by_", StringComparison.Ordinal)).ToList();
        Assert.InRange(parts.Count, 1, 20);
        Assert.All(parts, step => Assert.Matches("SEARCH e USING (COVERING )?INDEX events_by_(confidence|tenth) .*rowid", step));
        Assert.DoesNotContain(plan.Zip(plan.Skip(1)), pair => parts.Contains(pair.First) && pair.Second.Contains("TEMP B-TREE", StringComparison.Ordinal)); // what is sorted is a page of each
    }

    private List<string> Plan(string sql, EventQuery query)
    {
        var database = new EventDatabase(_fixture.DatabasePath);
        database.Prepare();
        using var connection = database.OpenToRead();
        using var command = connection.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + sql;
        EventSql.Bind(command, query, EventOrder.Newest, after: null);
        foreach (var name in new[] { "$limit", "$offset" })
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

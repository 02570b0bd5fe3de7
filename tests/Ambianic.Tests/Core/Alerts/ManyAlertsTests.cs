using Ambianic.Core.Alerts;
using Ambianic.Core.Vision;

namespace Ambianic.Tests.Core.Alerts;

/// <summary>A provider is dead, and thousands of alerts wait for it.</summary>
public sealed class ManyAlertsTests : AlertFixture
{
    private const int Looks = 200;

    [Fact]
    public void Step_ThousandsWait_AllocatesNoMoreThanWhenAFewDo()
    {
        var few = AllocatedWithWaiting(10);
        var many = AllocatedWithWaiting(5000);

        Assert.True(many < (4 * few) + 4096, $"{few} bytes with ten, {many} with thousands");
    }

    [Fact]
    public void Answered_OfThousands_OnlyItsOwnMessagesAreCancelled()
    {
        AllocatedWithWaiting(1000);
        var alert = Book.Open.First();

        Book.Answer(alert.Id, AlertAnswer.TakingCare, "default", Now);

        Assert.False(Book.Outbox.HasWaiting(alert.Id));
        Assert.Equal(999, Book.Outbox.Queues.Single().Waiting.Count);
    }

    /// <summary>Bytes for each look at what is due, when nothing is.</summary>
    private long AllocatedWithWaiting(int count)
    {
        Provider = _ => DeliveryOutcome.Passing("no answer", TimeSpan.FromHours(1));
        for (var number = Book.Open.Count; number < count; number++)
        {
            See(Event([new Detection("person", .9f, new Box(0, 0, 1, 1))], $"e{number}") with { Pipeline = $"camera {number}", Notify = ["default"] });
        }

        var queue = Book.Outbox.Queues.Single();
        Look(queue);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var look = 0; look < Looks; look++)
        {
            Look(queue);
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / Looks;
    }

    private void Look(RecipientQueue queue)
    {
        Book.Tick(Now);
        _ = Book.NextDue;
        Assert.Empty(queue.Next(Now));
        _ = queue.NextDue(Now);
    }
}

using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;

namespace Ambianic.Tests.Core.Alerts;

public sealed class RecipientQueueTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    private readonly Outbox _outbox = new();
    private readonly List<int> _messages = [];
    private DateTimeOffset _now = Start;
    private int _made;

    [Fact]
    public void TenInAMinute_BecomeFewMessages_NothingIsLost()
    {
        Add(10);
        SendFor(TimeSpan.FromMinutes(3));

        Assert.Equal([10], _messages);
    }

    [Fact]
    public void OneAfterTheOther_ThreeAreSentAtOnceAndTheRestTogether()
    {
        for (var count = 0; count < 10; count++)
        {
            Add(1);
            SendFor(TimeSpan.FromSeconds(5));
        }

        SendFor(TimeSpan.FromMinutes(2));

        Assert.Equal([1, 1, 1, 7], _messages);
    }

    [Fact]
    public void Held_EvenTwo_BecomeOneMessage()
    {
        Add(2, isHeld: true);
        SendFor(TimeSpan.FromMinutes(1));

        Assert.Equal([2], _messages);
    }

    [Fact]
    public void Critical_AmongThousands_IsSentAloneAndFirst()
    {
        Add(5000);
        Add(1, AlertSeverity.Critical);

        Assert.Equal(AlertSeverity.Critical, Assert.Single(Queue.Next(_now)).Severity);
    }

    [Fact]
    public void Critical_WhileTheProviderIsAway_IsTriedEveryMinuteAtLeast()
    {
        Add(1, AlertSeverity.Critical);
        var attempts = 0;
        for (; _now < Start + TimeSpan.FromHours(1); _now += TimeSpan.FromSeconds(1))
        {
            if (Queue.Next(_now) is [var delivery])
            {
                attempts++;
                _outbox.Report([delivery], DeliveryOutcome.Passing("away", TimeSpan.FromHours(2)), _now);
            }
        }

        Assert.InRange(attempts, 60, 200);
        Assert.Equal(Start, Queue.FailingSince);
    }

    [Fact]
    public void ManyCritical_WhileTheProviderIsAway_OneASecondIsTriedAndANewOneFirst()
    {
        Add(500, AlertSeverity.Critical);
        var attempts = 0;
        for (; _now < Start + TimeSpan.FromMinutes(20); _now += TimeSpan.FromMilliseconds(100))
        {
            attempts += Fail();
        }

        Assert.InRange(attempts, 1000, 1201);
        Assert.Equal(500, Queue.Waiting.Count(delivery => delivery.Attempts > 0));

        Add(1, AlertSeverity.Critical);
        _now += TimeSpan.FromSeconds(1);
        Assert.Equal("501", Assert.Single(Queue.Next(_now)).Id);

        int Fail()
        {
            if (Queue.Next(_now) is not [var delivery])
            {
                return 0;
            }

            _outbox.Report([delivery], DeliveryOutcome.Passing("away"), _now);
            return 1;
        }
    }

    [Fact]
    public void ManyCritical_OnceTheProviderIsBack_AreSentAtOnceOldestFirst()
    {
        Add(20, AlertSeverity.Critical);
        for (; _now < Start + TimeSpan.FromMinutes(5); _now += TimeSpan.FromSeconds(1))
        {
            if (Queue.Next(_now) is [var delivery])
            {
                _outbox.Report([delivery], DeliveryOutcome.Passing("away"), _now);
            }
        }

        _now += TimeSpan.FromMinutes(1); // all are due again
        SendFor(TimeSpan.FromSeconds(1));

        Assert.Equal(Enumerable.Repeat(1, 20), _messages);
        Assert.Empty(Queue.Waiting);
    }

    [Fact]
    public void Ordinary_WhileTheProviderIsAway_AreTriedAsOneAndSeldom()
    {
        Add(5000);
        var attempts = 0;
        for (; _now < Start + TimeSpan.FromHours(10); _now += TimeSpan.FromSeconds(1))
        {
            if (Queue.Next(_now) is { Count: > 0 } batch)
            {
                attempts++;
                Assert.True(batch.Count <= 100);
                _outbox.Report(batch, DeliveryOutcome.Passing("away"), _now);
            }
        }

        Assert.InRange(attempts, 60, 200);
    }

    [Fact]
    public void RetryAfter_OfTheProvider_IsRespected()
    {
        Add(1);
        _outbox.Report(Queue.Next(_now), DeliveryOutcome.Passing("too many", TimeSpan.FromMinutes(20)), _now);

        Assert.Equal(Start + TimeSpan.FromMinutes(20), Queue.NextDue(_now));
        Assert.Empty(Queue.Next(_now + TimeSpan.FromMinutes(19)));
        Assert.Single(Queue.Next(_now + TimeSpan.FromMinutes(20)));
    }

    [Fact]
    public void ADay_WithoutSuccess_ExpiresIt()
    {
        Add(1);
        _now += AlertBook.DeliveryLasts;

        Assert.Equal(DeliveryState.Expired, Assert.Single(_outbox.ExpireOld(_now)).State);
        Assert.Empty(Queue.Waiting);
    }

    private RecipientQueue Queue => _outbox.Queues.Single();

    private void Add(int count, AlertSeverity severity = AlertSeverity.Info, bool isHeld = false)
    {
        for (; count > 0; count--)
        {
            _outbox.Add(new Delivery
            {
                Id = $"{++_made}",
                AlertId = $"a{_made}",
                Recipient = new Recipient("default", 0),
                Kind = DeliveryKind.Alert,
                Severity = severity,
                CreatedAt = _now,
                NotBefore = _now,
                IsHeld = isHeld,
            });
        }
    }

    private void SendFor(TimeSpan time)
    {
        for (var end = _now + time; _now < end; _now += TimeSpan.FromSeconds(1))
        {
            while (Queue.Next(_now) is { Count: > 0 } batch)
            {
                _messages.Add(batch.Count);
                _outbox.Report(batch, DeliveryOutcome.Delivered, _now);
            }
        }
    }
}

using Ambianic.Core.Alerts;
using Ambianic.Messaging.Providers;

namespace Ambianic.Tests.Messaging.Providers;

public sealed class TargetListTests
{
    private readonly Dictionary<string, DeliveryOutcome> _outcomes = new()
    {
        ["a"] = DeliveryOutcome.Delivered with { Receipt = "ra" },
        ["b"] = DeliveryOutcome.Delivered with { Receipt = "rb" },
        ["c"] = DeliveryOutcome.Delivered,
    };

    private readonly List<string> _sent = [];

    [Fact]
    public async Task Send_AllDelivered_HasAllReceipts() =>
        Assert.Equal(DeliveryOutcome.Delivered with { Receipt = "ra,rb" }, await SendAsync(new TargetList(["a", "b", "c"])));

    [Fact]
    public async Task Send_OnePassesAndOneIsPermanent_IsTriedAgainOnlyWhereItMayPass()
    {
        var list = new TargetList(["a", "b", "c"]);
        _outcomes["b"] = DeliveryOutcome.Passing("busy", TimeSpan.FromSeconds(9));
        _outcomes["c"] = DeliveryOutcome.Permanent("unknown");

        Assert.Equal(DeliveryOutcome.Passing("1 of 3 targets: busy", TimeSpan.FromSeconds(9)) with { Receipt = "ra" }, await SendAsync(list));

        _outcomes["b"] = DeliveryOutcome.Delivered;
        Assert.Equal(DeliveryOutcome.Delivered with { Reason = "1 of 3 targets: unknown", Receipt = "ra" }, await SendAsync(list)); // somebody has it
        Assert.Equal(["a", "b", "c", "b"], _sent);
    }

    [Fact]
    public async Task Send_AnotherMessage_GoesToAll()
    {
        var list = new TargetList(["a", "b"]);
        _outcomes["b"] = DeliveryOutcome.Passing("busy");
        await SendAsync(list);

        await list.SendAsync(Messages.Outage with { IdempotencyKey = "another" }, Send);

        Assert.Equal(["a", "b", "a", "b"], _sent);
    }

    private Task<DeliveryOutcome> SendAsync(TargetList list) => list.SendAsync(Messages.Fall, Send);

    private Task<DeliveryOutcome> Send(string target)
    {
        _sent.Add(target);
        return Task.FromResult(_outcomes[target]);
    }
}

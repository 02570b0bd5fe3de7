using Ambianic.Tests;

namespace Ambianic.Server.Tests.Faults;

/// <summary>A large house.</summary>
[Slow]
public sealed class ManyPipelinesTests
{
    private const int Cameras = 48; // and two witnesses that save

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_FiftyPipelinesAndOneBreaks_TheOthersWatchOn()
    {
        var incident = await BreakOneOfFiftyAsync();

        Assert.Equal((0, 0), (incident.LostByOthers, incident.LostEvents));
    }

    internal static async Task<Incident> BreakOneOfFiftyAsync()
    {
        await using var house = new FaultHouse(usesDefaults: false);
        await using var well = await StillCamera.StartAsync();
        await using var broken = await StillCamera.StartAsync();
        house.AddStill("broken", broken.Address, 0.5);
        for (var camera = 2; camera <= Cameras; camera++)
        {
            house.AddStill($"camera_{camera}", well.Address, 0.5);
        }

        await house.StartAsync(Cancellation);
        var before = new Dictionary<string, long>();
        var fault = new Fault(
            "one of fifty",
            "single pictures",
            "broken",
            new Promise(4, 6), // a picture in two seconds, and the wait before trying again doubles meanwhile
            async () =>
            {
                before = new(await house.ProcessedAsync(Cancellation));
                broken.Answer = Answer.ServerError;
            },
            () => EveryoneElseSeesMoreAsync(),
            "500");
        var recovery = await house.MeasureAsync(fault, Cancellation);

        Assert.Equal(Cameras + 2, before.Count);
        return new Incident(
            "one camera of fifty answers 500",
            $"`{recovery.Shown}`",
            fault.Promise,
            recovery.Noticed,
            recovery.Recovered,
            recovery.LostByOthers,
            await house.LostEventsAsync(Cancellation));

        async Task EveryoneElseSeesMoreAsync()
        {
            using var limit = new CancellationTokenSource(2 * Eventually.Patience);
            while ((await house.ProcessedAsync(limit.Token)).Any(now => now.Key != "broken" && now.Value <= before[now.Key]))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
            }

            broken.Answer = Answer.BlackPicture;
        }
    }
}

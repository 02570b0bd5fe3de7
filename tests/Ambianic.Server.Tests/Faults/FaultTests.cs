using Ambianic.Tests;

namespace Ambianic.Server.Tests.Faults;

/// <summary>Breaks cameras, decoders and a model of the running program. Alone: it counts frames that others lose, and a busy processor makes everybody lose some.</summary>
[Collection(Alone.Name)]
[Slow]
public sealed class FaultTests
{
    /// <summary>Of the pictures that are due to a pipeline that nothing happens to; the decoder of a busy machine is late at times.</summary>
    private const double LeastShare = 0.5;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_EverythingBreaksAtOnce_IsShownAndRecoversAndNobodyElseLosesAnything()
    {
        await using var house = new FaultHouse(usesDefaults: false);
        await using var cameras = await BreakableCameras.AddToAsync(house, withLong: false);
        await house.StartAsync(Cancellation);

        var recoveries = await Task.WhenAll(cameras.Faults.Select(fault => house.MeasureAsync(fault, Cancellation)));

        Assert.NotEmpty(recoveries);
        Assert.All(recoveries, recovery => Assert.True(
            recovery is { Reason.Length: > 0, LostByOthers: 0, LostEvents: 0 }, $"{recovery}\n{house.Output}"));
        Assert.NotEqual(0, house.Announced);
    }

    /// <summary>One fault after the other with the limits that a user has; takes minutes.</summary>
    [Fact]
    public async Task Run_OneThingBreaksAfterTheOther_GivesTheTableOfFaults()
    {
        if (Environment.GetEnvironmentVariable("AMBIANIC_TEST_FAULTS") is not { Length: > 0 } page)
        {
            Assert.Skip("takes minutes: ./test.sh --faults");
            return;
        }

        await using var house = new FaultHouse(usesDefaults: true);
        await using var cameras = await BreakableCameras.AddToAsync(house, withLong: true);
        await house.StartAsync(Cancellation);
        List<Recovery> recoveries = [];
        foreach (var fault in cameras.Faults)
        {
            recoveries.Add(await house.MeasureAsync(fault, Cancellation));
        }

        var storage = await BreakStorageAsync();
        var incidents = await LiveThroughAsync();
        List<Termination> terminations = [];
        foreach (var moment in Termination.Moments)
        {
            terminations.Add(await Termination.AtAsync(moment, Cancellation));
        }

        await File.WriteAllTextAsync(page, FaultTable.Write(recoveries, house.Announced, storage, incidents, terminations), Cancellation);
        Assert.NotEmpty(recoveries);
        Assert.NotEmpty(storage);
        Assert.All(recoveries.Concat(storage), recovery => Assert.Equal((0, 0), (recovery.LostByOthers, recovery.LostEvents)));
        Assert.All(incidents, incident => Assert.Equal((0, 0), (incident.LostByOthers, incident.LostEvents)));
        List<string> broken =
        [
            .. recoveries.Concat(storage).SelectMany(Broken),
            .. incidents.SelectMany(incident => incident.Promise.BrokenBy(incident.What, incident.Noticed, incident.Recovered)),
        ];
        Assert.True(broken.Count == 0, string.Join('\n', broken));
        Assert.All(terminations, termination => Assert.InRange(termination.Took.TotalSeconds, 0, 10));
        Assert.All(terminations, termination => Assert.Equal((0, 0, 0), (termination.ExitCode, termination.ChildrenLeft, termination.EventsLost)));
    }

    /// <summary>What was promised of a fault and was not so.</summary>
    private static IEnumerable<string> Broken(Recovery recovery)
    {
        var what = $"{recovery.Fault.Name} ({recovery.Fault.Source})";
        var broken = recovery.Fault.Promise.BrokenBy(what, recovery.Noticed, recovery.Recovered);
        return recovery.SeenByOthers < LeastShare
            ? broken.Append($"{what}: another pipeline has looked at only {100 * recovery.SeenByOthers:0} % of the pictures that were due to it")
            : broken;
    }

    private static async Task<List<Incident>> LiveThroughAsync()
    {
        using var reload = new ReloadTests();
        using var terminal = new TerminalTests();
        using var clock = new ClockTests();
        using var kills = new KillTests(TestContext.Current.TestOutputHelper!);
        return
        [
            .. await reload.EditOneOfFiveAsync(),
            await terminal.StayAwayAsync(stalledSeconds: 5),
            await ManyPipelinesTests.BreakOneOfFiftyAsync(),
            .. await clock.SetForwardAndBackAsync(),
            await kills.KillAsync(rounds: 10),
        ];
    }

    private static async Task<List<Recovery>> BreakStorageAsync()
    {
        List<Recovery> recoveries = [];
        foreach (var name in StorageHouse.Names)
        {
            await using var house = await StorageHouse.StartAsync(name);
            recoveries.Add(await house.MeasureAsync(house.Fault(name), TimeSpan.FromSeconds(60), Cancellation));
        }

        return recoveries;
    }
}

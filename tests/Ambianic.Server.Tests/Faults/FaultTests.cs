using Ambianic.Sources;

namespace Ambianic.Faults;

/// <summary>Breaks cameras, decoders and a model of the running program. Alone: it counts frames that others lose, and a busy processor makes everybody lose some.</summary>
[Collection(Alone.Name)]
public sealed class FaultTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_EverythingBreaksAtOnce_IsShownAndRecoversAndNobodyElseLosesAnything()
    {
        await using var house = new FaultHouse(usesDefaults: false);
        await using var cameras = await Cameras.AddToAsync(house);
        await house.StartAsync(Cancellation);

        var recoveries = await Task.WhenAll(cameras.Faults.Select(fault => house.MeasureAsync(fault, Cancellation)));

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
        await using var cameras = await Cameras.AddToAsync(house);
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
        Assert.All(recoveries.Concat(storage), recovery => Assert.Equal((0, 0), (recovery.LostByOthers, recovery.LostEvents)));
        Assert.All(incidents, incident => Assert.Equal((0, 0), (incident.LostByOthers, incident.LostEvents)));
        Assert.All(recoveries, recovery => Assert.InRange(recovery.Noticed.TotalSeconds, 0, 14));
        Assert.All(storage, recovery => Assert.InRange(recovery.Recovered.TotalSeconds, 0, 10));
        Assert.All(terminations, termination => Assert.InRange(termination.Took.TotalSeconds, 0, 10));
        Assert.All(terminations, termination => Assert.Equal((0, 0, 0), (termination.ExitCode, termination.ChildrenLeft, termination.EventsLost)));
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

    /// <summary>What can be broken, and how.</summary>
    private sealed class Cameras : IAsyncDisposable
    {
        private readonly List<IAsyncDisposable> _stills = [];
        private readonly List<RtspCamera> _streams = [];
        private readonly List<SlowLink> _links = [];

        public List<Fault> Faults { get; } = [];

        public static async Task<Cameras> AddToAsync(FaultHouse house)
        {
            var cameras = new Cameras();
            foreach (var (name, pipeline, signal) in DecoderFaults)
            {
                cameras.AddDecoder(house, name, pipeline, signal);
                await cameras.AddDecoderOfStreamAsync(house, name, $"stream_{pipeline}", signal);
            }

            cameras.AddGarbage(house);
            await cameras.AddStillAsync(house, "camera hangs up", Answer.HangUp);
            await cameras.AddStillAsync(house, "camera sends nothing", Answer.Nothing);
            await cameras.AddStillAsync(house, "camera asks for a password", Answer.Unauthorized);
            await cameras.AddStillAsync(house, "camera answers 500", Answer.ServerError);
            await cameras.AddStillAsync(house, "camera answers HTML", Answer.Html);
            await cameras.AddStillAsync(house, "endless answer", Answer.EndlessBody);
            await cameras.AddStillAsync(house, "answer of 100 MB", Answer.HugeBody);
            await cameras.AddStillAsync(house, "a byte now and then", Answer.OneByteNowAndThen);
            await cameras.AddModelAsync(house, "inference hangs in native code", hangs: true);
            await cameras.AddModelAsync(house, "inference throws", hangs: false);
            await cameras.AddStreamsAsync(house);
            await cameras.AddSlowStreamAsync(house);
            await cameras.AddTurnedStreamAsync(house);

            return cameras;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var still in _stills)
            {
                await still.DisposeAsync();
            }

            foreach (var link in _links)
            {
                await link.DisposeAsync();
            }

            _streams.ForEach(stream => stream.Dispose());
        }

        private static (string Name, string Pipeline, int Signal)[] DecoderFaults { get; } =
            [("decoder killed", "killed", Processes.Kill), ("decoder hangs (SIGSTOP)", "halted", Processes.Halt)];

        private void AddDecoder(FaultHouse house, string name, string pipeline, int signal)
        {
            var clip = house.Clip(pipeline);
            house.AddVideo(pipeline, clip);
            Faults.Add(Signal(name, "video", pipeline, $"file:{clip}", signal));
        }

        private async Task AddDecoderOfStreamAsync(FaultHouse house, string name, string pipeline, int signal)
        {
            var camera = await RtspCamera.StartAsync();
            _streams.Add(camera);
            house.AddVideo(pipeline, camera.Address);
            Faults.Add(Signal(name, "RTSP", pipeline, camera.Address, signal));
        }

        private static Fault Signal(string name, string source, string pipeline, string argument, int signal) => new(name, source, pipeline, () =>
        {
            Processes.Signal(Processes.WithArgument(argument), signal);
            return Task.CompletedTask;
        });

        private void AddGarbage(FaultHouse house)
        {
            var clip = house.Clip("garbage_clip");
            var mark = Path.Combine(house.Folder, "garbage");
            house.AddVideo("garbage", clip);
            Faults.Add(new Fault(
                "decoder prints garbage",
                "video",
                "garbage",
                async () =>
                {
                    await File.WriteAllTextAsync(mark, "");
                    Processes.Signal(Processes.WithArgument($"file:{clip}"), Processes.Kill);
                },
                () =>
                {
                    File.Delete(mark);
                    return Task.CompletedTask;
                },
                "no picture;"));
        }

        private async Task AddStillAsync(FaultHouse house, string name, Answer fault)
        {
            var camera = await StillCamera.StartAsync();
            _stills.Add(camera);
            var pipeline = fault.ToString().ToLowerInvariant();
            house.AddStill(pipeline, camera.Address);
            Faults.Add(Switch(name, "single pictures", pipeline, camera, fault));
        }

        private async Task AddModelAsync(FaultHouse house, string name, bool hangs)
        {
            var camera = await StillCamera.StartAsync();
            _stills.Add(camera);
            var pipeline = hangs ? "hanging_model" : "throwing_model";
            house.AddModel(pipeline, camera.Address, hangs);
            Faults.Add(Switch(name, "any", pipeline, camera, Answer.WhitePicture));
        }

        private async Task AddStreamsAsync(FaultHouse house)
        {
            await AddStreamAsync("stream server gone", "gone", "nothing answers", camera =>
            {
                camera.Dispose();
                return Task.FromResult(camera);
            });
            await AddStreamAsync("stream server sends nothing (SIGSTOP)", "silent", "no picture", camera =>
            {
                Processes.Signal([camera.ProcessId], Processes.Halt);
                return Task.FromResult(camera);
            });
            await AddStreamAsync("stream server asks for a password", "locked", "password is wrong or missing", async camera =>
            {
                camera.Dispose();
                return await RtspCamera.StartAsync(camera.Port, "someone", "secret");
            });

            async Task AddStreamAsync(string name, string pipeline, string says, Func<RtspCamera, Task<RtspCamera>> breakAsync)
            {
                var camera = await RtspCamera.StartAsync();
                house.AddVideo(pipeline, camera.Address);
                _streams.Add(camera);
                var index = _streams.Count - 1;
                Faults.Add(new Fault(
                    name,
                    "RTSP",
                    pipeline,
                    async () => _streams[index] = await breakAsync(camera),
                    async () =>
                    {
                        _streams[index].Dispose();
                        _streams[index] = await RtspCamera.StartAsync(camera.Port);
                    },
                    says));
            }
        }

        private async Task AddSlowStreamAsync(FaultHouse house)
        {
            var camera = await RtspCamera.StartAsync();
            _streams.Add(camera);
            var link = new SlowLink(camera.Port);
            _links.Add(link);
            house.AddVideo("slow", $"rtsp://127.0.0.1:{link.Port}/camera");
            Faults.Add(new Fault("stream slows down to 20 bytes a second", "RTSP", "slow", () => SetAsync(20), () => SetAsync(int.MaxValue), "no picture"));

            Task SetAsync(int bytesPerSecond)
            {
                link.BytesPerSecond = bytesPerSecond;
                return Task.CompletedTask;
            }
        }

        private async Task AddTurnedStreamAsync(FaultHouse house)
        {
            var camera = await RtspCamera.StartAsync();
            _streams.Add(camera);
            house.AddVideo("turned", camera.Address);
            Faults.Add(new Fault("stream goes on with pictures of another size", "RTSP", "turned", () =>
            {
                camera.ChangeSize();
                return Task.CompletedTask;
            }, Says: "another size"));
        }

        private static Fault Switch(string name, string source, string pipeline, StillCamera camera, Answer fault) => new(
            name,
            source,
            pipeline,
            () =>
            {
                camera.Answer = fault;
                return Task.CompletedTask;
            },
            () =>
            {
                camera.Answer = Answer.BlackPicture;
                return Task.CompletedTask;
            });
    }
}

using Ambianic.Tests.Media.Processes;
using Ambianic.Tests.Media.Sources;

namespace Ambianic.Server.Tests.Faults;

/// <summary>What can be broken, and how.</summary>
internal sealed class BreakableCameras : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _stills = [];
    private readonly List<RtspCamera> _streams = [];
    private readonly List<SlowLink> _links = [];

    /// <summary>A picture, or the lack of one, is seen at the next look.</summary>
    private const double AtOnce = 2;
    private const double Silence = 10 + AtOnce; // stall_seconds
    private const double Inference = 4 + 1; // inference_seconds, and the picture that comes before
    private const double Reconnected = 3; // the wait before trying again, and the connection
    private const double StreamReconnected = 6;
    private const double LongestWait = 30; // before trying again
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public List<Fault> Faults { get; } = [];

    /// <param name="house">Gets a pipeline for each.</param>
    /// <param name="withLong">Also what takes a minute each.</param>
    public static async Task<BreakableCameras> AddToAsync(FaultHouse house, bool withLong)
    {
        var cameras = new BreakableCameras();
        foreach (var (name, pipeline, signal, noticed, silence) in DecoderFaults)
        {
            cameras.AddDecoder(house, name, pipeline, new Promise(noticed, silence + Reconnected), signal);
            await cameras.AddDecoderOfStreamAsync(house, name, $"stream_{pipeline}", new Promise(noticed, silence + StreamReconnected), signal);
        }

        cameras.AddGarbage(house);
        await cameras.AddStillAsync(house, "camera hangs up", Answer.HangUp);
        await cameras.AddStillAsync(house, "camera sends nothing", Answer.Nothing, Silence);
        await cameras.AddStillAsync(house, "camera asks for a password", Answer.Unauthorized);
        await cameras.AddStillAsync(house, "camera answers 500", Answer.ServerError);
        await cameras.AddStillAsync(house, "camera answers HTML", Answer.Html);
        await cameras.AddStillAsync(house, "endless answer", Answer.EndlessBody, Silence);
        await cameras.AddStillAsync(house, "answer of 100 MB", Answer.HugeBody);
        await cameras.AddStillAsync(house, "a byte now and then", Answer.OneByteNowAndThen, Silence);
        await cameras.AddModelAsync(house, "inference hangs in native code", new Promise(Inference, Inference + 1), hangs: true);
        await cameras.AddModelAsync(house, "inference throws", new Promise(2 + AtOnce, Reconnected), hangs: false); // for 2 s on each picture
        await cameras.AddStreamsAsync(house);
        await cameras.AddSlowStreamAsync(house);
        await cameras.AddTurnedStreamAsync(house);
        if (withLong)
        {
            await cameras.AddStillAsync(house, "camera hangs up for a minute", Answer.HangUp, AtOnce, Minute);
            await cameras.AddStreamAsync(house, "stream server gone for a minute", "long_gone", "nothing answers", AtOnce, End, Minute);
        }

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

    private static (string Name, string Pipeline, int Signal, double Noticed, double Silence)[] DecoderFaults { get; } =
        [("decoder killed", "killed", RunningProcesses.Kill, AtOnce, 0), ("decoder hangs (SIGSTOP)", "halted", RunningProcesses.Halt, Silence, Silence)];

    private void AddDecoder(FaultHouse house, string name, string pipeline, Promise promise, int signal)
    {
        var clip = house.Clip(pipeline);
        house.AddVideo(pipeline, clip);
        Faults.Add(Signal(name, "video", pipeline, promise, $"file:{clip}", signal));
    }

    private async Task AddDecoderOfStreamAsync(FaultHouse house, string name, string pipeline, Promise promise, int signal)
    {
        var camera = await RtspCamera.StartAsync();
        _streams.Add(camera);
        house.AddVideo(pipeline, camera.Address);
        Faults.Add(Signal(name, "RTSP", pipeline, promise, camera.Address, signal));
    }

    private static Fault Signal(string name, string source, string pipeline, Promise promise, string argument, int signal) => new(
        name,
        source,
        pipeline,
        promise,
        () =>
        {
            RunningProcesses.Signal(RunningProcesses.WithArgument(argument), signal);
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
            new Promise(AtOnce, Reconnected),
            async () =>
            {
                await File.WriteAllTextAsync(mark, "");
                RunningProcesses.Signal(RunningProcesses.WithArgument($"file:{clip}"), RunningProcesses.Kill);
            },
            () =>
            {
                File.Delete(mark);
                return Task.CompletedTask;
            },
            "no picture;"));
    }

    private async Task AddStillAsync(FaultHouse house, string name, Answer fault, double noticed = AtOnce, TimeSpan hold = default)
    {
        var camera = await StillCamera.StartAsync();
        _stills.Add(camera);
        var (pipeline, recovered) = hold > TimeSpan.Zero ? ($"long_{fault}", LongestWait + Reconnected) : ($"short_{fault}", Reconnected);
        house.AddStill(pipeline, camera.Address);
        Faults.Add(Switch(name, "single pictures", pipeline, new Promise(noticed, recovered), camera, fault) with { Hold = hold });
    }

    private async Task AddModelAsync(FaultHouse house, string name, Promise promise, bool hangs)
    {
        var camera = await StillCamera.StartAsync();
        _stills.Add(camera);
        var pipeline = hangs ? "hanging_model" : "throwing_model";
        house.AddModel(pipeline, camera.Address, hangs);
        Faults.Add(Switch(name, "any", pipeline, promise, camera, Answer.WhitePicture));
    }

    private async Task AddStreamsAsync(FaultHouse house)
    {
        await AddStreamAsync(house, "stream server gone", "gone", "nothing answers", AtOnce, End);
        await AddStreamAsync(house, "stream server sends nothing (SIGSTOP)", "silent", "no picture", Silence, camera =>
        {
            RunningProcesses.Signal([camera.ProcessId], RunningProcesses.Halt);
            return Task.FromResult(camera);
        });
        await AddStreamAsync(house, "stream server asks for a password", "locked", "password is wrong or missing", AtOnce, async camera =>
        {
            camera.Dispose();
            return await RtspCamera.StartAsync(camera.Port, "someone", "secret");
        });
    }

    private static Task<RtspCamera> End(RtspCamera camera)
    {
        camera.Dispose();
        return Task.FromResult(camera);
    }

    private async Task AddStreamAsync(
        FaultHouse house, string name, string pipeline, string says, double noticed, Func<RtspCamera, Task<RtspCamera>> breakAsync, TimeSpan hold = default)
    {
        var camera = await RtspCamera.StartAsync();
        house.AddVideo(pipeline, camera.Address);
        _streams.Add(camera);
        var index = _streams.Count - 1;
        Faults.Add(new Fault(
            name,
            "RTSP",
            pipeline,
            new Promise(noticed, (hold > TimeSpan.Zero ? LongestWait : 0) + StreamReconnected),
            async () => _streams[index] = await breakAsync(camera),
            async () =>
            {
                _streams[index].Dispose();
                _streams[index] = await RtspCamera.StartAsync(camera.Port);
            },
            says) { Hold = hold });
    }

    private async Task AddSlowStreamAsync(FaultHouse house)
    {
        var camera = await RtspCamera.StartAsync();
        _streams.Add(camera);
        var link = new SlowLink(camera.Port);
        _links.Add(link);
        house.AddVideo("slow", $"rtsp://127.0.0.1:{link.Port}/camera");
        Faults.Add(new Fault("stream slows down to 20 bytes a second", "RTSP", "slow", new Promise(Silence, StreamReconnected), () => SetAsync(20), () => SetAsync(int.MaxValue), "no picture"));

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
        Faults.Add(new Fault("stream goes on with pictures of another size", "RTSP", "turned", new Promise(AtOnce, StreamReconnected), () =>
        {
            camera.ChangeSize();
            return Task.CompletedTask;
        }, Says: "another size"));
    }

    private static Fault Switch(string name, string source, string pipeline, Promise promise, StillCamera camera, Answer fault) => new(
        name,
        source,
        pipeline,
        promise,
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

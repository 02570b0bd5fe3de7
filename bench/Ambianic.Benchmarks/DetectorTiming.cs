using System.CommandLine;
using System.Globalization;
using Ambianic.Core.Frames;
using Ambianic.Core.Vision.Input;
using Microsoft.ML.OnnxRuntime;

namespace Ambianic.Benchmarks;

/// <summary>What a detector costs beside the bare model: preparation, everything together, allocations, memory.</summary>
internal static class DetectorTiming
{
    public static Command Command()
    {
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 100, Description = "inferences to measure" };
        var threads = new Option<int>("--threads") { DefaultValueFactory = _ => 1, Description = "threads of the bare model" };
        var models = new Argument<string[]>("models") { Description = "catalog names, or PATH[:DECODER]" };
        var command = new Command("detector", "times a detector on a 1280x720 frame beside the bare model") { rounds, threads, models };
        command.SetAction(async (parsed, _) =>
        {
            Console.WriteLine("| model | bare ms | preparation ms | detector ms | preparation / bare | detector / bare | bytes a frame | RSS MB |");
            Console.WriteLine("|---|---|---|---|---|---|---|---|");
            foreach (var model in parsed.GetValue(models)!)
            {
                await MeasureAsync(model, parsed.GetValue(rounds), parsed.GetValue(threads));
            }
        });
        return command;
    }

    private static async Task MeasureAsync(string name, int rounds, int threads)
    {
        using var models = new BenchmarkModels();
        using var frame = Noise();
        var detector = models.Create(name, null, raw: false);
        await detector.ReadyAsync(CancellationToken.None);
        var model = await models.ResolveAsync(name);
        var input = model.Input ?? throw new InvalidOperationException($"{name} is not in the catalog");
        using var options = new SessionOptions { IntraOpNumThreads = threads };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        using var session = new InferenceSession(model.OnnxPath, options);
        using var prepared = new PreparedInput(frame, input);
        List<double> bare = [], preparation = [], whole = [];
        long allocated = 0;
        for (var round = -5; round < rounds; round++)
        {
            var times = (Time(() => prepared.Run(session)), Time(prepared.Prepare));
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var start = TimeProvider.System.GetTimestamp();
            await detector.DetectAsync(frame, null, 0.6f, CancellationToken.None);
            var total = TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
            if (round >= 0)
            {
                allocated += GC.GetTotalAllocatedBytes(precise: true) - before;
                bare.Add(times.Item1);
                preparation.Add(times.Item2);
                whole.Add(total);
            }
        }

        var (one, two, all) = (Median(bare), Median(preparation), Median(whole));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {one:0.0} | {two:0.00} | {all:0.0} | {two / one:0.000} | {all / one:0.00} | {allocated / rounds} | {Environment.WorkingSet >> 20} |"));
    }

    private static double Time(Action action)
    {
        var start = TimeProvider.System.GetTimestamp();
        action();
        return TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

    private static Frame Noise()
    {
        var frame = new FramePool().Rent(1280, 720, PixelFormat.I420);
        new Random(1).NextBytes(frame.Buffer.Span);
        return frame;
    }

    /// <summary>A tensor that is prepared once and run often.</summary>
    private sealed class PreparedInput : IDisposable
    {
        private readonly Action _prepare;
        private readonly OrtValue _value;
        private readonly RunOptions _options = new();

        public PreparedInput(Frame frame, ModelInput input) => (_prepare, _value) = input.Type switch
        {
            TensorType.Int32 => Make<int>(frame, input),
            TensorType.UInt8 => Make<byte>(frame, input),
            _ => Make<float>(frame, input),
        };

        public void Prepare() => _prepare();

        public void Run(InferenceSession session)
        {
            using var results = session.Run(_options, session.InputNames, [_value], session.OutputNames);
        }

        public void Dispose()
        {
            _value.Dispose();
            _options.Dispose();
        }

        private static (Action Prepare, OrtValue Value) Make<T>(Frame frame, ModelInput input)
            where T : unmanaged, System.Numerics.INumber<T>
        {
            var preparation = new TensorPreparation<T>(input);
            var letterbox = preparation.Fit(frame, null);
            var tensor = new T[letterbox.TensorWidth * letterbox.TensorHeight * 3];
            long[] shape = input.Layout == TensorLayout.Nchw
                ? [1, 3, letterbox.TensorHeight, letterbox.TensorWidth]
                : [1, letterbox.TensorHeight, letterbox.TensorWidth, 3];
            return (() => preparation.Write(frame, letterbox, tensor), OrtValue.CreateTensorValueFromMemory(tensor, shape));
        }
    }
}

using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Ambianic.Core.Frames;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Decoders;
using Ambianic.Core.Vision.Input;
using Ambianic.Inference.Labels;
using Ambianic.Inference.Models;

namespace Ambianic.Inference.Sessions;

/// <summary>How often a model ran and how long it took.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Count">Inferences so far.</param>
/// <param name="Time">All of them together, the model alone, without preparation and decoding.</param>
public sealed record InferenceStatistics(string Model, long Count, TimeSpan Time);

/// <summary>
/// One loaded model for the whole process: a bounded queue and threads of its own, so that a slow or hung native call
/// blocks no other thread.
/// </summary>
/// <remarks>Safe to use from several threads.</remarks>
internal sealed class ModelSession : IDisposable
{
    /// <summary>A pipeline asks one question at a time, so more than this is a fault and not a load.</summary>
    private const int LongestQueue = 256;
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(0.5);

    private readonly OnnxGraph _graph;
    private readonly DetectionReader _reader;
    private readonly BlockingCollection<InferenceRequest> _queue = new(LongestQueue);
    private readonly InferenceWorker[] _workers;
    private readonly Func<TimeSpan> _longest;
    private readonly ITimer _watch;
    private readonly TimeProvider _time;
    private readonly InferenceMetrics? _metrics;
    private readonly KeyValuePair<string, object?> _label;
    private volatile bool _isHung;
    private int _working;
    private long _count;
    private long _ticks;

    private ModelSession(
        ResolvedModel model,
        OnnxGraph graph,
        IDetectionDecoder decoder,
        IReadOnlyList<InferenceRun> runs,
        Func<TimeSpan> longest,
        TimeProvider time,
        InferenceMetrics? metrics)
    {
        Model = model.Name;
        (_time, _metrics, _label) = (time, metrics, InferenceMetrics.LabelOf(model.Name));
        _graph = graph;
        _longest = longest;
        Classes = decoder.Classes(runs[0].Outputs) is > 0 and var seen ? seen : model.Classes;
        _reader = new DetectionReader(
            decoder, model.Calibration ?? Calibration.None, LabelsOf(model, graph, decoder, Classes, runs[0].Outputs));
        _workers = [.. runs.Select(run => new InferenceWorker(run))];
        _working = _workers.Length;
        foreach (var worker in _workers)
        {
            worker.Thread = new Thread(() => Work(worker)) { IsBackground = true, Name = $"inference {model.Name}" };
            worker.Thread.Start();
        }

        _watch = time.CreateTimer(_ => Watch(), null, Rhythm, Rhythm);
    }

    /// <summary>Name of the model, for people.</summary>
    public string Model { get; }

    /// <summary>How its outputs are read: one of <see cref="DetectionDecoders.Names"/>.</summary>
    public string Decoder => _reader.Decoder.Name;

    /// <summary>By class index.</summary>
    public IReadOnlyList<string> Labels => _reader.Labels;

    /// <summary>How many classes the model tells apart, as its outputs show or the catalog says; 0 when nobody knows.</summary>
    public int Classes { get; }

    /// <summary>How often it ran.</summary>
    public InferenceStatistics Statistics =>
        new(Model, Interlocked.Read(ref _count), TimeSpan.FromTicks(Interlocked.Read(ref _ticks)));

    /// <summary>Frames that wait for a thread.</summary>
    public int Waiting => _queue.Count;

    /// <summary>True when an inference took too long: the session answers nothing any more, and is to be loaded again.</summary>
    public bool IsHung => _isHung;

    /// <summary>True while any of its threads has not ended.</summary>
    public bool IsRunning => Volatile.Read(ref _working) > 0;

    /// <summary>Loads a model and warms it up; takes from tens of milliseconds to seconds.</summary>
    /// <param name="model">The model; what it does not say is found out from the file.</param>
    /// <param name="workers">Pictures that are looked at at the same time.</param>
    /// <param name="longest">An inference that takes longer is hung.</param>
    /// <param name="time">Measures inferences.</param>
    /// <param name="givenUp">Nobody wants the session any more; ends the warming up.</param>
    /// <param name="metrics">Told how long inferences take; null when nobody measures.</param>
    /// <exception cref="InferenceException">The model cannot be used; the message names the file and says why.</exception>
    public static ModelSession Load(ResolvedModel model, int workers, Func<TimeSpan> longest, TimeProvider time, CancellationToken givenUp,
        InferenceMetrics? metrics = null)
    {
        OnnxGraph? graph = null;
        List<InferenceRun> runs = [];
        var isLoaded = false;
        try
        {
            graph = OnnxGraph.Load(model.OnnxPath);
            var input = model.Input ?? graph.Tensor;
            AddWarm(input);
            var decoder = model.Decoder is { } name
                ? DetectionDecoders.Get(name)
                : DetectionDecoders.Guess(runs[0].Outputs, input.Width, input.Height);
            CheckLabels(model, graph, decoder, runs[0]);
            if (model.Input is null)
            {
                input = DetectionDecoders.Input(decoder, graph.Tensor, runs[0].Outputs, graph.IsSizeFree);
                runs[0].Dispose();
                runs.Clear();
                AddWarm(input);
            }

            // What cannot be read is refused now, not at each picture.
            decoder.Decode(runs[0].Outputs, Letterbox.Fit(input, input.Width, input.Height, null), 1, new CandidateList());
            while (runs.Count < workers)
            {
                runs.Add(InferenceRun.Create(graph, input, time));
            }

            var session = new ModelSession(model, graph, decoder, runs, longest, time, metrics);
            isLoaded = true;
            return session;
        }
        catch (Exception error)
        {
            // A bad file may end in anything: ONNX Runtime passes on what its kernels throw, and decoders trust shapes.
            var inputs = error is InferenceException { NeedsDecoder: true } ? $"; its inputs are {graph?.Inputs}" : "";
            throw new InferenceException($"{model.Name} ({model.OnnxPath}): {error.Message}{inputs}", error)
            {
                NeedsDecoder = error is InferenceException { NeedsDecoder: true },
                IsLasting = error is InferenceException { IsLasting: true },
            };
        }
        finally
        {
            if (!isLoaded)
            {
                runs.ForEach(run => run.Dispose());
                graph?.Dispose();
            }
        }

        void AddWarm(ModelInput input)
        {
            graph!.Check(input);
            var run = InferenceRun.Create(graph, input, time);
            runs.Add(run);
            using (givenUp.UnsafeRegister(static run => ((InferenceRun)run!).Stop(), run))
            {
                run.WarmUp();
                if (!FiniteNumbers.AreFinite(run.Outputs))
                {
                    run.WarmUp(withPattern: true); // a model that looks for contrast may divide by that of an empty picture
                    FiniteNumbers.Require(run.Outputs);
                }
            }

            givenUp.ThrowIfCancellationRequested(); // what was stopped never runs again
        }
    }

    /// <summary>See <see cref="IDetector.DetectAsync"/>.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<IReadOnlyList<Detection>> DetectAsync(Frame frame, Box? region, float threshold, CancellationToken cancellation)
    {
        var request = new InferenceRequest(frame, region, threshold, _time.GetTimestamp(), cancellation);
        if (!TryAdd(request, cancellation))
        {
            throw _isHung ? Hung() : new InferenceException($"{Model} does not keep up: {LongestQueue} pictures wait for it");
        }

        return await request.Task.WaitAsync(cancellation);
    }

    /// <summary>Ends the threads after what they are doing; a hung one is abandoned with its model.</summary>
    public void Dispose()
    {
        _watch.Dispose();
        _queue.CompleteAdding();
        Array.TrueForAll(_workers, worker => worker.Thread.Join(LongestFarewell));
    }

    private bool TryAdd(InferenceRequest request, CancellationToken cancellation)
    {
        try
        {
            return _queue.TryAdd(request, 0, cancellation);
        }
        catch (InvalidOperationException) when (_isHung)
        {
            return false;
        }
    }

    private InferenceException Hung() => new($"{Model} did not answer for {_longest().TotalSeconds:0.#} s; it is loaded again");

    /// <summary>
    /// Time is counted in rounds of this watch and not read from a clock, so that a machine that slept, or had no processor
    /// time for us, makes nobody look hung.
    /// </summary>
    private void Watch()
    {
        foreach (var worker in _workers)
        {
            if (worker.Current is { } request && ++request.Rounds * Rhythm > _longest())
            {
                GiveUp();
                return;
            }
        }
    }

    /// <summary>Fails all calls that wait; the native call is asked to stop, and may take long to do so.</summary>
    private void GiveUp()
    {
        _isHung = true;
        _watch.Dispose();
        _queue.CompleteAdding();
        while (_queue.TryTake(out var waiting))
        {
            waiting.TrySetException(Hung());
        }

        foreach (var worker in _workers)
        {
            worker.Current?.TrySetException(Hung());
            worker.Run.Stop();
        }
    }

    /// <summary>A model of the same family that finds poses or outlines has a detector's shape, with more numbers than it has names.</summary>
    private static void CheckLabels(ResolvedModel model, OnnxGraph graph, IDetectionDecoder decoder, InferenceRun run)
    {
        var classes = decoder.Classes(run.Outputs);
        if (model.Decoder is null && graph.Labels.Count > 0 && classes > 0 && classes != graph.Labels.Count)
        {
            throw new InferenceException(
                $"it looks like {decoder.Name} with {classes} classes, but has names of {graph.Labels.Count}: it may do something else than detect; if it does not, set model.decoder: {decoder.Name}") { NeedsDecoder = true };
        }
    }

    /// <summary>What the file of labels says, or the model's file, or what models of this family say; 80, 90 or 91 unnamed classes are COCO's.</summary>
    private static IReadOnlyList<string> LabelsOf(ResolvedModel model, OnnxGraph graph, IDetectionDecoder decoder, int classes, IReadOnlyList<ModelOutput> outputs) =>
        model.LabelFile is { } file ? file.For(classes, decoder.FirstClass(outputs) == 1, decoder.LastClassMayBeUnused(outputs))
        : model.Labels is { } labels ? LabelSets.CloseGaps(labels, classes)
        : graph.Labels.Count > 0 ? graph.Labels
        : decoder.Labels.Count > 0 ? decoder.Labels
        : classes switch
        {
            80 => LabelSets.Coco80,
            90 => LabelSets.Coco90,
            91 => LabelSets.Coco91,
            _ => [],
        };

    private void Work(InferenceWorker worker)
    {
        using (worker.Run)
        {
            var candidates = new CandidateList();
            foreach (var request in _queue.GetConsumingEnumerable())
            {
                if (request.Cancellation.IsCancellationRequested)
                {
                    request.TrySetCanceled(request.Cancellation);
                    continue;
                }

                worker.Current = request;
                try
                {
                    request.TrySetResult(Detect(worker.Run, request, candidates));
                }
                catch (Exception error)
                {
                    request.TrySetException(error as InferenceException ?? new InferenceException($"{Model} failed: {error.Message}", error));
                }

                worker.Current = null;
            }
        }

        if (Interlocked.Decrement(ref _working) == 0)
        {
            _graph.Dispose(); // the queue is left to the garbage collector: the watch may still be about to look into it
        }
    }

    private IReadOnlyList<Detection> Detect(InferenceRun run, InferenceRequest request, CandidateList candidates)
    {
        var wait = _time.GetElapsedTime(request.AskedAt);
        var letterbox = run.Run(request.Frame, request.Region);
        Interlocked.Increment(ref _count);
        Interlocked.Add(ref _ticks, run.Elapsed.Ticks);
        _metrics?.Record(_label, wait, run.Prepared, run.Elapsed);
        FiniteNumbers.Require(run.Outputs);
        return _reader.Read(run.Outputs, letterbox, request.Threshold, candidates);
    }
}

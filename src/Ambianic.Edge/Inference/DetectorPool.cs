using System.Collections.Concurrent;
using Ambianic.Configuration;
using Ambianic.Models;
using Ambianic.Vision;
using Microsoft.Extensions.Logging;

namespace Ambianic.Inference;

/// <summary>Gets the model that an element was configured with: from the catalog, or the user's own file.</summary>
/// <exception cref="ModelException">The model could not be had; the message says what to do.</exception>
public delegate Task<ResolvedModel> ModelLookup(ModelRole role, ModelOptions? model, string? labels, CancellationToken cancellation);

/// <summary>Shares each model between all elements that want it, however they name it. Models stay loaded until the program ends.</summary>
/// <param name="lookup">Gets models.</param>
/// <param name="time">Measures inferences.</param>
/// <param name="logger">Told of models that were loaded.</param>
/// <param name="longestInference">A model that takes longer for one picture is hung: it is left behind and loaded anew. May change at any time; the default is 4 s.</param>
/// <remarks>Safe to use from several threads.</remarks>
public sealed partial class DetectorPool(
    ModelLookup lookup, TimeProvider time, ILogger<DetectorPool> logger, Func<TimeSpan>? longestInference = null) : IDetectorFactory, IDisposable
{
    /// <summary>Each that is left behind keeps its memory; more of them would end the process less gently.</summary>
    private const int MostLeftBehind = 3;

    private readonly Func<TimeSpan> _longestInference = longestInference ?? (() => TimeSpan.FromSeconds(4));
    private readonly List<ModelSession> _leftBehind = [];
    private readonly ConcurrentDictionary<(ModelRole Role, ModelOptions? Model, string? Labels), SharedDetector> _detectors = [];
    private readonly ConcurrentDictionary<ResolvedModel, Lazy<ModelSession>> _sessions = [];
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopped = new();

    /// <summary>How often each loaded model has run.</summary>
    public IReadOnlyList<InferenceStatistics> Statistics =>
        [.. _sessions.Values.Where(session => session.IsValueCreated).Select(session => session.Value.Statistics)];

    /// <summary>Half of the cores, because decoding needs the others.</summary>
    private static int WorkersPerModel => Math.Clamp(Environment.ProcessorCount / 2, 1, 4);

    /// <inheritdoc/>
    public IDetector Create(ModelRole role, ModelOptions? model, string? labels)
    {
        ObjectDisposedException.ThrowIf(_stopped.IsCancellationRequested, this);
        var detector = _detectors.GetOrAdd((role, model, labels), _ => new SharedDetector(
            model?.Name ?? model?.Onnx ?? model?.Tflite ?? model?.Edgetpu ?? $"the default model for {role.ToString().ToLowerInvariant()}",
            () => LoadAsync(role, model, labels, _stopped.Token),
            time,
            logger));
        detector.BeginLoading();
        return detector;
    }

    /// <summary>Unloads all models, also those that are just being loaded: the process must not end in the middle of that. Calling it again does nothing.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_stopped.IsCancellationRequested)
            {
                return;
            }

            _stopped.Cancel();
        }

        foreach (var session in _sessions.Values)
        {
            try
            {
                session.Value.Dispose();
            }
            catch (InferenceException)
            {
                // It could not be loaded; whoever asked for it has been told.
            }
        }

        _sessions.Clear();
        _stopped.Dispose();
    }

    private async Task<ModelSession> LoadAsync(ModelRole role, ModelOptions? options, string? labels, CancellationToken cancellation)
    {
        var resolved = await lookup(role, options, labels, cancellation);
        var model = resolved with { Notice = null, Calibration = options?.Calibration ?? resolved.Calibration };
        try
        {
            return Session(model, cancellation).Value;
        }
        catch (InferenceException)
        {
            lock (_gate)
            {
                if (_sessions.TryGetValue(model, out var session) && !session.IsValueCreated)
                {
                    _sessions.TryRemove(model, out _);
                }
            }

            throw;
        }
    }

    /// <summary>After <see cref="Dispose"/> has begun, no session is added any more.</summary>
    private Lazy<ModelSession> Session(ResolvedModel model, CancellationToken cancellation)
    {
        lock (_gate)
        {
            cancellation.ThrowIfCancellationRequested();
            LeaveBehind(model);
            return _sessions.GetOrAdd(model, new Lazy<ModelSession>(() => Load(model)));
        }
    }

    /// <summary>A session that hangs makes room for another one.</summary>
    /// <exception cref="InferenceException">Too many native calls never came back.</exception>
    private void LeaveBehind(ResolvedModel model)
    {
        if (!_sessions.TryGetValue(model, out var former) || former is not { IsValueCreated: true, Value.IsHung: true })
        {
            return;
        }

        _leftBehind.RemoveAll(session => !session.IsRunning);
        if (_leftBehind.Count >= MostLeftBehind)
        {
            throw new InferenceException($"{model.Name} hangs again and again, and what hangs cannot be stopped; restart Ambianic, or choose another model");
        }

        LogLeftBehind(model.Name, _longestInference().TotalSeconds);
        _leftBehind.Add(former.Value);
        _sessions.TryRemove(model, out _);
    }

    private ModelSession Load(ResolvedModel model)
    {
        var start = time.GetTimestamp();
        var session = ModelSession.Load(model, WorkersPerModel, _longestInference, time);
        LogLoaded(model.Name, model.OnnxPath, time.GetElapsedTime(start).TotalMilliseconds);
        return session;
    }

    [LoggerMessage(LogLevel.Information, "Model {Model} loaded from {Path} in {Milliseconds:0} ms")]
    private partial void LogLoaded(string model, string path, double milliseconds);

    [LoggerMessage(LogLevel.Error, "Model {Model} took more than {Seconds:0.#} s for a picture: it is left behind and loaded anew")]
    private partial void LogLeftBehind(string model, double seconds);
}

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
/// <remarks>Safe to use from several threads.</remarks>
public sealed partial class DetectorPool(ModelLookup lookup, TimeProvider time, ILogger<DetectorPool> logger) : IDetectorFactory, IDisposable
{
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
            _sessions.TryRemove(model, out _);
            throw;
        }
    }

    /// <summary>After <see cref="Dispose"/> has begun, no session is added any more.</summary>
    private Lazy<ModelSession> Session(ResolvedModel model, CancellationToken cancellation)
    {
        lock (_gate)
        {
            cancellation.ThrowIfCancellationRequested();
            return _sessions.GetOrAdd(model, new Lazy<ModelSession>(() => Load(model)));
        }
    }

    private ModelSession Load(ResolvedModel model)
    {
        var start = time.GetTimestamp();
        var session = ModelSession.Load(model, WorkersPerModel, time);
        LogLoaded(model.Name, model.OnnxPath, time.GetElapsedTime(start).TotalMilliseconds);
        return session;
    }

    [LoggerMessage(LogLevel.Information, "Model {Model} loaded from {Path} in {Milliseconds:0} ms")]
    private partial void LogLoaded(string model, string path, double milliseconds);
}

using System.Collections.Concurrent;
using Ambianic.Core.Vision;
using Ambianic.Inference.Models;
using Microsoft.Extensions.Logging;

namespace Ambianic.Inference.Sessions;

/// <summary>Gets the model that an element was configured with: from the catalog, or the user's own file.</summary>
/// <exception cref="ModelException">The model could not be had; the message says what to do.</exception>
public delegate Task<ResolvedModel> ModelLookup(ModelRole role, ModelOptions? model, string? labels, CancellationToken cancellation);

/// <summary>Shares each model between all elements that want it, however they name it. Models stay loaded until the program ends.</summary>
/// <param name="lookup">Gets models.</param>
/// <param name="time">Measures inferences.</param>
/// <param name="logger">Receives models that were loaded.</param>
/// <param name="longestInference">A model that takes longer for one picture hangs: it is abandoned and loaded again. May change at any time; the default is 4 s.</param>
/// <param name="metrics">Told how long inferences take; null when nobody measures.</param>
/// <remarks>Safe to use from several threads.</remarks>
public sealed class DetectorPool(
    ModelLookup lookup, TimeProvider time, ILogger<DetectorPool> logger, Func<TimeSpan>? longestInference = null, InferenceMetrics? metrics = null)
    : IDetectorFactory, IDisposable
{
    /// <summary>An abandoned session keeps its memory; more of them would exhaust it.</summary>
    private const int MostAbandoned = 3;

    private readonly Func<TimeSpan> _longestInference = longestInference ?? (() => TimeSpan.FromSeconds(4));
    private readonly List<ModelSession> _abandoned = [];
    private readonly ConcurrentDictionary<(ModelRole Role, ModelOptions? Model, string? Labels), SharedDetector> _detectors = [];
    private readonly Dictionary<(ResolvedModel Model, string? Labels), ModelLoading> _sessions = [];
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopped = new();

    /// <summary>How often each loaded model has run.</summary>
    public IReadOnlyList<InferenceStatistics> Statistics => [.. Sessions.Select(session => session.Statistics)];

    /// <summary>How many frames wait for each loaded model.</summary>
    internal IEnumerable<(string Model, int Waiting)> Waiting => Sessions.GroupBy(session => session.Model, session => session.Waiting).Select(model => (model.Key, model.Sum()));

    private IReadOnlyList<ModelSession> Sessions
    {
        get
        {
            lock (_gate)
            {
                return [.. _sessions.Values.Select(loading => loading.Session).OfType<ModelSession>()];
            }
        }
    }

    /// <summary>Half of the cores, because decoding needs the others.</summary>
    public static int WorkersPerModel => Math.Clamp(Environment.ProcessorCount / 2, 1, 4);

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

    /// <summary>
    /// Unloads all models and waits a while for those that are just being loaded, because the process should not end in the
    /// middle of that. Calling it again does nothing.
    /// </summary>
    public void Dispose()
    {
        ModelLoading[] sessions;
        lock (_gate)
        {
            if (_stopped.IsCancellationRequested)
            {
                return;
            }

            _stopped.Cancel();
            sessions = [.. _sessions.Values];
            _sessions.Clear();
        }

        Array.ForEach(sessions, session => session.Dispose());
        _stopped.Dispose();
    }

    private async Task<ModelSession> LoadAsync(ModelRole role, ModelOptions? options, string? labels, CancellationToken cancellation)
    {
        var resolved = await lookup(role, options, labels, cancellation);
        var model = resolved with { Notice = null, Calibration = options?.Calibration ?? resolved.Calibration };
        var loading = BeginLoading(model, cancellation);
        try
        {
            return await loading.WaitAsync(cancellation);
        }
        catch
        {
            RemoveFailed(model, loading);
            throw;
        }
    }

    /// <summary>Joins a loading that is under way, also one that hangs: there is never a second one of the same model.</summary>
    private ModelLoading BeginLoading(ResolvedModel model, CancellationToken cancellation)
    {
        lock (_gate)
        {
            cancellation.ThrowIfCancellationRequested(); // after Dispose has begun, no session is added any more
            AbandonHung(model);
            if (!_sessions.TryGetValue(KeyOf(model), out var loading))
            {
                var patience = ModelLoading.Longest + (2 * _longestInference()); // it is warmed up once or twice
                loading = new ModelLoading(model, givenUp => Load(model, givenUp), patience, time);
                _sessions.Add(KeyOf(model), loading);
            }

            return loading;
        }
    }

    private void RemoveFailed(ResolvedModel model, ModelLoading loading)
    {
        lock (_gate)
        {
            if (loading.HasFailed && _sessions.GetValueOrDefault(KeyOf(model)) == loading)
            {
                _sessions.Remove(KeyOf(model));
            }
        }
    }

    /// <summary>Labels are compared by what they say, because a file of them is read for every element.</summary>
    private static (ResolvedModel Model, string? Labels) KeyOf(ResolvedModel model) =>
        (
        model with { Labels = null, LabelFile = null },
        model.Labels is null ? null : $"{model.LabelFile?.BeginsWithBackground}\n{string.Join('\n', model.Labels)}");

    /// <summary>Removes a session that hangs, so that another one is loaded.</summary>
    /// <exception cref="InferenceException">Too many native calls have not returned.</exception>
    private void AbandonHung(ResolvedModel model)
    {
        if (_sessions.GetValueOrDefault(KeyOf(model))?.Session is not { IsHung: true } former)
        {
            return;
        }

        _abandoned.RemoveAll(session => !session.IsRunning);
        if (_abandoned.Count >= MostAbandoned)
        {
            throw new InferenceException($"{model.Name} hangs again and again, and a hung model cannot be unloaded; restart Ambianic, or choose another model");
        }

        logger.ModelAbandoned(model.Name, _longestInference().TotalSeconds);
        _abandoned.Add(former);
        _sessions.Remove(KeyOf(model));
    }

    private ModelSession Load(ResolvedModel model, CancellationToken givenUp)
    {
        var start = time.GetTimestamp();
        var session = ModelSession.Load(model, WorkersPerModel, _longestInference, time, givenUp, metrics);
        logger.ModelLoaded(model.Name, model.OnnxPath, time.GetElapsedTime(start).TotalMilliseconds);
        if (session.Classes > 0 && session.Labels.Count > 0 && session.Labels.Count != session.Classes)
        {
            logger.LabelCountDiffers(model.Name, session.Classes, session.Labels.Count);
        }

        return session;
    }
}
